"""Working time: the week, opening hours, public holidays and closed days, exact over DST."""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.util import find_spec, module_from_spec

UNITS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}
DURATION = re.compile(r"(\d{1,4}) (minute|hour|day|week)s?")
WORKING = re.compile(r"(\d{1,4}) working (hour|day)s?")
DAY = timedelta(days=1)
#: `flask check` refuses longer closures, during which nothing would ever be due.
LONGEST_CLOSED = timedelta(days=31)


@dataclass(frozen=True)
class Working:
    """A span of working time; a day is as long as the opening hours."""

    hours: int = 0
    days: int = 0


#: A length of time: on the clock, or in working time.
Span = timedelta | Working


@dataclass(frozen=True)
class WorkingTime:
    """When the program works. The closing moment itself is no longer open."""

    zone: tzinfo
    #: Weekdays, from Monday = 0.
    days: tuple[int, ...] = tuple(range(7))
    opens: time = time.min
    #: `time.max` is the end of the day.
    closes: time = time.max
    #: Country whose public holidays are days off; "" has none.
    country: str = ""
    subdivision: str = ""
    #: Public holidays on which the program works anyway.
    open_on: frozenset[str] = frozenset()
    closed_days: frozenset[date] = field(default=frozenset())

    @property
    def day_length(self) -> timedelta:
        """Return how long the program is open on a day without a clock change."""
        return _since_midnight(self.closes) - _since_midnight(self.opens)

    def after(self, at: datetime, span: Span) -> datetime:
        """Return when a span has passed; a span of working time ends within opening hours."""
        if isinstance(span, timedelta):
            return at + span
        left = self.length_of(span)
        for opens_at, closes_at in self._stretches(at, DAY):
            begin = max(at, opens_at)
            if left < closes_at - begin:
                return begin + left
            left -= max(closes_at - begin, timedelta())
        raise AssertionError("The program is closed for good")

    def before(self, at: datetime, span: Span) -> datetime:
        """Return the moment that lies one span before `at`."""
        if isinstance(span, timedelta):
            return at - span
        left = self.length_of(span)
        for opens_at, closes_at in self._stretches(at, -DAY):
            end = min(at, closes_at)
            if left <= end - opens_at:
                return end - left
            left -= max(end - opens_at, timedelta())
        raise AssertionError("The program is closed for good")

    def covers(self, at: datetime) -> bool:
        """Tell whether the program is open."""
        opens_at, closes_at = self._stretch(at.astimezone(self.zone).date())
        return self.is_working_day(at.astimezone(self.zone).date()) and opens_at <= at < closes_at

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.closed_days and not self.holiday(day)

    def begins_week(self, day: date) -> bool:
        """Tell whether a day is the first working day of its week."""
        before = (day - n * DAY for n in range(1, day.weekday() + 1))
        return not any(self.is_working_day(one) for one in before)

    def holiday(self, day: date) -> str:
        """Return the public holiday that closes the program on a day; "" if none."""
        name = _known_holidays(self.country, self.subdivision, day.year).get(day, "")
        names = {one.removesuffix(" (observed)") for one in name.split("; ")}
        return "" if self.open_on & names else name

    def length_of(self, span: Working) -> timedelta:
        return span.hours * timedelta(hours=1) + span.days * self.day_length

    def _stretches(self, at: datetime, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
        """Yield opening and closing time of each working day, starting from the day of `at`."""
        day, last_open = at.astimezone(self.zone).date(), at.astimezone(self.zone).date()
        while abs(day - last_open) <= 2 * LONGEST_CLOSED:
            if self.is_working_day(day):
                last_open = day
                yield self._stretch(day)
            day += step

    def _stretch(self, day: date) -> tuple[datetime, datetime]:
        ends_today = self.closes != time.max
        closes = (day, self.closes) if ends_today else (day + DAY, time.min)
        return self._at(day, self.opens), self._at(*closes)

    def _at(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, self.zone).astimezone(UTC)


#: The default: every hour is a working hour.
AROUND_THE_CLOCK = WorkingTime(UTC)


@cache
def public_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
    """Return a country's public holidays in a year; LookupError when the country is unknown."""
    if not country:
        return {}
    # The import costs 9 MB; only promises in working time need it.
    _let_countries_load_alone()
    from holidays import country_holidays

    try:
        # A holiday on a weekend may be observed in the previous or the next year.
        years = range(year - 1, year + 2)
        found = country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError as error:
        raise LookupError(str(error)) from None
    return {day: name for day, name in found.items() if day.year == year}


def _let_countries_load_alone() -> None:
    """Put an empty package in the place of the library's, which would import all 250 countries.

    The library finds the module of one country by its name.
    """
    name = "holidays.countries"
    if name not in sys.modules and (spec := find_spec(name)) is not None:
        sys.modules[name] = module_from_spec(spec)


@cache
def _known_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
    """Return the holidays of the country alone when its part is unknown, and none without it.

    `flask check` refuses both; a program that an older release adopted must still run.
    """
    for part in (subdivision, ""):
        with suppress(LookupError):
            return public_holidays(country, part, year)
    return {}


def holiday_regions(country: str = "") -> list[str]:
    """Return the parts of a country that have holidays of their own, or else all countries."""
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=not country)
    return sorted(known.get(country, ()) if country else known)


def parse_duration(text: str) -> timedelta:
    """Read "72 hours"; ValueError says what is allowed."""
    match = DURATION.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f'"{text}" is not a duration; write it like "15 minutes" or "72 hours"')
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def parse_span(text: str) -> Span:
    """Read "72 hours", "24 working hours" or "2 working days"."""
    match = WORKING.fullmatch(text.strip())
    if match is not None and int(match[1]):
        return Working(**{UNITS[match[2]]: int(match[1])})
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError(
            f'"{text}" is not a duration; write it like "72 hours", "24 working hours"'
            ' or "2 working days"'
        ) from None


def _since_midnight(wall: time) -> timedelta:
    if wall == time.max:
        return DAY
    return timedelta(hours=wall.hour, minutes=wall.minute)
