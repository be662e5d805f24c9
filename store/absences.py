"""Absences that people declared on their own pages, and what their mailboxes answer."""

from collections.abc import Collection
from datetime import date, timedelta

from people.absences import Absence, with_declared
from store.database import Database

#: The columns with pseudonyms.
PERSON, ANSWERING = "absences.person", "auto_replies.person"

#: How long an automatic answer counts that names no day.
ANSWER_COUNTS = timedelta(days=7)


def declare(db: Database, person: str, absence: Absence, today: date) -> None:
    """Store an absence; where it overlaps with an earlier one, the newer counts."""
    absences = with_declared(declared(db).get(person, ()), absence, today)
    pseudonym = _pseudonym(db, person)
    db.execute("delete from absences where person = ?", [pseudonym])
    for one in absences:
        db.execute(
            "insert into absences (person, first_day, last_day) values (?, ?, ?)",
            [pseudonym, f"{one.first}", f"{one.last}" if one.last else None],
        )


def end_current(db: Database, person: str, today: date) -> None:
    """End the absence that someone is in now; their later ones stay."""
    which = "person = ? and first_day <= ?"
    db.execute(f"delete from absences where {which}", [_pseudonym(db, person), f"{today}"])  # noqa: S608 - our words


def take_back(db: Database, person: str, first: str) -> None:
    """Delete someone's absence that begins on a day."""
    which = "person = ? and first_day = ?"
    db.execute(f"delete from absences where {which}", [_pseudonym(db, person), first])  # noqa: S608 - our words


def declared(db: Database) -> dict[str, tuple[Absence, ...]]:
    rows = db.execute(
        "select person, first_day, last_day from absences order by person, first_day"
    ).fetchall()
    found: dict[str, tuple[Absence, ...]] = {}
    for pseudonym, first, last in rows:
        person = db.pseudonyms.id_of(PERSON, pseudonym)
        until = date.fromisoformat(last) if last else None
        found[person] = (*found.get(person, ()), Absence(date.fromisoformat(first), until))
    return dict(sorted(found.items()))


def forget(db: Database, today: date, known: Collection[str]) -> None:
    """Delete absences and answers that are over, and those of people who left the program."""
    db.execute("delete from absences where last_day < ?", [f"{today}"])
    db.execute("delete from auto_replies where counts_until < ?", [f"{today}"])
    for person in declared(db).keys() - set(known):
        db.execute("delete from absences where person = ?", [_pseudonym(db, person)])
    for (answering,) in db.execute("select person from auto_replies").fetchall():
        if db.pseudonyms.id_of(ANSWERING, answering) not in known:
            db.execute("delete from auto_replies where person = ?", [answering])


def _pseudonym(db: Database, person: str) -> str:
    return db.pseudonyms.of(PERSON, person)


# Automatic answers are a hint for people, and never an absence.


def record_answer(db: Database, person: str, day: date, until: date | None) -> None:
    """Keep of someone's newest automatic answer only until when it says that they are away."""
    counts_until = until or day + ANSWER_COUNTS
    db.execute(
        "insert into auto_replies (person, until, counts_until) values (?, ?, ?)"
        " on conflict (person) do update set until = excluded.until,"
        " counts_until = excluded.counts_until",
        [
            db.pseudonyms.of(ANSWERING, person),
            f"{until}" if until else None,
            f"{counts_until}",
        ],
    )


def answers(db: Database, today: date) -> dict[str, date | None]:
    """Return who answers automatically, and until which day they say that they are away."""
    rows = db.execute(
        "select person, until from auto_replies where counts_until >= ?", [f"{today}"]
    ).fetchall()
    return {
        db.pseudonyms.id_of(ANSWERING, person): date.fromisoformat(until) if until else None
        for person, until in rows
    }
