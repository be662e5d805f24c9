"""Cases: one sealed document each, and the columns that loops and pages search by."""

import json
import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from store.database import Database, stamp, stamp_minute, unstamp
from store.record import history
from store.record.documents import (
    UNREADABLE,
    mentioned_by,
    mentions,
    read_document,
    sealed_document,
)
from store.sealing import CannotOpen
from workflow.errors import StaleCase
from workflow.model import CURRENT_OFFERS, Case, OfferState, Transition

log = logging.getLogger(__name__)

#: Columns with pseudonyms.
DEPARTMENT, SUPPORTER = "cases.department", "cases.supporter"


@dataclass(frozen=True)
class StoredCase:
    """A case as read; its `revision` prevents overwriting a concurrent change."""

    id: int
    revision: int
    case: Case


def find(db: Database, reference: str) -> StoredCase | None:
    return _one(db, "reference = ?", reference)


def get(db: Database, case_id: int) -> StoredCase | None:
    return _one(db, "id = ?", case_id)


def is_taken(db: Database, reference: str) -> bool:
    row = db.execute("select 1 from cases where reference = ?", [reference]).fetchone()
    return row is not None


def due(db: Database, now: datetime, limit: int = 100) -> list[str]:
    """Return the references of cases with a moment that has come."""
    rows = db.execute(
        "select reference from cases where next_at <= ? order by next_at limit ?",
        [stamp(now), limit],
    ).fetchall()
    return [row[0] for row in rows]


def has_due(db: Database, now: datetime) -> bool:
    """Tell whether a readable case is due; a damaged one needs a person."""
    for reference in due(db, now):
        with suppress(*UNREADABLE):
            return find(db, reference) is not None
    return False


def is_readable(db: Database) -> bool:
    """Tell whether the table has rows; sqlite3.Error when the database cannot be read."""
    return db.execute("select 1 from cases limit 1").fetchone() is not None


def were_any(db: Database) -> bool:
    """Tell whether there is a request, or was one; rehearsals included."""
    row = db.execute(
        "select 1 from cases union all select 1 from forgettings union all select 1 from reports"
        " limit 1"
    ).fetchone()
    return row is not None


def was_anything_asked(db: Database) -> bool:
    """Tell whether there ever was a request, or one waits to be read; rehearsals do not count."""
    row = db.execute(
        "select 1 from cases where is_test = 0 union all select 1 from tallies"
        " union all select 1 from reports"
        " union all select 1 from deliveries where next_at is not null limit 1"
    ).fetchone()
    return row is not None


def oldest_due(db: Database, now: datetime) -> datetime | None:
    """Return the oldest moment that has passed and was not handled; None without one."""
    row = db.execute(
        "select min(next_at) from cases where next_at is not null and next_at <= ?", [stamp(now)]
    ).fetchone()
    return unstamp(row[0]) if row[0] else None


def open_cases(db: Database) -> list[Case]:
    """Return the open cases; damaged ones are left out."""
    return [stored.case for stored, _ in readable(db, "is_open = 1 order by id")]


def with_next_moment(db: Database) -> list[Case]:
    """Return the cases for which the clock has something to do, but for damaged ones."""
    return [stored.case for stored, _ in readable(db, "next_at is not null order by next_at")]


def with_supporter(db: Database, supporter: str) -> list[StoredCase]:
    """Return the open cases in which a supporter is asked or said yes, but for damaged ones."""
    is_theirs = "is_open = 1 and supporter > '' and supporter = ? order by id"
    return [stored for stored, _ in readable(db, is_theirs, _supporter(db, supporter))]


def references_with(db: Database, supporters: Collection[str], *states: OfferState) -> list[str]:
    """Return the open cases whose current offer is to one of these supporters."""
    rows = db.execute(
        "select reference from cases where is_open = 1 and supporter > ''"
        " and supporter in (select value from json_each(?))"
        " and offer_state in (select value from json_each(?)) order by id",
        [
            json.dumps(sorted(_supporter(db, id) for id in supporters)),
            json.dumps(states or CURRENT_OFFERS),
        ],
    ).fetchall()
    return [row[0] for row in rows]


def supporters_by_state(db: Database) -> Iterator[tuple[str, OfferState]]:
    """Yield the supporters of current offers and their states; rehearsals count too."""
    rows = db.execute(
        "select distinct supporter, offer_state from cases where is_open = 1 and supporter > ''"
    ).fetchall()
    return ((_supporter_of(db, row[0]), OfferState(row[1])) for row in rows)


def open_counts(db: Database, *states: OfferState) -> dict[str, int]:
    """Return how many open cases have a current offer to each supporter."""
    rows = db.execute(
        "select supporter, count(*) from cases where is_open = 1 and supporter > ''"
        " and is_test = 0 and offer_state in (select value from json_each(?)) group by supporter",
        [json.dumps(states or CURRENT_OFFERS)],
    ).fetchall()
    return {_supporter_of(db, supporter): number for supporter, number in rows}


def open_departments(db: Database) -> list[str]:
    """Return the departments that have open cases."""
    # One step in the index for each: `distinct` reads all open cases.
    rows = db.execute(
        "with recursive found (one) as ("
        " select min(department) from cases where is_open = 1 union all"
        " select (select min(department) from cases where is_open = 1 and department > one)"
        " from found where one is not null)"
        " select one from found where one is not null"
    ).fetchall()
    return [db.pseudonyms.id_of(DEPARTMENT, row[0]) for row in rows]


def mark_visible(db: Database, stored: StoredCase, seen_under: str) -> None:
    """Record that these rules and this program let someone see a case, until it changes."""
    db.execute(
        "update cases set seen_under = ? where id = ? and revision = ?",
        [seen_under, stored.id, stored.revision],
    )


def with_silent_deputies(db: Database, times: int) -> list[int]:
    """Return the ids of open cases whose deputies were called this often and no one acted."""
    rows = db.execute(
        "select id from cases where is_open = 1 and calls_in_vain > 0 and calls_in_vain >= ?",
        [times],
    ).fetchall()
    return [row[0] for row in rows]


def add(db: Database, transition: Transition) -> int:
    """Store a new case with its first history row and return its id."""
    case = transition.after
    row = db.execute(
        "insert into cases (reference, revision, version, document, is_open, next_at, department,"
        " state, is_test, calls_in_vain, supporter, offer_state, mentions)"
        " values (:reference, 1, :version, :document, :is_open, :next_at, :department, :state,"
        " :is_test, :calls_in_vain, :supporter, :offer_state, :mentions) returning id",
        {"reference": case.reference} | columns_of(db, case),
    ).fetchall()
    case_id = int(row[0][0])
    history.record(db, case_id, transition, before=None)
    return case_id


def move(
    db: Database,
    stored: StoredCase,
    transition: Transition,
    forget_at: datetime | None,
    is_undoable: bool = False,
) -> None:
    """Save a transition; StaleCase when the case was changed meanwhile.

    Who can write the database must not bring back an offer by an older document of the case:
    CannotOpen when the history has gone on since.
    """
    # First: what someone else changed meanwhile has an older document, too.
    save(db, stored, transition.after, forget_at)
    if history.newest_version(db, stored.id) not in (None, transition.before.version):
        raise CannotOpen(f"The document of case {stored.id} is older than its history")
    history.record(db, stored.id, transition, transition.before if is_undoable else None)


def save(db: Database, stored: StoredCase, case: Case, forget_at: datetime | None = None) -> None:
    """Save a case without a history row, after handled moments or a sent offer."""
    moved = db.execute(
        "update cases set revision = revision + 1, version = :version, document = :document,"
        " is_open = :is_open, next_at = :next_at, department = :department,"
        # A closed case is never kept longer than people were told when it was closed.
        " forget_at = case when is_open = 0 and forget_at < :forget_at"
        " then forget_at else :forget_at end,"
        " kept_for = case when is_open = 0 and forget_at < :forget_at"
        " then kept_for else :kept_for end,"
        " state = :state, is_test = :is_test, calls_in_vain = :calls_in_vain,"
        " supporter = :supporter, offer_state = :offer_state, mentions = :mentions,"
        " seen_under = ''"
        " where id = :id and revision = :revision",
        {
            "id": stored.id,
            "revision": stored.revision,
            "forget_at": f"{forget_at:%Y-%m-%d}" if forget_at else None,
            "kept_for": _seconds_kept(case, forget_at),
        }
        | columns_of(db, case),
    ).rowcount
    if moved != 1:
        raise StaleCase(f"{case.reference} has moved on")


def mentioning(db: Database, reference: str) -> list[StoredCase]:
    """Return the cases whose document mentions this reference."""
    has_it = "mentions > '' and mentions like ?"
    return [stored for stored, _ in readable(db, has_it, f"%{mentions(db, reference)}%")]


def readable(db: Database, condition: str, *values: str) -> list[tuple[StoredCase, str]]:
    rows = db.execute(
        f"select id, revision, reference, document, forget_at from cases where {condition}",  # noqa: S608
        values,
    ).fetchall()
    found = []
    for case_id, revision, reference, document, forget_at in rows:
        try:
            case = read_document(db, reference, document)
            found.append((StoredCase(case_id, revision, case), forget_at))
        except UNREADABLE:
            log.error("The document of case %s is damaged", case_id)
    return found


def _one(db: Database, condition: str, value: object) -> StoredCase | None:
    row = db.execute(
        f"select id, revision, reference, document from cases where {condition}",  # noqa: S608 - our words
        [value],
    ).fetchone()
    return StoredCase(row[0], row[1], read_document(db, row[2], row[3])) if row else None


def columns_of(db: Database, case: Case) -> dict[str, str | int | None]:
    """Return the columns of a case: its document and what queries filter by."""
    offer = case.current_offer
    return {
        "version": case.version,
        "document": sealed_document(db, case),
        "is_open": int(case.is_open),
        "next_at": _next_at(case),
        "department": department(db, case.facts.department),
        "state": case.state,
        "is_test": int(case.is_test),
        "calls_in_vain": case.calls_in_vain,
        "supporter": _supporter(db, offer.supporter if offer else ""),
        "offer_state": offer.state if offer else "",
        "mentions": mentions(db, *mentioned_by(case)),
    }


def department(db: Database, id: str) -> str:
    return db.pseudonyms.of(DEPARTMENT, id)


def _supporter(db: Database, id: str) -> str:
    return db.pseudonyms.of(SUPPORTER, id)


def _supporter_of(db: Database, pseudonym: str) -> str:
    return db.pseudonyms.id_of(SUPPORTER, pseudonym)


def _seconds_kept(case: Case, forget_at: datetime | None) -> int | None:
    if case.closed_at is None or forget_at is None:
        return None
    return int((forget_at - case.closed_at).total_seconds())


def _next_at(case: Case) -> str | None:
    return stamp_minute(case.next_at) if case.next_at is not None else None
