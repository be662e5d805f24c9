"""What opens pages: fresh links for whoever lost one, and their end."""
