"""Troubles that are reported to the admins, each at most once a day."""

import json
from dataclasses import dataclass
from datetime import datetime

from store.database import Database, stamp, unstamp
from store.sealing import CannotOpen

SEALED = "alarms.detail"
#: The detail of an alarm that no key opens; the alarm itself is still reported.
UNREADABLE_DETAIL = "its detail cannot be read"


@dataclass(frozen=True)
class Alarm:
    occasion: str
    trouble: str
    detail: str
    at: datetime


def sound(db: Database, trouble: str, detail: str, at: datetime) -> None:
    """Record a trouble, once a day. The detail must not name a requester."""
    occasion = db.hash("alarm", trouble, detail, f"{at:%Y-%m-%d}")
    db.execute(
        "insert into alarms (occasion, trouble, detail, at) values (?, ?, ?, ?)"
        " on conflict (occasion) do nothing",
        [
            occasion,
            trouble,
            db.seal.close(SEALED, occasion, json.dumps([detail, stamp(at)])),
            f"{at:%Y-%m-%d}",
        ],
    )


def unreported(db: Database) -> list[Alarm]:
    rows = db.execute(
        "select occasion, trouble, detail, at from alarms where told_at is null order by at"
    ).fetchall()
    return [_alarm(db, *row) for row in rows]


def mark_reported(db: Database, alarm: Alarm, at: datetime) -> None:
    db.execute(
        "update alarms set told_at = ? where occasion = ?", [f"{at:%Y-%m-%d}", alarm.occasion]
    )


def drop_reported(db: Database, until: datetime) -> None:
    """Delete alarms that were reported before a moment. Call it inside a transaction."""
    db.execute("delete from alarms where told_at < ?", [f"{until:%Y-%m-%d}"])


def _alarm(db: Database, occasion: str, trouble: str, sealed: str, day: str) -> Alarm:
    try:
        detail, at = json.loads(db.seal.open(SEALED, occasion, sealed))
    except CannotOpen:
        detail, at = UNREADABLE_DETAIL, f"{day}T00:00:00Z"
    return Alarm(occasion, trouble, detail, unstamp(at))
