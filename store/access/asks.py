"""People who ask for a fresh link: what waits to be looked up, sealed, and counters of a day.

Forms about colleagues are counted beside them.
"""

from datetime import datetime

from store.database import Database, stamp, unstamp

#: The sealed column. Rows have no key of their own before they are stored.
WANTED = "link_asks.wanted"


def add(db: Database, wanted: str, due_at: datetime) -> None:
    """Let the worker look up what is wanted; it is sealed, since it may be an address."""
    db.execute("insert into link_asks (due_at, wanted) values (?, ?)", [stamp(due_at), wanted])


def due(db: Database, now: datetime, limit: int) -> list[tuple[int, str]]:
    return db.execute(
        "select id, wanted from link_asks where due_at <= ? order by due_at limit ?",
        [stamp(now), limit],
    ).fetchall()


def has_due(db: Database, until: datetime) -> bool:
    found = db.execute("select 1 from link_asks where due_at <= ? limit 1", [stamp(until)])
    return found.fetchone() is not None


def drop_due(db: Database, until: datetime) -> None:
    db.execute("delete from link_asks where due_at <= ?", [stamp(until)])


def remove(db: Database, id: int) -> None:
    db.execute("delete from link_asks where id = ?", [id])


def remove_all(db: Database) -> None:
    db.execute("delete from link_asks")


def record(db: Database, key: str, at: datetime) -> None:
    """Count one more for a keyed hash of a reader, a network, or a kind of form."""
    db.execute("insert into link_counts (key, at) values (?, ?)", [key, stamp(at)])


def count(db: Database, key: str, since: datetime) -> int:
    row = db.execute(
        "select count(*) from link_counts where key = ? and at > ?", [key, stamp(since)]
    ).fetchone()
    return int(row[0])


def latest(db: Database, key: str, number: int) -> datetime | None:
    """Return the moment that was counted so many back, 1 for the latest; None if it is none."""
    row = db.execute(
        "select at from link_counts where key = ? order by at desc limit 1 offset ?",
        [key, number - 1],
    ).fetchone()
    return unstamp(row[0]) if row else None


def has_counts(db: Database, until: datetime) -> bool:
    found = db.execute("select 1 from link_counts where at <= ? limit 1", [stamp(until)])
    return found.fetchone() is not None


def drop_counts(db: Database, until: datetime) -> None:
    db.execute("delete from link_counts where at <= ?", [stamp(until)])
