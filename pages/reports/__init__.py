"""The page with reports for leadership, and its pictures."""
