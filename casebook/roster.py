"""The roster at a glance: who is on it, whose refresher is due, and what it lacks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casebook.casebook import Casebook
from lib.languages.said import for_staff
from matching import coverage
from matching.coverage import Roster, Vocabulary
from people.supporters import Supporter
from store import uses
from workflow import words

#: How far ahead admins hear that a refresher is due.
AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Line:
    """One supporter on the roster, as the files have them.

    Whether they are available today is left out: someone who also sees a request's candidates
    would learn who is missing there for a secret reason.
    """

    name: str
    role: str
    department: str
    trained_on: date | None
    refresher_due: date | None
    capacity: int
    status: str
    was_asked: bool


def facts(casebook: Casebook, now: datetime) -> dict[str, list[str]]:
    """Return the facts of the admins' monthly mail, none of them about a case."""
    today = casebook.program.today(now)
    return {"refreshers": refreshers(casebook, today), "lacking": gaps(casebook, today)}


def lines(casebook: Casebook) -> list[Line]:
    """Return a line for each supporter, in the order of the file."""
    asked = uses.all_uses(casebook.store.read())
    return [_line(casebook, s, s.id in asked) for s in casebook.listed]


def refreshers(casebook: Casebook, today: date) -> list[str]:
    """Say whose refresher training is due soon or overdue, the most pressing first.

    It covers the whole roster: leaving someone out would show that they are inactive.
    """
    supporters = casebook.program.supporters.values()
    due = ((s.refresher_due, s.name) for s in supporters if s.refresher_due)
    return [
        _refresher(name, f"{words.day(day)}, {day.year}", is_late=day < today)
        for day, name in sorted(due)
        if day <= today + AHEAD
    ]


def _refresher(name: str, day: str, *, is_late: bool) -> str:
    if is_late:
        return for_staff("%(name)s: was due on %(day)s", name=name, day=day)
    return for_staff("%(name)s: due by %(day)s", name=name, day=day)


def gaps(casebook: Casebook, today: date) -> list[str]:
    """Say which wishes fewer than two active supporters of the roster could meet."""
    program = casebook.program
    vocabulary = Vocabulary(
        {id: department.name for id, department in program.departments.items()},
        {id: role.name for id, role in program.roles.items()},
        program.file.specialties,
        sorted({survey.language for survey in program.surveys.values()}),
    )
    return coverage.gaps(Roster(casebook.listed, vocabulary, program.matching, today))


def _line(casebook: Casebook, supporter: Supporter, was_asked: bool) -> Line:
    program, s = casebook.program, supporter
    return Line(
        s.name,
        program.roles[s.role].name,
        program.departments[s.department].name,
        s.trained_on,
        s.refresher_due,
        s.capacity,
        s.status.value,
        was_asked,
    )
