"""The roster at a glance: who is on it, whose refresher is due, and what it lacks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casebook.casebook import Casebook
from matching import coverage
from matching.coverage import Roster, Vocabulary
from matching.exclusions import is_excluded
from people.supporters import Supporter
from store import uses
from workflow import words

#: How far ahead admins hear that a refresher is due.
AHEAD = timedelta(days=60)
AVAILABLE, NOT_AVAILABLE = "available", "not available just now"


@dataclass(frozen=True)
class Line:
    """One supporter on the roster; the reason why they are not available is never shown."""

    name: str
    role: str
    department: str
    trained_on: date | None
    refresher_due: date | None
    capacity: int
    availability: str
    was_asked: bool


def facts(casebook: Casebook, now: datetime) -> dict[str, list[str]]:
    """Return the facts of the admins' monthly mail, none of them about a case."""
    today = casebook.program.today(now)
    return {"refreshers": refreshers(casebook, today), "lacking": gaps(casebook, today)}


def lines(casebook: Casebook, now: datetime) -> list[Line]:
    """Return a line for each supporter, in the order of the file."""
    asked = uses.all_uses(casebook.store.read())
    return [_line(casebook, s, s.id in asked, now) for s in casebook.supporters]


def refreshers(casebook: Casebook, today: date) -> list[str]:
    """Say whose refresher training is due soon or overdue, the most pressing first.

    It covers the whole roster: leaving somebody out would show that they are inactive.
    """
    supporters = casebook.program.supporters.values()
    due = ((s.refresher_due, s.name) for s in supporters if s.refresher_due)
    return [
        f"{name}: {'was due on' if day < today else 'due by'} {words.day(day)}, {day.year}"
        for day, name in sorted(due)
        if day <= today + AHEAD
    ]


def gaps(casebook: Casebook, today: date) -> list[str]:
    """Say which wishes fewer than two supporters on today's roster could meet."""
    program = casebook.program
    vocabulary = Vocabulary(
        {id: department.name for id, department in program.departments.items()},
        {id: role.name for id, role in program.roles.items()},
        program.file.specialties,
        sorted({survey.language for survey in program.surveys.values()}),
    )
    return coverage.gaps(Roster(casebook.supporters, vocabulary, program.matching, today))


def _line(casebook: Casebook, supporter: Supporter, was_asked: bool, now: datetime) -> Line:
    program, s = casebook.program, supporter
    is_available = not is_excluded(s, None, program.today(now))
    return Line(
        s.name,
        program.roles[s.role].name,
        program.departments[s.department].name,
        s.trained_on,
        s.refresher_due,
        s.capacity,
        AVAILABLE if is_available else NOT_AVAILABLE,
        was_asked,
    )
