"""Review and match: states, events, the table of transitions, promises and their due moments."""
