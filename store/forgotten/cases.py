"""Forget cases: when, and everything that could lead back to one."""

from collections.abc import Iterable
from datetime import datetime

from store.access import visits
from store.cases import StoredCase, readable
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


def waiting(db: Database) -> list[tuple[StoredCase, datetime]]:
    """Return the closed cases without a hold, with the moment when each is forgotten."""
    found = readable(db, f"forget_at > '' and {IS_FREE} order by forget_at")
    return [(stored, _start_of(forget_at)) for stored, forget_at in found]


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
    db.execute("update cases set forget_at = ? where id = ?", [f"{at:%Y-%m-%d}", stored.id])


def sooner(db: Database, stored: StoredCase, forget_at: datetime) -> None:
    """Move the moment of forgetting a case earlier, never later."""
    db.execute(
        "update cases set forget_at = :at"
        " where id = :id and revision = :revision and forget_at > :at",
        {"at": f"{forget_at:%Y-%m-%d}", "id": stored.id, "revision": stored.revision},
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


def _start_of(day: str) -> datetime:
    return datetime.fromisoformat(f"{day[:10]}T00:00:00Z")
