"""Forget cases: when, and everything that could lead back to one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.access import visits
from store.cases import StoredCase
from store.database import Database
from store.forgotten import compaction, copies, tallies
from store.forgotten.tallies import Tally
from store.record.documents import mentions
from store.record.holds import IS_FREE
from workflow.errors import StaleCase

#: What belongs to a case and is forgotten with it.
OF_A_CASE = (
    "identity_hashes", "identities", "history", "openings", "rankings", "outbox", "links",
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """Closed cases without a hold that are kept equally long and forgotten on the same day."""

    forget_at: datetime
    kept_for: timedelta
    number: int

    def forgotten_at(self, kept_for: timedelta) -> datetime:
        """Return the moment of forgetting them if they are kept for a shorter time."""
        return self.forget_at - (self.kept_for - kept_for)


def kept_longer(db: Database, than: timedelta) -> list[Waiting]:
    """Return the closed cases that are kept longer; none of them is opened."""
    rows = db.execute(
        f"select forget_at, kept_for, count(*) from cases where kept_for > ? and {IS_FREE}"  # noqa: S608
        " group by forget_at, kept_for",
        [_seconds(than)],
    ).fetchall()
    return [Waiting(_start_of(row[0]), timedelta(seconds=row[1]), row[2]) for row in rows]


def due(db: Database, now: datetime) -> list[str]:
    """Return the references of closed cases that must be forgotten now; holds are respected.

    Only the day of forgetting is stored, so it comes at the beginning of the day in UTC.
    """
    rows = db.execute(
        f"select reference from cases where forget_at <= ? and {IS_FREE}",  # noqa: S608
        [f"{now:%Y-%m-%d}"],
    ).fetchall()
    return [row[0] for row in rows]


def once_released(db: Database, stored: StoredCase, at: datetime) -> None:
    """Let a held case be forgotten as soon as its hold ends."""
    db.execute(
        "update cases set forget_at = ?, kept_for = 0 where id = ?", [f"{at:%Y-%m-%d}", stored.id]
    )


def keep_shorter(db: Database, waiting: Waiting, kept_for: timedelta) -> None:
    """Move the moment of forgetting these cases earlier."""
    db.execute(
        f"update cases set forget_at = ?, kept_for = ?"  # noqa: S608 - our words
        f" where forget_at = ? and kept_for = ? and {IS_FREE}",
        [
            f"{waiting.forgotten_at(kept_for):%Y-%m-%d}",
            _seconds(kept_for),
            f"{waiting.forget_at:%Y-%m-%d}",
            _seconds(waiting.kept_for),
        ],
    )


def forget(db: Database, stored: StoredCase, counted: Iterable[Tally], at: datetime) -> None:
    """Destroy everything that could lead back to a case, and add what is counted of it.

    StaleCase when the case was changed meanwhile: it may be open again.
    """
    case_id = stored.id
    guard = f"select 1 from cases where id = ? and revision = ? and {IS_FREE}"  # noqa: S608
    if db.execute(guard, [case_id, stored.revision]).fetchone() is None:
        raise StaleCase(f"{stored.case.reference} has moved on")
    _destroy(db, case_id, at)
    tallies.add(db, counted)


def forget_unreadable(db: Database, reference: str, at: datetime) -> None:
    """Destroy a case whose document no one can read, and those that were merged into it."""
    merged = f"mentions like ? and is_open = 0 and forget_at is null and {IS_FREE}"
    rows = db.execute(
        f"select id from cases where reference = ? and forget_at is not null and {IS_FREE}"  # noqa: S608
        f" union select id from cases where mentions > '' and {merged}",
        [reference, f"%{mentions(db, reference)}%"],
    ).fetchall()
    for (case_id,) in rows:
        _destroy(db, case_id, at)


def _destroy(db: Database, case_id: int, at: datetime) -> None:
    copies.keep(db, case_id, at)
    visits.end_of_case(db, case_id, at)
    for table in OF_A_CASE:
        db.execute(f"delete from {table} where case_id = ?", [case_id])  # noqa: S608 - our names
    db.execute(
        "update deliveries set way = null, survey_id = null, response_id = null, body = null,"
        " received_at = null, submitted_at = null, next_at = null, attempts = 0, trouble = '',"
        " case_id = null where case_id = ?",
        [case_id],
    )
    db.execute("delete from cases where id = ?", [case_id])
    compaction.require(db)


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())


def _start_of(day: str) -> datetime:
    return datetime.fromisoformat(f"{day[:10]}T00:00:00Z")
