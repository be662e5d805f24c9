"""What admins type: `flask …`."""
