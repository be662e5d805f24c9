"""The loops: rounds of work, sending mail, watching the admins' files, the heartbeat."""
