"""Cases, their history, and the records that belong to them."""

import json
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from lib.documents import Damaged, Document
from store.database import Database, stamp, stamp_minute, unstamp
from store.forgotten import copies
from store.forgotten.holds import IS_FREE
from store.sealing import CannotOpen
from workflow.errors import StaleCase
from workflow.model import Case, Event, OfferState, Transition

log = logging.getLogger(__name__)

#: States of a case's current offer.
CURRENT = (OfferState.OPEN, OfferState.ACCEPTED)
#: Columns with pseudonyms.
DEPARTMENT, SUPPORTER = "cases.department", "cases.supporter"
TALLY = "tallies.value"
#: Why a case cannot be read: its document is damaged, or no key opens it.
UNREADABLE = (Damaged, CannotOpen)
#: What belongs to a case and is forgotten with it.
OF_A_CASE = (
    "identity_hashes", "identities", "history", "openings", "rankings", "outbox", "links", "visits",
)  # fmt: skip
_document = Document(Case)


def read_document(db: Database, sealed: str) -> Case:
    """Read a case as it is stored; an error of `UNREADABLE` when that cannot be."""
    return _document.read(db.seal.open(sealed))


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


_line = Document(HistoryLine)


@dataclass(frozen=True)
class Undoable:
    """The last decision, if it can be undone, and the case before it."""

    row_id: int
    line: HistoryLine
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
        with suppress(*UNREADABLE):
            return find(db, reference) is not None
    return False


def is_readable(db: Database) -> bool:
    """Tell whether the table has rows; sqlite3.Error when the database cannot be read."""
    return db.execute("select 1 from cases limit 1").fetchone() is not None


def was_anything_asked(db: Database) -> bool:
    """Tell whether there ever was a request, or one waits to be read; rehearsals do not count."""
    row = db.execute(
        "select 1 from cases where is_test = 0 union all select 1 from tallies"
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
    return [stored.case for stored, _ in _readable(db, "is_open = 1 order by id")]


def to_be_forgotten(db: Database) -> list[tuple[StoredCase, datetime]]:
    """Return the closed cases without a hold, with the moment when each is forgotten."""
    found = _readable(db, f"forget_at > '' and {IS_FREE} order by forget_at")
    return [(stored, _start_of(forget_at)) for stored, forget_at in found]


def with_supporter(db: Database, supporter: str) -> list[StoredCase]:
    """Return the open cases in which a supporter is asked or said yes, but for damaged ones."""
    is_theirs = "is_open = 1 and supporter > '' and supporter = ? order by id"
    return [stored for stored, _ in _readable(db, is_theirs, _supporter(db, supporter))]


def references_with(db: Database, supporters: Collection[str], *states: OfferState) -> list[str]:
    """Return the open cases whose current offer is to one of these supporters."""
    rows = db.execute(
        "select reference from cases where is_open = 1 and supporter > ''"
        " and supporter in (select value from json_each(?))"
        " and offer_state in (select value from json_each(?)) order by id",
        [
            json.dumps(sorted(_supporter(db, id) for id in supporters)),
            json.dumps(states or CURRENT),
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
        [json.dumps(states or CURRENT)],
    ).fetchall()
    return {_supporter_of(db, supporter): number for supporter, number in rows}


def open_departments(db: Database) -> list[str]:
    """Return the departments that have open cases."""
    rows = db.execute("select distinct department from cases where is_open = 1").fetchall()
    return [db.pseudonyms.id_of(DEPARTMENT, row[0]) for row in rows]


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
        " state, is_test, calls_in_vain, supporter, offer_state, mentions)"
        " values (:reference, 1, :version, :document, :is_open, :next_at, :department, :state,"
        " :is_test, :calls_in_vain, :supporter, :offer_state, :mentions) returning id",
        {"reference": case.reference} | columns_of(db, case),
    ).fetchall()
    case_id = int(row[0][0])
    _record(db, case_id, transition, before=None)
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
    _record(db, stored.id, transition, transition.before if is_undoable else None)


def save(db: Database, stored: StoredCase, case: Case, forget_at: datetime | None = None) -> None:
    """Save a case without a history row, after handled moments or a sent offer."""
    moved = db.execute(
        "update cases set revision = revision + 1, version = :version, document = :document,"
        " is_open = :is_open, next_at = :next_at, forget_at = :forget_at, department = :department,"
        " state = :state, is_test = :is_test, calls_in_vain = :calls_in_vain,"
        " supporter = :supporter, offer_state = :offer_state, mentions = :mentions,"
        " seen_under = ''"
        " where id = :id and revision = :revision",
        {
            "id": stored.id,
            "revision": stored.revision,
            "forget_at": f"{forget_at:%Y-%m-%d}" if forget_at else None,
        }
        | columns_of(db, case),
    ).rowcount
    if moved != 1:
        raise StaleCase(f"{case.reference} has moved on")


def history(db: Database, case_id: int) -> list[HistoryLine]:
    rows = db.execute(
        "select detail from history where case_id = ? order by id", [case_id]
    ).fetchall()
    return [_line.read(db.seal.open(row[0])) for row in rows]


def last_undoable(db: Database, stored: StoredCase) -> Undoable | None:
    """Return the last decision that was not taken back, if it can be.

    Who steps back decides nothing about the request.
    """
    rows = db.execute(
        "select id, detail, document_before from history where case_id = ? order by id",
        [stored.id],
    ).fetchall()
    standing: list[tuple[int, HistoryLine, str | None]] = []
    for row_id, detail, before in rows:
        line = _line.read(db.seal.open(detail))
        if line.event == Event.UNDONE:
            standing.pop()
        elif line.event not in (Event.HANDED_OVER, Event.CAME_BACK):
            standing.append((row_id, line, before))
    row_id, line, before = standing[-1]
    return Undoable(row_id, line, read_document(db, before)) if before else None


def settled(db: Database, before: datetime) -> list[tuple[int, int, HistoryLine]]:
    """Return (row, case, line) of the decisions before a moment that could be taken back so far."""
    rows = db.execute(
        "select history.id, case_id, detail from history join cases on cases.id = case_id"  # noqa: S608
        f" where document_before is not null and {IS_FREE}"
    ).fetchall()
    found = (
        (row_id, case_id, _line.read(db.seal.open(detail))) for row_id, case_id, detail in rows
    )
    return [(row_id, case_id, line) for row_id, case_id, line in found if line.at <= before]


def forget_before(db: Database, row_id: int) -> None:
    """Delete the request as it was before a decision that cannot be taken back any more."""
    db.execute("update history set document_before = null where id = ?", [row_id])


def record_opening(db: Database, case_id: int, at: datetime, person: str, what: str) -> None:
    """Record that somebody opened a name or a text."""
    detail = db.seal.close(json.dumps([stamp(at), person, what]))
    db.execute("insert into openings (case_id, detail) values (?, ?)", [case_id, detail])


def openings(db: Database, case_id: int) -> list[tuple[datetime, str, str]]:
    rows = db.execute(
        "select detail from openings where case_id = ? order by id", [case_id]
    ).fetchall()
    found = (json.loads(db.seal.open(row[0])) for row in rows)
    return [(unstamp(at), person, what) for at, person, what in found]


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


def to_forget(db: Database, now: datetime) -> list[str]:
    """Return the references of closed cases that must be forgotten now; holds are respected.

    Only the day of forgetting is stored, so it comes at the beginning of the day in UTC.
    """
    rows = db.execute(
        f"select reference from cases where forget_at <= ? and {IS_FREE}",  # noqa: S608
        [f"{now:%Y-%m-%d}"],
    ).fetchall()
    return [row[0] for row in rows]


def forget_once_released(db: Database, stored: StoredCase, at: datetime) -> None:
    """Let a held case be forgotten as soon as its hold ends."""
    db.execute("update cases set forget_at = ? where id = ?", [f"{at:%Y-%m-%d}", stored.id])


def forget_sooner(db: Database, stored: StoredCase, forget_at: datetime) -> None:
    """Move the moment of forgetting a case earlier, never later."""
    db.execute(
        "update cases set forget_at = :at"
        " where id = :id and revision = :revision and forget_at > :at",
        {"at": f"{forget_at:%Y-%m-%d}", "id": stored.id, "revision": stored.revision},
    )


def mentioning(db: Database, reference: str) -> list[StoredCase]:
    """Return the cases whose document mentions this reference."""
    mentions = "mentions > '' and mentions like ?"
    return [stored for stored, _ in _readable(db, mentions, f"%{_mentions(db, reference)}%")]


def forget_in_history(db: Database, reference: str) -> None:
    """Blank a reference in the history of other cases."""
    rows = db.execute(
        "select id, detail from history where mentions > '' and mentions like ?",
        [f"%{_mentions(db, reference)}%"],
    ).fetchall()
    for row_id, detail in rows:
        line = _line.read(db.seal.open(detail))
        other = "" if line.other == reference else line.other
        db.execute(
            "update history set detail = ?, mentions = ?, document_before = null where id = ?",
            [_sealed_line(db, replace(line, other=other)), _mentions(db, other), row_id],
        )


def forget(
    db: Database, stored: StoredCase, tallies: Iterable[tuple[str, str, str]], at: datetime
) -> None:
    """Destroy everything that could lead back to a case, and add tallies (quarter, what, value).

    StaleCase when the case was changed meanwhile: it may be open again.
    """
    case_id = stored.id
    guard = f"select 1 from cases where id = ? and revision = ? and {IS_FREE}"  # noqa: S608
    if db.execute(guard, [case_id, stored.revision]).fetchone() is None:
        raise StaleCase(f"{stored.case.reference} has moved on")
    _destroy(db, case_id, at)
    for quarter, what, value in tallies:
        db.execute(
            "insert into tallies (quarter, what, value, number) values (?, ?, ?, 1)"
            " on conflict (quarter, what, value) do update set number = tallies.number + 1",
            [quarter, what, db.pseudonyms.of(TALLY, value)],
        )


def forget_unreadable(db: Database, reference: str, at: datetime) -> None:
    """Destroy a case whose document nobody can read, and those that were merged into it."""
    merged = f"mentions like ? and is_open = 0 and forget_at is null and {IS_FREE}"
    rows = db.execute(
        f"select id from cases where reference = ? and forget_at is not null and {IS_FREE}"  # noqa: S608
        f" union select id from cases where mentions > '' and {merged}",
        [reference, f"%{_mentions(db, reference)}%"],
    ).fetchall()
    for (case_id,) in rows:
        _destroy(db, case_id, at)


def _destroy(db: Database, case_id: int, at: datetime) -> None:
    copies.keep(db, case_id, at)
    for table in OF_A_CASE:
        db.execute(f"delete from {table} where case_id = ?", [case_id])  # noqa: S608 - our names
    db.execute(
        "update deliveries set way = null, survey_id = null, response_id = null, body = null,"
        " received_at = null, submitted_at = null, next_at = null, attempts = 0, trouble = '',"
        " case_id = null where case_id = ?",
        [case_id],
    )
    db.execute("delete from cases where id = ?", [case_id])


def _readable(db: Database, condition: str, *values: str) -> list[tuple[StoredCase, str]]:
    rows = db.execute(
        f"select id, revision, document, forget_at from cases where {condition}",  # noqa: S608
        values,
    ).fetchall()
    found = []
    for case_id, revision, document, forget_at in rows:
        try:
            case = read_document(db, document)
            found.append((StoredCase(case_id, revision, case), forget_at))
        except UNREADABLE:
            log.error("The document of case %s is damaged", case_id)
    return found


def _one(db: Database, condition: str, value: object) -> StoredCase | None:
    row = db.execute(
        f"select id, revision, document from cases where {condition}",  # noqa: S608 - our words
        [value],
    ).fetchone()
    return StoredCase(row[0], row[1], read_document(db, row[2])) if row else None


def _record(db: Database, case_id: int, transition: Transition, before: Case | None) -> None:
    decision, version = transition.decision, transition.after.version
    line = HistoryLine(
        version,
        transition.at,
        decision.event,
        transition.before.state if transition.before.version else "",
        transition.after.state,
        decision.by,
        decision.role,
        decision.recorded_for,
        decision.newer.reference if decision.newer else decision.other,
        decision.although,
    )
    add_line(db, case_id, line, before)


def add_line(db: Database, case_id: int, line: HistoryLine, before: Case | None) -> None:
    """Store a line of a case's history, and the case as it was before if it may be undone."""
    mentioned = (line.other, *(mentioned_by(before) if before else ()))
    db.execute(
        "insert into history (case_id, version, detail, document_before, mentions)"
        " values (?, ?, ?, ?, ?)",
        [
            case_id,
            line.version,
            _sealed_line(db, line),
            db.seal.close(_dump(before)) if before else None,
            _mentions(db, *mentioned),
        ],
    )


def _sealed_line(db: Database, line: HistoryLine) -> str:
    return db.seal.close(_line.write(line))


def _dump(case: Case) -> str:
    return _document.write(case)


def columns_of(db: Database, case: Case) -> dict[str, str | int | None]:
    """Return the columns of a case: its document and what queries filter by."""
    offer = case.current_offer
    return {
        "version": case.version,
        "document": db.seal.close(_dump(case)),
        "is_open": int(case.is_open),
        "next_at": _next_at(case),
        "department": department(db, case.facts.department),
        "state": case.state,
        "is_test": int(case.is_test),
        "calls_in_vain": case.calls_in_vain,
        "supporter": _supporter(db, offer.supporter if offer else ""),
        "offer_state": offer.state if offer else "",
        "mentions": _mentions(db, *mentioned_by(case)),
    }


def mentioned_by(case: Case) -> tuple[str, ...]:
    """Return the references of other cases that a document has."""
    return (*case.told_apart, *case.took_in, *([case.goes_on_as] if case.goes_on_as else []))


def _mentions(db: Database, *references: str) -> str:
    """Return keyed hashes by which a mentioned reference is found without opening documents."""
    return " ".join(sorted({db.hash("mention", one) for one in references if one}))


def department(db: Database, id: str) -> str:
    return db.pseudonyms.of(DEPARTMENT, id)


def _supporter(db: Database, id: str) -> str:
    return db.pseudonyms.of(SUPPORTER, id)


def _supporter_of(db: Database, pseudonym: str) -> str:
    return db.pseudonyms.id_of(SUPPORTER, pseudonym)


def _next_at(case: Case) -> str | None:
    return stamp_minute(min(p.next_at for p in case.promises)) if case.promises else None


def _start_of(day: str) -> datetime:
    return datetime.fromisoformat(f"{day[:10]}T00:00:00Z")
