"""Who would gain sight of requests by a change of the admins' files."""
