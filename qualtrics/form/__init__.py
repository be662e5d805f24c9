"""Reads a form's questions, proposes a mapping for them, and reports when the form changed."""
