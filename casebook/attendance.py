"""Who is here and who is away, by the files and by their own word."""

from collections import defaultdict
from datetime import date, datetime

from sqlite_utils import Database

from people.absences import (
    Absence,
    Absences,
    Gap,
    away_on,
    gaps,
    next_of,
)
from people.names import is_same_name
from people.records import Person
from program import Program
from store import absences as stored
from store import readiness


def stated(db: Database, program: Program) -> Absences:
    """Return the absences that stand in the files or that somebody told on their own page."""
    found = defaultdict[str, list[Absence]](list)
    for id, absence in program.absences.items():
        found[id].append(absence)
    for id, absences in stored.declared(db).items():
        found[id].extend(absences)
    return {id: tuple(spans) for id, spans in found.items()}


def absence_of(db: Database, program: Program, person: str, today: date) -> Absence | None:
    """Return the absence that somebody is in, or the one that comes next."""
    return next_of(stated(db, program).get(person, ()), today)


def absent(db: Database, program: Program, now: datetime) -> frozenset[str]:
    """Return everybody who gets no new mail now, and whom others stand in for."""
    return away_on(program.today(now), stated(db, program))


def leaving(db: Database, program: Program, today: date, until: date) -> frozenset[str]:
    """Return who is away on one of these days, both included."""
    known = stated(db, program).items()
    return frozenset(id for id, spans in known if any(s.meets(today, until) for s in spans))


def away_since(db: Database, program: Program, now: datetime) -> dict[str, date]:
    """Return since which day everybody is away who is."""
    today = program.today(now)
    known = ((id, next_of(spans, today)) for id, spans in stated(db, program).items())
    return {id: span.first for id, span in known if span and span.covers(today)}


def ids_of(program: Program, person: Person) -> list[str]:
    """Return the ids of one person: who coordinates and supports is away, or here, as both."""
    known = program.found_by(person.email)
    others = (p.id for p in known if p.id != person.id and is_same_name(p.name, person.name))
    return [person.id, *others]


def resting(db: Database, today: date) -> frozenset[str]:
    """Return the supporters who pause or rest by their own word: they are asked nothing new."""
    said = readiness.declared(db).items()
    return frozenset(supporter for supporter, one in said if not one.takes_new(today))


def gaps_ahead(db: Database, program: Program, today: date) -> list[Gap]:
    """Return which departments, or the deputies, would have nobody in the days to come."""
    groups = {d.name: program.coordinators_of(id) for id, d in program.departments.items()}
    groups |= {
        "The default coordinators": program.duties.default_coordinators,
        "The deputies": program.duties.deputies,
    }
    return list(gaps(groups, stated(db, program), today))
