"""What a browser sees and sends: one route module a subject."""
