"""Who is here and who is away, by the files, by their own word, and by their silence."""

from collections import defaultdict
from datetime import date, datetime

from sqlite_utils import Database

from people.absences import (
    PATIENCE,
    Absence,
    Absences,
    Gap,
    away_on,
    gaps,
    is_ignored,
    next_of,
    seems_away,
    written,
)
from people.names import is_same_name
from people.records import Person
from people.supporters import Supporter
from program import Program
from store import availability as store
from store import readiness


def stated(db: Database, program: Program) -> Absences:
    """Return the absences that stand in the files or that somebody told on their own page."""
    found = defaultdict[str, list[Absence]](list)
    for id, absence in written_in(program).items():
        found[id].append(absence)
    for id, absences in store.said(db).items():
        found[id].extend(absences)
    return {id: tuple(spans) for id, spans in found.items()}


def written_in(program: Program) -> dict[str, Absence]:
    people, supporters = program.people.values(), program.supporters.values()
    known: list[Person | Supporter] = [*people, *supporters]
    spans = {one.id: written(one.away_from, one.away_until) for one in known}
    return {id: span for id, span in spans.items() if span is not None}


def absence_of(db: Database, program: Program, person: str, today: date) -> Absence | None:
    """Return the absence that somebody is in, or the one that comes next."""
    return next_of(stated(db, program).get(person, ()), today)


def presumed(db: Database, program: Program, now: datetime) -> dict[str, datetime]:
    """Return the coordinators who let reminders of two working days go by, with the first's moment.

    They stay so until they act. Who said when they are away is not taken for anything.
    """
    away = away_on(program.today(now), stated(db, program))
    silent = _silent(db, program, now) | store.silent(db)
    known = set(program.all_coordinators) - away
    return {id: since for id, since in silent.items() if id in known}


def _silent(db: Database, program: Program, now: datetime) -> dict[str, datetime]:
    found = dict[str, datetime]()
    for id, reminders in store.unanswered(db, until=now - PATIENCE).items():
        # Nobody is away who lets a colleague answer, or does not read mail at the weekend.
        ignored = [one.at for one in reminders if is_ignored(one.at, one.moved_at)]
        at_work = [at for at in ignored if program.working.is_working_day(program.today(at))]
        if at_work and seems_away(at_work[0], at_work[-1], program.zone):
            found[id] = at_work[0]
    return found


def absent(db: Database, program: Program, now: datetime) -> frozenset[str]:
    """Return everybody who gets no new mail now, and whom others stand in for."""
    away = away_on(program.today(now), stated(db, program))
    return away | presumed(db, program, now).keys()


def leaving(db: Database, program: Program, today: date, until: date) -> frozenset[str]:
    """Return who is away on one of these days, both included."""
    known = stated(db, program).items()
    return frozenset(id for id, spans in known if any(s.meets(today, until) for s in spans))


def away_since(db: Database, program: Program, now: datetime) -> dict[str, date]:
    """Return since which day everybody is away who is."""
    today = program.today(now)
    found = {id: program.today(since) for id, since in presumed(db, program, now).items()}
    now_away = ((id, next_of(spans, today)) for id, spans in stated(db, program).items())
    return found | {id: span.first for id, span in now_away if span and span.covers(today)}


def ids_of(program: Program, person: Person) -> list[str]:
    """Return the ids of one person: who coordinates and supports is away, or here, as both."""
    known = program.found_by(person.email)
    others = (p.id for p in known if p.id != person.id and is_same_name(p.name, person.name))
    return [person.id, *others]


def resting(db: Database, today: date) -> frozenset[str]:
    """Return the supporters who pause or rest by their own word: they are asked nothing new."""
    said = readiness.said(db).items()
    return frozenset(supporter for supporter, one in said if not one.takes_new(today))


def gaps_ahead(db: Database, program: Program, today: date) -> list[Gap]:
    """Return which departments, or the deputies, would have nobody in the days to come."""
    groups = {d.name: program.coordinators_of(id) for id, d in program.departments.items()}
    groups |= {
        "The default coordinators": program.default_coordinators,
        "The deputies": program.deputies,
    }
    return list(gaps(groups, stated(db, program), today))
