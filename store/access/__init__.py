"""Who may open what: mailed links, visits, and what limits asking for a link."""
