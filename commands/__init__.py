"""The commands that admins type: `flask …`."""
