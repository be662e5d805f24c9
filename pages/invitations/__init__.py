"""The pages of who is invited to something, and of who sees the answers."""
