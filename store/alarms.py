"""Troubles that are reported to the admins, each at most once a day."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.database import stamp, unstamp


@dataclass(frozen=True)
class Alarm:
    occasion: str
    trouble: str
    detail: str
    at: datetime


def sound(db: Database, trouble: str, detail: str, at: datetime) -> None:
    """Record a trouble, once a day. The detail must not name a requester."""
    db.execute(
        "insert into alarms (occasion, trouble, detail, at) values (?, ?, ?, ?)"
        " on conflict (occasion) do nothing",
        [f"{trouble}/{detail}/{at:%Y-%m-%d}", trouble, detail, stamp(at)],
    )


def unreported(db: Database) -> list[Alarm]:
    rows = db.execute(
        "select occasion, trouble, detail, at from alarms where told_at is null order by at"
    ).fetchall()
    return [Alarm(occasion, trouble, detail, unstamp(at)) for occasion, trouble, detail, at in rows]


def mark_reported(db: Database, alarm: Alarm, at: datetime) -> None:
    db.execute("update alarms set told_at = ? where occasion = ?", [stamp(at), alarm.occasion])


def drop_reported(db: Database, until: datetime) -> None:
    """Delete alarms that were reported before a moment. Call it inside a transaction."""
    db.execute("delete from alarms where told_at < ?", [stamp(until)])
