"""Years of requests, matched by our ranking and by two simpler ways, on the same roster."""
