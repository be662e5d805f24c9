"""Who is away by their own word, when somebody was last seen, and nudges without an answer."""

from collections.abc import Collection
from datetime import date, datetime

from sqlite_utils import Database

from store.database import stamp, unstamp
from workflow.absences import Absence


def say(db: Database, person: str, absence: Absence) -> None:
    """Keep what somebody said about when they are away; the newest word counts."""
    db.execute(
        "insert into absences (person, first_day, last_day) values (?, ?, ?)"
        " on conflict (person) do update set first_day = excluded.first_day,"
        " last_day = excluded.last_day",
        [person, f"{absence.first}", f"{absence.last}" if absence.last else None],
    )


def end(db: Database, person: str) -> None:
    db.execute("delete from absences where person = ?", [person])


def said(db: Database) -> dict[str, Absence]:
    rows = db.execute("select person, first_day, last_day from absences order by person").fetchall()
    return {
        row[0]: Absence(date.fromisoformat(row[1]), date.fromisoformat(row[2]) if row[2] else None)
        for row in rows
    }


def over(db: Database, today: date, known: Collection[str]) -> set[str]:
    """Return whose absence is over, and of whom we keep something though they have left."""
    rows = db.execute("select person from absences where last_day < ?", [f"{today}"]).fetchall()
    kept = db.execute("select person from absences union select person from presences").fetchall()
    return {row[0] for row in rows} | {row[0] for row in kept if row[0] not in known}


def left(db: Database, person: str) -> None:
    """Keep nothing of somebody who has left the program."""
    end(db, person)
    db.execute("delete from presences where person = ?", [person])


def saw(db: Database, person: str, at: datetime) -> None:
    """Somebody did something on a page of their own: they are there."""
    db.execute(
        "insert into presences (person, at) values (?, ?)"
        " on conflict (person) do update set at = excluded.at",
        [person, stamp(at)],
    )


def unanswered(db: Database, until: datetime) -> dict[str, list[datetime]]:
    """Return the nudges, up to a moment, of everybody who has done nothing since the first."""
    rows = db.execute(
        "select person, done_at from outbox"
        " where email = 'review_nudge' and result = 'sent' and done_at <= ?"
        " and done_at > coalesce((select max(at) from history where by_person = outbox.person), '')"
        " and done_at > coalesce((select max(at) from openings where person = outbox.person), '')"
        " and done_at > coalesce((select at from presences where person = outbox.person), '')"
        " order by done_at",
        [stamp(until)],
    ).fetchall()
    nudges: dict[str, list[datetime]] = {}
    for person, at in rows:
        nudges.setdefault(person, []).append(unstamp(at))
    return nudges
