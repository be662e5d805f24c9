"""Who is away, by their own word."""

from collections.abc import Collection
from datetime import date

from sqlite_utils import Database

from people.absences import Absence, with_word


def say(db: Database, person: str, absence: Absence, today: date) -> None:
    """Keep what somebody said about when they are away; the newest word counts."""
    absences = with_word(said(db).get(person, ()), absence, today)
    db.execute("delete from absences where person = ?", [person])
    for one in absences:
        db.execute(
            "insert into absences (person, first_day, last_day) values (?, ?, ?)",
            [person, f"{one.first}", f"{one.last}" if one.last else None],
        )


def end(db: Database, person: str, today: date) -> None:
    """End what somebody is in; what they said of later days stays."""
    db.execute("delete from absences where person = ? and first_day <= ?", [person, f"{today}"])


def take_back(db: Database, person: str, first: str) -> None:
    """Forget the absence of somebody that begins on a day."""
    db.execute("delete from absences where person = ? and first_day = ?", [person, first])


def said(db: Database) -> dict[str, tuple[Absence, ...]]:
    rows = db.execute(
        "select person, first_day, last_day from absences order by person, first_day"
    ).fetchall()
    found: dict[str, tuple[Absence, ...]] = {}
    for person, first, last in rows:
        until = date.fromisoformat(last) if last else None
        found[person] = (*found.get(person, ()), Absence(date.fromisoformat(first), until))
    return found


def forget(db: Database, today: date, known: Collection[str]) -> None:
    """Keep nothing of absences that are over, nor of people who have left the program."""
    db.execute("delete from absences where last_day < ?", [f"{today}"])
    for (person,) in db.execute("select distinct person from absences").fetchall():
        if person not in known:
            db.execute("delete from absences where person = ?", [person])
