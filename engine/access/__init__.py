"""What opens pages: fresh links for people who lost theirs, and the end of links."""
