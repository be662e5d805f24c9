"""Who is away by their own word, when somebody was last seen, and who lets reminders go by."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from people.absences import Absence, with_word
from store.database import stamp, unstamp


@dataclass(frozen=True)
class Unanswered:
    """A reminder whose reader has done nothing since, and when somebody else moved the case."""

    at: datetime
    moved_at: datetime | None


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


def forget(
    db: Database, today: date, known: Collection[str], coordinators: Collection[str]
) -> None:
    """Keep nothing of absences that are over, nor of people who have left the program.

    Only coordinators are taken for away.
    """
    db.execute("delete from absences where last_day < ?", [f"{today}"])
    for table in ("absences", "presences", "silences"):
        known = coordinators if table == "silences" else known
        for (person,) in db.execute(f"select distinct person from {table}").fetchall():  # noqa: S608 - our names
            if person not in known:
                db.execute(f"delete from {table} where person = ?", [person])  # noqa: S608 - our names


def saw(db: Database, person: str, at: datetime) -> None:
    """Somebody did something, or said when they are away: no earlier reminder says otherwise."""
    db.execute(
        "insert into presences (person, at) values (?, ?)"
        " on conflict (person) do update set at = excluded.at",
        [person, stamp(at)],
    )
    db.execute("delete from silences where person = ?", [person])


def fell_silent(db: Database, person: str, since: datetime) -> None:
    """Keep that somebody is taken for away until they act, whatever becomes of the requests."""
    db.execute(
        "insert into silences (person, since) values (?, ?) on conflict (person) do nothing",
        [person, stamp(since)],
    )


def silent(db: Database) -> dict[str, datetime]:
    """Return who is taken for away, and since when."""
    rows = db.execute("select person, since from silences order by person").fetchall()
    return {person: unstamp(since) for person, since in rows}


def unanswered(db: Database, until: datetime) -> dict[str, list[Unanswered]]:
    """Return the reminders, up to a moment, of everybody who has done nothing since the first.

    Those of a rehearsal are none in earnest.
    """
    rows = db.execute(
        "select person, done_at, (select min(at) from history where case_id = outbox.case_id"
        " and at >= outbox.done_at and by_role <> 'clock')"
        " from outbox join cases on cases.id = case_id"
        " where email in ('review_nudge', 'contact_overdue', 'tell_by_phone')"
        " and outbox.version = 0 and result = 'sent' and done_at <= ?"
        " and not iif(json_valid(document), coalesce(document ->> '$.is_test', 0), 1)"
        " and done_at > coalesce((select max(at) from history where by_person = outbox.person), '')"
        " and done_at > coalesce((select max(at) from openings where person = outbox.person), '')"
        " and done_at > coalesce((select at from presences where person = outbox.person), '')"
        " order by done_at",
        [stamp(until)],
    ).fetchall()
    found: dict[str, list[Unanswered]] = {}
    for person, at, moved_at in rows:
        moved = unstamp(moved_at) if moved_at else None
        found.setdefault(person, []).append(Unanswered(unstamp(at), moved))
    return found
