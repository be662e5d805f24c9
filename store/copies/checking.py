"""Whether a copy can be used: it is whole, of a release that we know, and our keys open it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from store import identities, sealing
from store.database import MOVED, Database, Store
from store.schema.steps import NewerRelease, is_ours, refuse_newer
from store.sealing import CannotOpen, NotMigrated

#: The tables that a copy and what it was made of may differ in.
ABOUT_COPIES = ("restorations",)


#: What the engines keep for themselves, and the mark of a database that was moved.
NOT_OURS = ("_sqlite", "sqlite_", "migrations", MOVED)


class Unusable(Exception):
    """This copy cannot be used; the text says why."""


@contextmanager
def explained() -> Iterator[None]:
    """Let what SQLite or the disk says about a copy end as a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise Unusable(f"SQLite says: {error}") from error
    except OSError as error:
        raise Unusable(f"the disk says: {error.strerror or error}") from error


def check_file(store: Store) -> None:
    """Raise Unusable if the file is damaged, or is of a newer release than this one."""
    with explained():
        db = store.read()
        (first, *_) = db.execute("pragma integrity_check(1)").fetchone()
        if first != "ok":
            raise Unusable("it is damaged; use an earlier one")
        if db.execute("pragma foreign_key_check").fetchone() is not None:
            raise Unusable("it is damaged: rows point to rows that are not there")
        if not is_ours(store):
            raise Unusable("it is not a database of this service")
        try:
            refuse_newer(store)
        except NewerRelease as error:
            raise Unusable(str(error)) from error


def check_keys(store: Store) -> None:
    """Raise Unusable if DATA_KEYS open neither the pepper nor the newest identity."""
    try:
        sealing.pepper(store.read(), store.seal)
        newest = identities.newest(store.read())
        if newest is not None:
            store.seal.unwrap(newest)
    except (CannotOpen, NotMigrated) as error:
        raise Unusable(f"{error}; set the keys that it was made with, too") from error


def tables(db: Database) -> list[str]:
    """Return the names of our tables."""
    return sorted(name for name in db.table_names() if not name.startswith(NOT_OURS))


def counts(db: Database) -> dict[str, int]:
    """Return how many rows each table has, except those about copies."""
    names = [name for name in tables(db) if name not in ABOUT_COPIES]
    return {
        name: int(db.execute(f"select count(*) from {name}").fetchone()[0])  # noqa: S608 - our names
        for name in names
    }
