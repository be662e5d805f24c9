"""Invitations and what is left of them: SQL."""
