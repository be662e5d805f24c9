"""The history of a case: one sealed line for each transition."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from lib.documents import Document
from store.database import Database
from store.record.documents import (
    BEFORE,
    UNREADABLE,
    mentioned_by,
    mentions,
    read_document,
    sealed_document,
)
from store.record.holds import IS_FREE
from workflow.model import Case, Event, Transition


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
    #: It named another case, which we have forgotten since.
    is_other_forgotten: bool = False


#: The sealed column of a line.
SEALED = "history.detail"
_line = Document(HistoryLine)
#: What decides nothing about a request: the decision before can be taken back as if it were not.
BESIDE = (Event.HANDED_OVER, Event.CAME_BACK, Event.TOLD_APART)


@dataclass(frozen=True)
class Undoable:
    """The last decision, if it can be undone, and the case before it."""

    row_id: int
    line: HistoryLine
    before: Case


def lines(db: Database, case_id: int) -> list[HistoryLine]:
    rows = db.execute(
        "select detail from history where case_id = ? order by id", [case_id]
    ).fetchall()
    return [_read_line(db, case_id, row[0]) for row in rows]


def deciders(db: Database, case_id: int) -> set[str]:
    """Return who decided something about a case; what cannot be read tells of no one."""
    found = set[str]()
    for (detail,) in db.execute("select detail from history where case_id = ?", [case_id]):
        with suppress(*UNREADABLE):
            found.add(_read_line(db, case_id, detail).by_person)
    return found


def newest_version(db: Database, case_id: int) -> int | None:
    """Return the version that the newest line tells of; None if it cannot be read."""
    row = db.execute(
        "select detail from history where case_id = ? order by id desc limit 1", [case_id]
    ).fetchone()
    with suppress(*UNREADABLE):
        return _read_line(db, case_id, row[0]).version if row else None
    return None


def standing(lines: Sequence[HistoryLine]) -> list[HistoryLine]:
    """Return the lines without what was undone."""
    found: list[HistoryLine] = []
    for line in lines:
        if line.event == Event.UNDONE:
            undone = [one for one in found if one.event not in BESIDE][-1]
            found.remove(undone)
        else:
            found.append(line)
    return found


def last_undoable(db: Database, case_id: int) -> Undoable | None:
    """Return the last decision that was not taken back, if it can be."""
    rows = db.execute(
        "select history.id, detail, document_before, reference from history"
        " join cases on cases.id = case_id where case_id = ? order by history.id",
        [case_id],
    ).fetchall()
    standing: list[tuple[int, HistoryLine, str | None, str]] = []
    for row_id, detail, before, reference in rows:
        line = _read_line(db, case_id, detail)
        if line.event == Event.UNDONE:
            standing.pop()
        elif line.event not in BESIDE:
            standing.append((row_id, line, before, reference))
    row_id, line, before, reference = standing[-1]
    return Undoable(row_id, line, read_document(db, reference, before, BEFORE)) if before else None


def settled(db: Database, before: datetime) -> list[tuple[int, int, HistoryLine]]:
    """Return (row, case, line) of the decisions before a moment that could be taken back so far."""
    rows = db.execute(
        "select history.id, case_id, detail from history join cases on cases.id = case_id"  # noqa: S608
        f" where document_before is not null and {IS_FREE}"
    ).fetchall()
    found = ((row_id, case_id, _read_line(db, case_id, detail)) for row_id, case_id, detail in rows)
    return [(row_id, case_id, line) for row_id, case_id, line in found if line.at <= before]


def forget_before(db: Database, row_id: int) -> None:
    """Delete the request as it was before a decision that can no longer be undone."""
    db.execute("update history set document_before = null where id = ?", [row_id])


def record(db: Database, case_id: int, transition: Transition, before: Case | None) -> None:
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
            _sealed_line(db, case_id, line),
            sealed_document(db, before, BEFORE) if before else None,
            mentions(db, *mentioned),
        ],
    )


def forget_reference(db: Database, reference: str) -> None:
    """Blank a reference in the history of other cases.

    The case as it was before a decision stays, or its page would tell when the other was forgotten.
    """
    rows = db.execute(
        "select history.id, case_id, detail, document_before, reference from history"
        " join cases on cases.id = case_id where history.mentions > '' and history.mentions like ?",
        [f"%{mentions(db, reference)}%"],
    ).fetchall()
    for row_id, case_id, detail, sealed, own in rows:
        line = _read_line(db, case_id, detail)
        before = _without(db, own, sealed, reference) if sealed else None
        if line.other == reference:
            line, before = replace(line, other="", is_other_forgotten=True), None
        db.execute(
            "update history set detail = ?, mentions = ?, document_before = ? where id = ?",
            [
                _sealed_line(db, case_id, line),
                mentions(db, line.other, *(mentioned_by(before) if before else ())),
                sealed_document(db, before, BEFORE) if before else None,
                row_id,
            ],
        )


def _without(db: Database, own: str, sealed: str, reference: str) -> Case | None:
    """Return a case without one from which it was told apart; None if they are closer than that."""
    with suppress(*UNREADABLE):
        case = read_document(db, own, sealed, BEFORE)
        told_apart = tuple(one for one in case.told_apart if one != reference)
        case = replace(case, told_apart=told_apart)
        return None if reference in mentioned_by(case) else case
    return None


def _sealed_line(db: Database, case_id: int, line: HistoryLine) -> str:
    return db.seal.close(SEALED, case_id, _line.write(line))


def _read_line(db: Database, case_id: int, sealed: str) -> HistoryLine:
    return _line.read(db.seal.open(SEALED, case_id, sealed))
