"""Who is away: absences in the admins' files and those that people declared themselves."""

from datetime import date, datetime

from lib.languages.said import for_staff
from people.absences import (
    Absence,
    Absences,
    Gap,
    away_on,
    current_or_next,
    gaps,
)
from people.names import is_same_name
from people.records import Person
from program import Program
from store import absences, readiness
from store.database import Database


def all_absences(db: Database, program: Program) -> Absences:
    """Return all absences, from the files and as declared on people's own pages."""
    return _both(program.absences, absences.declared(db))


def _both(one: Absences, other: Absences) -> Absences:
    return {id: (*one.get(id, ()), *other.get(id, ())) for id in {**one, **other}}


def absence_of(db: Database, program: Program, person: str, today: date) -> Absence | None:
    """Return someone's current absence, or else the next one."""
    return current_or_next(all_absences(db, program).get(person, ()), today)


def absent(db: Database, program: Program, now: datetime) -> frozenset[str]:
    """Return who is away now: others stand in for them, and they get no new mail.

    An absence that an admin wrote counts only once its digest is out, and that person was told.
    """
    pending = {
        one.id: (one.before,) if one.before else ()
        for one in program.announced
        if now < one.counts_from
    }
    known = _both({**program.absences, **pending}, absences.declared(db))
    return away_on(program.today(now), known)


def away_between(db: Database, program: Program, today: date, until: date) -> frozenset[str]:
    """Return who is away on any of these days, both included."""
    known = all_absences(db, program).items()
    return frozenset(id for id, spans in known if any(s.overlaps(today, until) for s in spans))


def away_since(db: Database, program: Program, now: datetime) -> dict[str, date]:
    """Return the first day away of everyone who is away now."""
    today = program.today(now)
    known = ((id, current_or_next(spans, today)) for id, spans in all_absences(db, program).items())
    return {id: span.first for id, span in known if span and span.covers(today)}


def ids_of_person(program: Program, person: Person) -> list[str]:
    """Return all ids of one person: a coordinator who is also a supporter has two."""
    known = program.found_by(person.email)
    others = (p.id for p in known if p.id != person.id and is_same_name(p.name, person.name))
    return [person.id, *others]


def resting(db: Database, today: date) -> frozenset[str]:
    """Return the supporters who declared a pause or a rest and get no new offers."""
    known = readiness.declared(db).items()
    return frozenset(supporter for supporter, one in known if not one.takes_new(today))


def gaps_ahead(db: Database, program: Program, today: date) -> list[Gap]:
    """Return when a department, or all deputies, would have no one in the days ahead."""
    groups = {d.name: d.coordinators for d in program.departments.values() if d.coordinators}
    groups |= {
        for_staff("The default coordinators"): program.duties.default_coordinators,
        for_staff("The deputies"): program.duties.deputies,
    }
    return list(gaps(groups, all_absences(db, program), today))
