"""Troubles that the admins must hear of: once a day each, whoever notices them."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.database import stamp


@dataclass(frozen=True)
class Alarm:
    occasion: str
    trouble: str
    detail: str


def sound(db: Database, trouble: str, detail: str, at: datetime) -> None:
    """Note a trouble; the same one is told once a day. The detail must not name a requester."""
    db.execute(
        "insert into alarms (occasion, trouble, detail, at) values (?, ?, ?, ?)"
        " on conflict (occasion) do nothing",
        [f"{trouble}/{detail}/{at:%Y-%m-%d}", trouble, detail, stamp(at)],
    )


def untold(db: Database) -> list[Alarm]:
    rows = db.execute(
        "select occasion, trouble, detail from alarms where told_at is null order by at"
    ).fetchall()
    return [Alarm(*row) for row in rows]


def told(db: Database, alarm: Alarm, at: datetime) -> None:
    db.execute("update alarms set told_at = ? where occasion = ?", [stamp(at), alarm.occasion])


def drop_told(db: Database, until: datetime) -> None:
    """Keep nothing of what the admins were told long ago. Belongs into a transaction."""
    db.execute("delete from alarms where told_at < ?", [stamp(until)])
