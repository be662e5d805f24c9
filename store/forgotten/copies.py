"""What Qualtrics may still have of forgotten requests: sealed ids, until that is gone as well."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from store.database import Database, stamp
from store.deliveries import RESPONSE as OF_DELIVERY
from store.deliveries import SURVEY
from store.sealing import CannotOpen


@dataclass(frozen=True)
class Copy:
    """A response of which no one knows yet that it is deleted in Qualtrics."""

    id: int
    survey_id: str
    response_id: str
    forgotten_on: date
    #: How often we asked Qualtrics to delete it.
    attempts: int


#: The sealed column.
RESPONSE = "copies.response_id"
INSERT = "insert into copies (survey_id, response_id, forgotten_on, next_at) values (?, ?, ?, ?)"
COLUMNS = "id, survey_id, response_id, forgotten_on, attempts"


def keep(db: Database, case_id: int, at: datetime) -> None:
    """Keep the ids of a case's responses before its deliveries lose them.

    One that no key opens is kept as it is: someone must look at it.
    """
    rows = db.execute(
        "select survey_id, seen, response_id from deliveries"
        " where case_id = ? and response_id is not null",
        [case_id],
    ).fetchall()
    for survey_id, seen, sealed in rows:
        kept = sealed
        with suppress(CannotOpen):
            kept = db.seal.close(RESPONSE, survey_id, db.seal.open(OF_DELIVERY, seen, sealed))
        db.execute(INSERT, [survey_id, kept, f"{at:%Y-%m-%d}", stamp(at)])


def keep_response(db: Database, survey_id: str, response_id: str, at: datetime) -> None:
    """Keep the ids of a response of which nothing else is left here."""
    pseudonym = db.pseudonyms.of(SURVEY, survey_id)
    sealed = db.seal.close(RESPONSE, pseudonym, response_id)
    db.execute(INSERT, [pseudonym, sealed, f"{at:%Y-%m-%d}", stamp(at)])


def due(db: Database, now: datetime, limit: int = 20) -> list[int]:
    """Return the ids of rows that must be looked at now."""
    rows = db.execute(
        "select id from copies where next_at <= ? order by next_at limit ?", [stamp(now), limit]
    ).fetchall()
    return [row[0] for row in rows]


def get(db: Database, row_id: int) -> Copy | None:
    """Return a copy; None when it is gone, CannotOpen when no key opens it."""
    row = db.execute(f"select {COLUMNS} from copies where id = ?", [row_id]).fetchone()  # noqa: S608
    return _copy(db, row) if row else None


def remaining(db: Database) -> list[Copy]:
    """Return all copies that the keys open, oldest first."""
    rows = db.execute(f"select {COLUMNS} from copies order by forgotten_on, id").fetchall()  # noqa: S608
    found = []
    for row in rows:
        try:
            found.append(_copy(db, row))
        except CannotOpen:
            continue
    return found


def exist(db: Database) -> bool:
    return db.execute("select 1 from copies limit 1").fetchone() is not None


def is_any_older(db: Database, age: timedelta, now: datetime) -> bool:
    """Tell whether something was forgotten so long ago and is still there."""
    row = db.execute(
        "select 1 from copies where forgotten_on < ? limit 1", [f"{now - age:%Y-%m-%d}"]
    ).fetchone()
    return row is not None


def postpone(db: Database, row_id: int, until: datetime, attempts: int) -> None:
    """Look at a copy again later; `attempts` counts those made now."""
    db.execute(
        "update copies set next_at = ?, attempts = attempts + ? where id = ?",
        [stamp(until), attempts, row_id],
    )


def drop(db: Database, row_ids: Iterable[int]) -> None:
    """Delete copies that are gone in Qualtrics."""
    for row_id in row_ids:
        db.execute("delete from copies where id = ?", [row_id])


def _copy(db: Database, row: tuple) -> Copy:  # type: ignore[type-arg]
    survey_id, response_id = (
        db.pseudonyms.id_of(SURVEY, row[1]),
        db.seal.open(RESPONSE, row[1], row[2]),
    )
    return Copy(row[0], survey_id, response_id, date.fromisoformat(row[3]), row[4])
