"""What the admins' own mails may hold."""
