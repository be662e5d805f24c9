"""Receives responses from Qualtrics, reads them into facts, and calls its API."""
