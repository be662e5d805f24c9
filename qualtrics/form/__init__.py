"""Reads a form's questions to propose a mapping, and notices when the form changes."""
