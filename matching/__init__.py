"""Who may be asked to support a requester, in which order, and why."""
