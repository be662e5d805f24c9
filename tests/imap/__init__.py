"""Tests that talk to a real IMAP server."""
