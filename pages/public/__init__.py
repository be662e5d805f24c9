"""What everybody may fetch: the same for everybody, and about nobody."""
