"""Review and match: states, events, the table of transitions, promises, and who reviews."""
