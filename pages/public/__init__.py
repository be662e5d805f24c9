"""What anyone may come to: links, and pages that say the same to everyone."""
