"""Quarters and years: their names, and when they may be reported."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

#: A quarter is reported so long after its end, when most of its requests are over.
SETTLED_AFTER = timedelta(days=30)
MONTHS = {"Q1": "Jan–Mar", "Q2": "Apr–Jun", "Q3": "Jul–Sep", "Q4": "Oct–Dec"}


def year_of(period: str) -> str:
    return period[:4]


def is_year(period: str) -> bool:
    return len(period) == 4


def newest(known: Iterable[str]) -> str:
    """Return the newest quarter."""
    return max(one for one in known if not is_year(one))


def ends_year(quarter: str) -> bool:
    return quarter.endswith("Q4")


def due_on(quarter: str) -> date:
    """Return the day from which on a quarter may be reported."""
    year, number = _parts(quarter)
    begin = date(year + number // 4, number % 4 * 3 + 1, 1)
    return begin + SETTLED_AFTER


def after(quarter: str) -> str:
    year, number = _parts(quarter)
    return f"{year + number // 4}-Q{number % 4 + 1}"


def due_from(first: str, today: date) -> Iterator[str]:
    """Yield the quarters from the first on that may be reported today."""
    while due_on(first) <= today:
        yield first
        first = after(first)


def in_words(period: str) -> str:
    """Say "Oct–Dec 2026", or "2026"."""
    months = MONTHS.get(period[5:])
    return f"{months} {year_of(period)}" if months else period


def _parts(quarter: str) -> tuple[int, int]:
    return int(quarter[:4]), int(quarter[-1])
