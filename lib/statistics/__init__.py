"""Numbers about groups of people: how long something took, and which numbers must stay hidden."""
