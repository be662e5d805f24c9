"""A case's document, and what was recorded about the case."""
