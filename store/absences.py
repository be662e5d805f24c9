"""Absences that people declared on their own pages."""

from collections.abc import Collection
from datetime import date

from sqlite_utils import Database

from people.absences import Absence, with_declared


def declare(db: Database, person: str, absence: Absence, today: date) -> None:
    """Store an absence; where it overlaps with an earlier one, the newer counts."""
    absences = with_declared(declared(db).get(person, ()), absence, today)
    db.execute("delete from absences where person = ?", [person])
    for one in absences:
        db.execute(
            "insert into absences (person, first_day, last_day) values (?, ?, ?)",
            [person, f"{one.first}", f"{one.last}" if one.last else None],
        )


def end_current(db: Database, person: str, today: date) -> None:
    """End the absence that somebody is in now; their later ones stay."""
    db.execute("delete from absences where person = ? and first_day <= ?", [person, f"{today}"])


def take_back(db: Database, person: str, first: str) -> None:
    """Delete somebody's absence that begins on a day."""
    db.execute("delete from absences where person = ? and first_day = ?", [person, first])


def declared(db: Database) -> dict[str, tuple[Absence, ...]]:
    rows = db.execute(
        "select person, first_day, last_day from absences order by person, first_day"
    ).fetchall()
    found: dict[str, tuple[Absence, ...]] = {}
    for person, first, last in rows:
        until = date.fromisoformat(last) if last else None
        found[person] = (*found.get(person, ()), Absence(date.fromisoformat(first), until))
    return found


def forget(db: Database, today: date, known: Collection[str]) -> None:
    """Delete absences that are over, and those of people who have left the program."""
    db.execute("delete from absences where last_day < ?", [f"{today}"])
    for (person,) in db.execute("select distinct person from absences").fetchall():
        if person not in known:
            db.execute("delete from absences where person = ?", [person])
