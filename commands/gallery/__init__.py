"""The gallery: every page and e-mail in one file to open offline."""
