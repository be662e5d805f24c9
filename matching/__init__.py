"""Who may be asked to support somebody, in which order, and why."""
