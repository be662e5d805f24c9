"""The [working_hours] and [closed_days] of program.toml: read and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.working_time import LONGEST_CLOSED, WorkingTime, holiday_regions, public_holidays
from program.problems import Problem, quoted, shown, suggestion
from program.shapes import QuietHoursShape, WorkingHoursShape

FILE = "program.toml"
#: The year in which names of holidays are looked up; it has all the usual ones.
YEAR_OF_NAMES = 2026
DAYS = [date(YEAR_OF_NAMES, 1, 1) + timedelta(days=number) for number in range(365)]


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
    """Yield unknown holidays, and closures that last too long; `is_used` when a promise counts it.

    Digests use the holidays even if no promise does.
    """
    yield from _holiday_problems(working, is_used)
    closed = sorted(working.closed_days)
    for first in closed:
        if first - timedelta(days=1) not in working.closed_days:
            yield from _long_closing(first, working)


def _holiday_problems(working: WorkingTime, is_used: bool) -> Iterator[Problem]:
    try:
        nationwide = public_holidays(working.country, "", YEAR_OF_NAMES)
    except LookupError:
        what = f"{shown(working.country)} is not a country whose public holidays we know"
        allowed = 'write the two capitals of its ISO code, like "US", "CA" or "GB"'
        yield Problem(FILE, "country", what, allowed)
        return
    try:
        known = public_holidays(working.country, working.subdivision, YEAR_OF_NAMES)
    except LookupError:
        what = f"{shown(working.subdivision)} is not a part of {working.country} that we know"
        allowed = _part_meant(working.subdivision, holiday_regions(working.country))
        yield Problem(FILE, "working_hours.subdivision", what, allowed)
        known = nationwide
    names = {name for holiday in known.values() for name in holiday.split("; ")}
    for name in sorted(working.open_on - names):
        what = f"{shown(name)} is not a public holiday there, so you would be closed that day"
        allowed = suggestion(name, sorted(names))
        yield Problem(FILE, "working_hours.open_on", what, allowed, is_warning=not is_used)


def _part_meant(written: str, known: list[str]) -> str:
    if not known:
        return "leave it out: the whole country has the same holidays"
    # Codes are so short that only capitals are a likely mistake.
    is_small = written.upper() in known
    return f'did you mean "{written.upper()}"?' if is_small else f"allowed is {quoted(known)}"


def clock_problems(zone: ZoneInfo, quiet: QuietHoursShape | None) -> Iterator[Problem]:
    """Warn of a zone without summer time, and of quiet hours that use a skipped hour."""
    is_fixed = len({_offset(zone, month) for month in range(1, 13)}) == 1
    if is_fixed and ("/" not in zone.key or zone.key.startswith("Etc/")):
        what = f"{shown(zone.key)} has no daylight saving time, so all summer times are an hour off"
        allowed = 'write a place, like "America/New_York", unless your clocks never change'
        yield Problem(FILE, "time_zone", what, allowed, is_warning=True)
    for key, wall in (("begin", quiet.begin), ("end", quiet.end)) if quiet else ():
        skipped = next((day for day in DAYS if _is_skipped(zone, day, wall)), None)
        if skipped is not None:
            really = datetime.combine(skipped, wall, zone).astimezone(UTC).astimezone(zone)
            what = f"{wall:%H:%M} is skipped when clocks go forward (in {YEAR_OF_NAMES}: {skipped})"
            allowed = (
                f"quiet hours then {key} at {really:%H:%M}; choose another time if that matters"
            )
            yield Problem(FILE, f"quiet_hours.{key}", what, allowed, is_warning=True)


def _offset(zone: ZoneInfo, month: int) -> timedelta | None:
    return datetime(YEAR_OF_NAMES, month, 1, tzinfo=zone).utcoffset()


def _is_skipped(zone: ZoneInfo, day: date, wall: time) -> bool:
    local = datetime.combine(day, wall, zone)
    return local.astimezone(UTC).astimezone(zone).time() != wall


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
