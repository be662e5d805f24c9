"""What is left of a forgotten request: its counts, and the copy in Qualtrics to be deleted."""
