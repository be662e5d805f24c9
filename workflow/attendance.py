"""Who is here and who is away, by the files, by their own word, and by their silence."""

from collections import defaultdict
from datetime import date, datetime

from sqlite_utils import Database

from program import Program
from store import absences as store
from store import readiness
from workflow.absences import (
    PATIENCE,
    Absence,
    Absences,
    Gap,
    away_on,
    gaps,
    next_of,
    seems_away,
    written,
)
from workflow.model import Person
from workflow.supporters import Supporter


def stated(db: Database, program: Program) -> Absences:
    """Return the absences that stand in the files or that somebody told on their own page."""
    found = defaultdict[str, list[Absence]](list)
    for id, absence in written_in(program).items():
        found[id].append(absence)
    for id, absence in store.said(db).items():
        found[id].append(absence)
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
    """Return the coordinators who let nudges of two working days go by, with the first's moment."""
    found = dict[str, datetime]()
    for id, nudges in store.unanswered(db, until=now - PATIENCE).items():
        # Whoever does not read mail at the weekend is not away.
        at_work = [at for at in nudges if _is_at_work(program, at)]
        is_silent = bool(at_work) and seems_away(at_work[0], at_work[-1], program.zone)
        if is_silent and id in program.all_coordinators:
            found[id] = at_work[0]
    return found


def _is_at_work(program: Program, at: datetime) -> bool:
    return program.working.is_working_day(at.astimezone(program.zone).date())


def absent(db: Database, program: Program, now: datetime) -> frozenset[str]:
    """Return everybody who gets no new mail now, and whom others stand in for."""
    today = now.astimezone(program.zone).date()
    return away_on(today, stated(db, program)) | presumed(db, program, now).keys()


def resting(db: Database, today: date) -> frozenset[str]:
    """Return the supporters who pause or rest by their own word: they are asked nothing new."""
    said = readiness.said(db).items()
    return frozenset(supporter for supporter, one in said if not one.takes_new(today))


def gaps_ahead(db: Database, program: Program, today: date) -> list[Gap]:
    """Return which departments, or the deputies, would have nobody in the days to come."""
    groups = {d.name: program.coordinators_of(id) for id, d in program.departments.items()}
    return list(gaps(groups | {"The deputies": program.deputies}, stated(db, program), today))
