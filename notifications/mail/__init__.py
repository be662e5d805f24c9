"""A mail as such: its catalog, text, links and the way to the mail server."""
