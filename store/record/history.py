"""The history of a case: one sealed line for each transition."""

from dataclasses import dataclass, replace
from datetime import datetime

from lib.documents import Document
from store.database import Database
from store.record.documents import mentioned_by, mentions, read_document, sealed_document
from workflow.model import Case, Transition


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

    at: datetime
    before: Case


def lines(db: Database, case_id: int) -> list[HistoryLine]:
    rows = db.execute(
        "select detail from history where case_id = ? order by id", [case_id]
    ).fetchall()
    return [_line.read(db.seal.open(row[0])) for row in rows]


def last_undoable(db: Database, case_id: int, version: int) -> Undoable | None:
    """Return the decision that led to the case's version, if it can be undone."""
    row = db.execute(
        "select detail, document_before from history"
        " where case_id = ? and version = ? and document_before is not null",
        [case_id, version],
    ).fetchone()
    if row is None:
        return None
    line = _line.read(db.seal.open(row[0]))
    return Undoable(line.at, read_document(db, row[1]))


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
            _sealed_line(db, line),
            sealed_document(db, before) if before else None,
            mentions(db, *mentioned),
        ],
    )


def forget_reference(db: Database, reference: str) -> None:
    """Blank a reference in the history of other cases."""
    rows = db.execute(
        "select id, detail from history where mentions > '' and mentions like ?",
        [f"%{mentions(db, reference)}%"],
    ).fetchall()
    for row_id, detail in rows:
        line = _line.read(db.seal.open(detail))
        other = "" if line.other == reference else line.other
        db.execute(
            "update history set detail = ?, mentions = ?, document_before = null where id = ?",
            [_sealed_line(db, replace(line, other=other)), mentions(db, other), row_id],
        )


def _sealed_line(db: Database, line: HistoryLine) -> str:
    return db.seal.close(_line.write(line))
