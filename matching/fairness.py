"""Whose turn it is: free capacity, recent matches, time since then, and who never had one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from lib.languages.said import for_staff
from matching.weights import Weights
from people.supporters import Load

#: Matches of this quarter and the three before it are recent; older ones cost no points.
RECENT_QUARTERS = 4
#: How many quarters before this one are kept.
KEPT_QUARTERS = 11
#: More months than this without an offer are "a while".
A_WHILE_MONTHS = 3


@dataclass(frozen=True)
class Use:
    """A supporter's matches by quarter, and the month of their last offer.

    It never holds who was supported, or on which day.
    """

    matches: Mapping[str, int] = field(default_factory=dict)
    asked: str = ""


@dataclass(frozen=True)
class Turn:
    """A supporter's fairness, in points and in words."""

    points: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]

    @cached_property
    def total(self) -> float:
        return sum([number for _, number in self.points])

    @property
    def asked(self) -> tuple[str, ...]:
        """Return when they were asked, in words, without how much they have open."""
        return self.reasons[1:]


def quarter_of(day: date) -> str:
    """Say "2026-Q4"."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def month_of(day: date) -> str:
    """Say "2026-11"."""
    return f"{day:%Y-%m}"


def oldest_kept(today: date) -> str:
    """Return the first quarter whose matches are still kept."""
    year, before = divmod(today.year * 4 + (today.month + 2) // 3 - 1 - KEPT_QUARTERS, 4)
    return f"{year}-Q{before + 1}"


def load_of(open_count: int, use: Use, today: date) -> Load:
    """Return a supporter's load as the ranking counts it."""
    ages = {_quarters_ago(quarter, today): count for quarter, count in use.matches.items()}
    return Load(
        open_count,
        recent=sum(count for age, count in ages.items() if age < RECENT_QUARTERS),
        rested=min(ages, default=None),
        asked_months_ago=_months_ago(use.asked, today) if use.asked else None,
    )


@lru_cache(maxsize=1 << 12)
def turn(load: Load, capacity: int, weights: Weights) -> Turn:
    """Score whose turn it is by matches alone: declining or not answering costs no points."""
    rested = RECENT_QUARTERS if load.rested is None else min(load.rested, RECENT_QUARTERS)
    return Turn(
        (
            ("room", weights.room * max(0.0, 1 - load.open_count / capacity)),
            ("recent", weights.recent / (1 + load.recent / capacity)),
            ("rest", weights.rest * rested / RECENT_QUARTERS),
            ("never", weights.never * (load.rested is None)),
        ),
        (f"{load.open_count} of {capacity} open", *_asked(load)),
    )


def _asked(load: Load) -> Iterable[str]:
    months = load.asked_months_ago
    if months is None:
        yield (
            for_staff("never asked yet")
            if load.rested is None
            else for_staff("not asked for a while")
        )
    elif months == 0:
        yield for_staff("asked this month")
    elif months > A_WHILE_MONTHS:
        yield for_staff("not asked for a while")


def gini(numbers: Sequence[float]) -> float:
    """Return how uneven a distribution is: 0 when all are equal, near 1 at worst."""
    ordered, total = sorted(numbers), sum(numbers)
    if not total:
        return 0.0
    weighted = sum(place * number for place, number in enumerate(ordered, start=1))
    return 2 * weighted / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)


def _quarters_ago(quarter: str, today: date) -> int:
    year, number = quarter.split("-Q")
    return max(0, (today.year - int(year)) * 4 + (today.month + 2) // 3 - int(number))


def _months_ago(month: str, today: date) -> int:
    year, number = month.split("-")
    return max(0, (today.year - int(year)) * 12 + today.month - int(number))
