"""The engines behind a store: SQLite, embedded, and PostgreSQL, for more than one machine."""
