"""The [working_hours] and [closed_days] of program.toml: read and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lib.working_time import LONGEST_CLOSED, WorkingTime, public_holidays
from program.problems import Problem, shown, suggestion
from program.shapes import WorkingHoursShape

FILE = "program.toml"
#: The year in which names of holidays are looked up; it has all the usual ones.
YEAR_OF_NAMES = 2026


def working_time(
    shape: WorkingHoursShape, zone: ZoneInfo, country: str, closed_days: Mapping[date, str]
) -> WorkingTime:
    return WorkingTime(
        zone=zone,
        days=shape.days,
        opens=shape.opens,
        closes=shape.closes,
        country=country,
        subdivision=shape.subdivision,
        open_on=frozenset(shape.open_on),
        closed_days=frozenset(closed_days),
    )


def working_problems(working: WorkingTime, is_used: bool) -> Iterator[Problem]:
    """Yield unknown holidays, and closures that last too long.

    Holidays are checked only if a promise uses them, because loading them takes memory.
    """
    if is_used:
        yield from _holiday_problems(working)
    closed = sorted(working.closed_days)
    for first in closed:
        if first - timedelta(days=1) not in working.closed_days:
            yield from _long_closing(first, working)


def _holiday_problems(working: WorkingTime) -> Iterator[Problem]:
    try:
        nationwide = public_holidays(working.country, "", YEAR_OF_NAMES)
    except LookupError:
        what = f"{shown(working.country)} has no public holidays that we know"
        yield Problem(FILE, "country", what, 'write its two capitals, like "US"')
        return
    try:
        known = public_holidays(working.country, working.subdivision, YEAR_OF_NAMES)
    except LookupError:
        what = f"{shown(working.subdivision)} is no part of {working.country} that we know"
        allowed = 'write its code, like "CT", or leave it out'
        yield Problem(FILE, "working_hours.subdivision", what, allowed)
        known = nationwide
    names = {name for holiday in known.values() for name in holiday.split("; ")}
    for name in sorted(working.open_on - names):
        what = f"{shown(name)} is no public holiday there"
        yield Problem(FILE, "working_hours.open_on", what, suggestion(name, sorted(names)))


def _long_closing(first: date, working: WorkingTime) -> Iterator[Problem]:
    """Yield a problem if the program is closed for more than a month from this day."""
    known_here = replace(working, country="")
    day = first
    while not known_here.is_working_day(day):
        day += timedelta(days=1)
        if day - first > LONGEST_CLOSED:
            what = f"close the program for more than a month from {first} on"
            yield Problem(FILE, "closed_days", what, "leave a working day in between")
            return
