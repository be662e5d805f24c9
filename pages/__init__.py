"""Pages: what a browser sees and sends, one route module per subject."""
