"""Keys that are easy to guess, and secrets that stand in files."""
