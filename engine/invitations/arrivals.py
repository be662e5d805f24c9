"""Forms about colleagues as they come: what the bound of a day counts.

Each counts, whoever it names and whatever becomes of it, and nothing takes that back. Otherwise,
whoever names somebody among addresses of their own would see by these whether we wrote to that one.
"""

from datetime import datetime, timedelta

from invitations.model import Kind
from store.access import asks
from store.database import Database

#: More in 24 hours than people usually name.
MOST_A_DAY = 20
DAY = timedelta(days=1)


def next_place(db: Database, kind: Kind, now: datetime) -> datetime:
    """Take the next place in the order of arrival; return its moment, now while there is room."""
    key = _key(db, kind)
    before = asks.latest(db, key, MOST_A_DAY)
    at = now if before is None else max(now, before + DAY)
    asks.record(db, key, at)
    return at


def is_one_too_many(db: Database, kind: Kind, now: datetime) -> bool:
    """Count a form; tell whether so many came since yesterday that somebody should look first."""
    key = _key(db, kind)
    came = asks.count(db, key, now - DAY)
    asks.record(db, key, now)
    return came >= MOST_A_DAY


def _key(db: Database, kind: Kind) -> str:
    return db.hash("form came", kind)
