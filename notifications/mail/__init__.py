"""E-mails as such: the catalog, their text and links, and the mail server."""
