"""Cases, their history, and the records that belong to them."""

import json
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlite_utils import Database

from store.database import stamp, unstamp
from workflow.errors import StaleCase
from workflow.model import Case, OfferState, Transition

log = logging.getLogger(__name__)

#: States of a case's current offer.
CURRENT = (OfferState.OPEN, OfferState.ACCEPTED)
#: What belongs to a case and is forgotten with it.
OF_A_CASE = (
    "identity_hashes", "identities", "history", "openings", "rankings", "outbox", "links", "visits",
)  # fmt: skip
_document: TypeAdapter[Case] = TypeAdapter(Case)


def read_document(text: str) -> Case:
    """Read a case as it is stored; ValidationError when it is damaged."""
    return _document.validate_json(text)


@dataclass(frozen=True)
class StoredCase:
    """A case as read; its `revision` prevents overwriting a concurrent change."""

    id: int
    revision: int
    case: Case


@dataclass(frozen=True)
class HistoryLine:
    version: int
    at: datetime
    event: str
    from_state: str
    to_state: str
    by_person: str
    by_role: str
    recorded_for: str
    #: The reference of the case that this one was compared with.
    other: str
    #: Why a supporter was asked despite a caution: a key of ALTHOUGH.
    although: str


@dataclass(frozen=True)
class Undoable:
    """The last decision, if it can be undone, and the case before it."""

    at: datetime
    before: Case


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
        with suppress(ValidationError):
            return find(db, reference) is not None
    return False


def is_readable(db: Database) -> bool:
    """Tell whether the table has rows; sqlite3.Error when the database cannot be read."""
    return db.execute("select 1 from cases limit 1").fetchone() is not None


def oldest_due(db: Database, now: datetime) -> datetime | None:
    """Return the oldest moment that has passed and was not handled; None without one."""
    row = db.execute(
        "select min(next_at) from cases where next_at is not null and next_at <= ?", [stamp(now)]
    ).fetchone()
    return unstamp(row[0]) if row[0] else None


def open_cases(db: Database) -> list[Case]:
    """Return the open cases; damaged ones are left out."""
    return [stored.case for stored, _ in _readable(db, "is_open = 1 order by id")]


def to_be_forgotten(db: Database) -> list[tuple[StoredCase, datetime]]:
    """Return the closed cases without a hold, with the moment when each is forgotten."""
    found = _readable(db, "forget_at > '' and held_at is null order by forget_at")
    return [(stored, unstamp(forget_at)) for stored, forget_at in found]


def with_supporter(db: Database, supporter: str) -> list[StoredCase]:
    """Return the open cases in which a supporter is asked or said yes, but for damaged ones."""
    is_theirs = "is_open = 1 and supporter > '' and supporter = ? order by id"
    return [stored for stored, _ in _readable(db, is_theirs, supporter)]


def references_with(db: Database, supporters: Collection[str], *states: OfferState) -> list[str]:
    """Return the open cases whose current offer is to one of these supporters."""
    rows = db.execute(
        "select reference from cases where is_open = 1 and supporter > ''"
        " and supporter in (select value from json_each(?))"
        " and offer_state in (select value from json_each(?)) order by id",
        [json.dumps(sorted(supporters)), json.dumps(states or CURRENT)],
    ).fetchall()
    return [row[0] for row in rows]


def supporters_by_state(db: Database) -> Iterator[tuple[str, OfferState]]:
    """Yield the supporters of current offers and their states; rehearsals count too."""
    rows = db.execute(
        "select distinct supporter, offer_state from cases where is_open = 1 and supporter > ''"
    ).fetchall()
    return ((row[0], OfferState(row[1])) for row in rows)


def open_counts(db: Database, *states: OfferState) -> dict[str, int]:
    """Return how many open cases have a current offer to each supporter."""
    rows = db.execute(
        "select supporter, count(*) from cases where is_open = 1 and supporter > ''"
        " and is_test = 0 and offer_state in (select value from json_each(?)) group by supporter",
        [json.dumps(states or CURRENT)],
    ).fetchall()
    return dict(rows)


def open_departments(db: Database) -> list[str]:
    """Return the departments that have open cases."""
    rows = db.execute("select distinct department from cases where is_open = 1").fetchall()
    return [row[0] for row in rows]


def mark_visible(db: Database, stored: StoredCase, seen_under: str) -> None:
    """Record that these rules and this program let somebody see a case, until it changes."""
    db.execute(
        "update cases set seen_under = ? where id = ? and revision = ?",
        [seen_under, stored.id, stored.revision],
    )


def with_silent_deputies(db: Database, times: int) -> list[int]:
    """Return the ids of open cases whose deputies were called this often and nobody acted."""
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
        " state, is_test, calls_in_vain, supporter, offer_state)"
        " values (:reference, 1, :version, :document, :is_open, :next_at, :department, :state,"
        " :is_test, :calls_in_vain, :supporter, :offer_state) returning id",
        {"reference": case.reference} | _columns(case),
    ).fetchall()
    case_id = int(row[0][0])
    _record(db, case_id, transition, document_before=None)
    return case_id


def move(
    db: Database,
    stored: StoredCase,
    transition: Transition,
    forget_at: datetime | None,
    is_undoable: bool = False,
) -> None:
    """Save a transition; StaleCase when the case was changed meanwhile."""
    save(db, stored, transition.after, forget_at)
    before = _dump(transition.before) if is_undoable else None
    _record(db, stored.id, transition, before)


def save(db: Database, stored: StoredCase, case: Case, forget_at: datetime | None = None) -> None:
    """Save a case without a history row, after handled moments or a sent offer."""
    moved = db.execute(
        "update cases set revision = revision + 1, version = :version, document = :document,"
        " is_open = :is_open, next_at = :next_at, forget_at = :forget_at, department = :department,"
        " state = :state, is_test = :is_test, calls_in_vain = :calls_in_vain,"
        " supporter = :supporter, offer_state = :offer_state, seen_under = ''"
        " where id = :id and revision = :revision",
        {
            "id": stored.id,
            "revision": stored.revision,
            "forget_at": stamp(forget_at) if forget_at else None,
        }
        | _columns(case),
    ).rowcount
    if moved != 1:
        raise StaleCase(f"{case.reference} has moved on")


def history(db: Database, case_id: int) -> list[HistoryLine]:
    rows = db.execute(
        "select version, at, event, from_state, to_state, by_person, by_role, recorded_for, other,"
        " although from history where case_id = ? order by id",
        [case_id],
    ).fetchall()
    return [HistoryLine(row[0], unstamp(row[1]), *row[2:]) for row in rows]


def last_undoable(db: Database, stored: StoredCase) -> Undoable | None:
    """Return the decision that led to the case's version, if it can be undone."""
    row = db.execute(
        "select at, document_before from history"
        " where case_id = ? and version = ? and document_before is not null",
        [stored.id, stored.case.version],
    ).fetchone()
    if row is None:
        return None
    return Undoable(unstamp(row[0]), read_document(row[1]))


def record_opening(db: Database, case_id: int, at: datetime, person: str, what: str) -> None:
    """Record that somebody opened a name or a text."""
    db.execute(
        "insert into openings (case_id, at, person, what) values (?, ?, ?, ?)",
        [case_id, stamp(at), person, what],
    )


def openings(db: Database, case_id: int) -> list[tuple[datetime, str, str]]:
    rows = db.execute(
        "select at, person, what from openings where case_id = ? order by id", [case_id]
    ).fetchall()
    return [(unstamp(row[0]), row[1], row[2]) for row in rows]


def record_ranking(db: Database, case_id: int, version: int, shown: str) -> None:
    """Record what a reviewer saw when they decided."""
    db.execute(
        "insert into rankings (case_id, version, shown) values (?, ?, ?)",
        [case_id, version, shown],
    )


def shown_at(db: Database, case_id: int, version: int) -> str | None:
    """Return the sealed record of the ranking that a reviewer saw when they decided."""
    row = db.execute(
        "select shown from rankings where case_id = ? and version = ?", [case_id, version]
    ).fetchone()
    return row[0] if row else None


def hold(db: Database, case_id: int, held_at: datetime | None) -> None:
    """Hold a case for legal reasons so that it is not forgotten; None ends the hold."""
    value = stamp(held_at) if held_at else None
    db.execute("update cases set held_at = ? where id = ?", [value, case_id])


def is_held(db: Database, case_id: int) -> bool:
    row = db.execute("select held_at from cases where id = ?", [case_id]).fetchone()
    return row is not None and row[0] is not None


def to_forget(db: Database, now: datetime) -> list[str]:
    """Return the references of closed cases that must be forgotten now; holds are respected."""
    rows = db.execute(
        "select reference from cases where forget_at <= ? and held_at is null", [stamp(now)]
    ).fetchall()
    return [row[0] for row in rows]


def forget_once_released(db: Database, stored: StoredCase, at: datetime) -> None:
    """Let a held case be forgotten as soon as its hold ends."""
    db.execute("update cases set forget_at = ? where id = ?", [stamp(at), stored.id])


def forget_sooner(db: Database, stored: StoredCase, forget_at: datetime) -> None:
    """Move the moment of forgetting a case earlier, never later."""
    db.execute(
        "update cases set forget_at = :at"
        " where id = :id and revision = :revision and forget_at > :at",
        {"at": stamp(forget_at), "id": stored.id, "revision": stored.revision},
    )


def mentioning(db: Database, reference: str) -> list[StoredCase]:
    """Return the cases whose document mentions this reference."""
    return [stored for stored, _ in _readable(db, "document like ?", f"%{reference}%")]


def forget_in_history(db: Database, reference: str) -> None:
    """Blank a reference in the history of other cases."""
    db.execute("update history set other = '' where other = ?", [reference])
    db.execute(
        "update history set document_before = null where document_before like ?",
        [f"%{reference}%"],
    )


def forget(db: Database, stored: StoredCase, tallies: Iterable[tuple[str, str, str]]) -> None:
    """Destroy everything that could lead back to a case, and add tallies (quarter, what, value).

    StaleCase when the case was changed meanwhile: it may be open again.
    """
    case_id = stored.id
    guard = "select 1 from cases where id = ? and revision = ? and held_at is null"
    if db.execute(guard, [case_id, stored.revision]).fetchone() is None:
        raise StaleCase(f"{stored.case.reference} has moved on")
    for table in OF_A_CASE:
        db.execute(f"delete from {table} where case_id = ?", [case_id])  # noqa: S608 - our names
    db.execute(
        "update deliveries set way = null, survey_id = null, response_id = null, body = null,"
        " received_at = null, submitted_at = null, next_at = null, attempts = 0, trouble = '',"
        " case_id = null where case_id = ?",
        [case_id],
    )
    db.execute("delete from cases where id = ?", [case_id])
    for tally in tallies:
        db.execute(
            "insert into tallies (quarter, what, value, number) values (?, ?, ?, 1)"
            " on conflict (quarter, what, value) do update set number = tallies.number + 1",
            tally,
        )


def _readable(db: Database, condition: str, *values: str) -> list[tuple[StoredCase, str]]:
    rows = db.execute(
        f"select id, revision, document, forget_at from cases where {condition}",  # noqa: S608
        values,
    ).fetchall()
    found = []
    for case_id, revision, document, forget_at in rows:
        try:
            case = read_document(document)
            found.append((StoredCase(case_id, revision, case), forget_at))
        except ValidationError:
            log.error("The document of case %s is damaged", case_id)
    return found


def _one(db: Database, condition: str, value: object) -> StoredCase | None:
    row = db.execute(
        f"select id, revision, document from cases where {condition}",  # noqa: S608 - our words
        [value],
    ).fetchone()
    return StoredCase(row[0], row[1], read_document(row[2])) if row else None


def _record(
    db: Database, case_id: int, transition: Transition, document_before: str | None
) -> None:
    decision = transition.decision
    db.execute(
        "insert into history (case_id, version, at, event, from_state, to_state,"
        " by_person, by_role, recorded_for, document_before, other, although)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            case_id,
            transition.after.version,
            stamp(transition.at),
            decision.event,
            transition.before.state if transition.before.version else "",
            transition.after.state,
            decision.by,
            decision.role,
            decision.recorded_for,
            document_before,
            decision.newer.reference if decision.newer else decision.other,
            decision.although,
        ],
    )


def _dump(case: Case) -> str:
    return _document.dump_json(case).decode()


def _columns(case: Case) -> dict[str, str | int | None]:
    """Return the columns of a case: its document and what queries filter by."""
    offer = case.current_offer
    return {
        "version": case.version,
        "document": _dump(case),
        "is_open": int(case.is_open),
        "next_at": _next_at(case),
        "department": case.facts.department,
        "state": case.state,
        "is_test": int(case.is_test),
        "calls_in_vain": case.calls_in_vain,
        "supporter": offer.supporter if offer else "",
        "offer_state": offer.state if offer else "",
    }


def _next_at(case: Case) -> str | None:
    return stamp(min(p.next_at for p in case.promises)) if case.promises else None
