"""The steps that made the tables what they are, in the order in which they were added."""
