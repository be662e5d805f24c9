"""Open the database that the settings name."""

from pathlib import Path
from urllib.parse import urlsplit

from store.database import Store
from store.engines.sqlite import SqliteStore
from store.sealing import Seal

SERVER = ("postgresql://", "postgres://")


def is_server(database: str) -> bool:
    """Tell whether this names a PostgreSQL server, not a file."""
    return database.startswith(SERVER)


def without_password(database: str) -> str:
    """Return DATABASE as it may be shown."""
    parts = urlsplit(database)
    if not is_server(database) or parts.password is None:
        return database
    return database.replace(f":{parts.password}@", ":…@", 1)


def store_at(database: str, seal: Seal) -> Store:
    """Return the store behind DATABASE: a file for SQLite, or a URL for PostgreSQL."""
    if not is_server(database):
        return SqliteStore(Path(database), seal)
    # psycopg takes a tenth of a second and some megabytes that a file does not need.
    from store.engines.postgresql import PostgresStore

    return PostgresStore(database, seal)
