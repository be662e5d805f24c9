"""Who may come in besides by their link, and what was refused."""
