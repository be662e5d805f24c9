"""What the admins say about time: promises, reminders and working hours."""
