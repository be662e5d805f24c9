"""Say what leadership may know of a quarter or a year that is over, once and for good."""

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from casebook import roster
from casebook.casebook import Casebook
from engine.forgotten.tallies import NO_REQUEST, counters_of
from lib.faults import where
from lib.working_time import Span
from matching.fairness import quarter_of
from program.outreach.sources import sources
from store import cases, uses
from store.cases import StoredCase
from store.copies import restorations
from store.database import UNWRITABLE, Database
from store.forgotten import reports, tallies
from store.record import history, holds
from store.record.documents import UNREADABLE
from store.record.history import HistoryLine
from workflow import words
from workflow.model import Outcome
from workflow.reports import figures, periods
from workflow.reports.figures import (
    MET,
    NO_WISH,
    NOT_MET,
    OTHERS,
    STILL_OPEN,
    WISHES,
    Basis,
    Promised,
)
from workflow.reports.legs import PROMISED

log = logging.getLogger(__name__)

#: One that was handed in late may come after others of its time, but not after many.
FIRST_ONES = "id < (select min(id) from cases) + 50"


def say_due(casebook: Casebook, now: datetime) -> None:
    """Say what is due, quarter by quarter.

    It counts what is forgotten and what is still there: the day on which somebody is forgotten
    changes no report.
    """
    last = reports.last_quarter(casebook.store.read())
    first = periods.after(last) if last else _first_quarter(casebook)
    for quarter in periods.due_from(first, casebook.program.today(now)) if first else ():
        try:
            with casebook.store.write() as db:
                if not reports.is_said(db, quarter):
                    _say(casebook, db, quarter)
        except UNWRITABLE:
            raise  # Nothing is wrong with the quarter.
        except Exception as error:
            log.error("The report of %s could not be made: %s", quarter, where(error))
            return


def counters(casebook: Casebook, db: Database, stored: StoredCase) -> list[tallies.Tally]:
    """Return what to count of a case before it is forgotten: nothing once its quarter was said."""
    quarter = quarter_of(casebook.program.today(stored.case.submitted_at))
    if reports.is_said(db, quarter):
        return []
    return list(counters_of(stored.case, _lines(db, stored.id), casebook.program))


def _first_quarter(casebook: Casebook) -> str:
    """Return the first quarter in which anybody asked; "" if nobody ever did.

    Looked for in every round until the first report: so only among the requests that came first.
    """
    db = casebook.store.read()
    there = [one for one, _ in _cases(casebook, db, FIRST_ONES)]
    return min(filter(None, [tallies.first_quarter(db), *there]), default="")


def _cases(
    casebook: Casebook, db: Database, which: str = "true"
) -> Iterator[tuple[str, StoredCase]]:
    for stored, _ in cases.readable(db, f"{which} and is_test = 0"):
        yield quarter_of(casebook.program.today(stored.case.submitted_at)), stored


def _lines(db: Database, case_id: int) -> list[HistoryLine]:
    try:
        return history.lines(db, case_id)
    except UNREADABLE:
        return []


def _say(casebook: Casebook, db: Database, quarter: str) -> None:
    is_in_parts = casebook.program.file.reports.parts == "quarter"
    if _is_lost(casebook, db, quarter):
        bound = casebook.program.file.reports.bound
        reports.keep(db, figures.Report(quarter, bound, None, is_in_parts, is_lost=True))
    else:
        for period, stored in _cases(casebook, db):
            if period == quarter:
                tallies.add(db, counters_of(stored.case, _lines(db, stored.id), casebook.program))
        counts = tallies.of_quarter(db, quarter)
        basis = _basis(casebook, db, quarter)
        reports.keep(db, figures.quarter(quarter, counts, basis, is_in_parts))
    if periods.ends_year(quarter):
        _say_year(casebook, db, quarter)


def _say_year(casebook: Casebook, db: Database, last: str) -> None:
    """Report a year after its last quarter, and delete its counts, which no one needs now."""
    year = periods.year_of(last)
    said = [one for one in reports.periods(db) if one.startswith(f"{year}-")]
    known = [report for one in said if (report := reports.get(db, one)) is not None]
    counts = [tallies.of_quarter(db, one) for one in said]
    # A year beside a quarter that nobody can read could be told in parts twice.
    if len(known) == len(said):
        report = figures.year(year, known, counts, _basis(casebook, db, last))
        if report is not None:
            reports.keep(db, report)
    if not holds.all_held_since(db):
        tallies.drop_until(db, last)


def _is_lost(casebook: Casebook, db: Database, quarter: str) -> bool:
    """Tell whether it was said perhaps by a database of which this one is an older copy."""
    restored = restorations.latest(db)
    due_at = datetime.combine(periods.due_on(quarter), time(), casebook.program.zone)
    if restored is None or due_at > restored.restored_at:
        return False
    return restored.copied_at is None or due_at > restored.copied_at - timedelta(days=1)


def _basis(casebook: Casebook, db: Database, quarter: str) -> Basis:
    program = casebook.program
    known, rules = uses.all_uses(db), program.rules.promises
    return Basis(
        bound=program.file.reports.bound,
        listed=_listed(casebook),
        promised={leg: _promised(rules[kind].within) for leg, kind in PROMISED.items()},
        lacking=tuple(roster.gaps(casebook, program.today(casebook.made_at))),
        supporters=len(program.supporters),
        taken=[
            known[id].matches.get(quarter, 0) if id in known else 0 for id in program.supporters
        ],
    )


def _listed(casebook: Casebook) -> dict[str, list[str]]:
    program = casebook.program
    roles = dict.fromkeys(role.group for role in program.roles.values())
    departments = dict.fromkeys(one.group for one in program.departments.values())
    return {
        # What is never counted is no part: who knows that could compute others more exactly.
        "outcome": [*(str(one) for one in Outcome if one not in NO_REQUEST), STILL_OPEN],
        **{wish: [MET, NOT_MET, NO_WISH] for wish in WISHES},
        "source": [*sources(program), OTHERS],
        "role_group": [*roles, OTHERS],
        "department_group": [*departments, OTHERS],
    }


def _promised(span: Span) -> Promised:
    if isinstance(span, timedelta):
        return Promised(words.about(span), int(span / timedelta(hours=1)))
    unit = "working day" if span.days else "working hour"
    return Promised(words.counted(span.days or span.hours, unit))
