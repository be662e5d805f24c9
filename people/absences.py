"""Absences: who is away when, and which departments would have nobody."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

#: So many days ahead people hear that a department would have nobody.
WARNED_AHEAD = timedelta(days=14)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Absence:
    """Somebody is away on these days, both included; without a last day until they are back."""

    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and not self.is_over(day)

    def meets(self, first: date, last: date) -> bool:
        """Tell whether it covers one of these days, both included."""
        return self.first <= last and not self.is_over(first)

    def is_near(self, today: date) -> bool:
        """Tell whether it has begun or begins tomorrow."""
        return self.first <= today + ONE_DAY and not self.is_over(today)

    def is_over(self, day: date) -> bool:
        return self.last is not None and self.last < day


Absences = Mapping[str, tuple[Absence, ...]]


@dataclass(frozen=True)
class Gap:
    """Everybody of a kind is away; without a last day for longer than we look ahead."""

    whose: str
    first: date
    last: date | None


def written(away_from: date | None, away_until: date | None) -> Absence | None:
    """Return the absence that the admins' files state; without a first day it has begun."""
    if away_from is None and away_until is None:
        return None
    return Absence(away_from or date.min, away_until)


def with_word(said: Iterable[Absence], new: Absence, today: date) -> list[Absence]:
    """Return somebody's absences with a new one: it says until when the one that it meets lasts.

    What begins later stays: nobody must wait for somebody who might be here. Nor does a vacation
    to come say when somebody is back who is away now until they say so.
    """
    said = list(said)
    stays = [one for one in said if one.covers(today) and one.last is None and new.first > today]
    met = [one for one in said if one.covers(new.first) and one not in stays]
    first = min([new.first, *(one.first for one in met)])
    return [*(one for one in said if one not in met), Absence(first, new.last)]


def away_on(day: date, absences: Absences) -> frozenset[str]:
    return frozenset(id for id, spans in absences.items() if any(s.covers(day) for s in spans))


def next_of(spans: Iterable[Absence], day: date) -> Absence | None:
    """Return the absence that somebody is in, or the next one that is known, until its end."""
    coming = (span for span in joined(spans) if not span.is_over(day))
    return next(coming, None)


def joined(spans: Iterable[Absence]) -> list[Absence]:
    """Return absences in order, with those as one that overlap or follow on each other."""
    found = list[Absence]()
    for span in sorted(spans, key=lambda span: span.first):
        if found and not found[-1].is_over(span.first - ONE_DAY):
            span = Absence(found[-1].first, _later(found.pop().last, span.last))
        found.append(span)
    return found


def _later(one: date | None, other: date | None) -> date | None:
    """Return the later last day; None is open."""
    return None if one is None or other is None else max(one, other)


def gaps(groups: Mapping[str, Collection[str]], absences: Absences, today: date) -> Iterator[Gap]:
    """Find who would have nobody within the days to come."""
    days = [today + ONE_DAY * number for number in range(WARNED_AHEAD.days)]
    away = {day: away_on(day, absences) for day in days}
    for whose, ids in groups.items():
        empty = [day for day in days if ids and away[day].issuperset(ids)]
        if empty:
            first = last = empty[0]
            while last + ONE_DAY in empty:
                last += ONE_DAY
            yield Gap(whose, first, last if last < days[-1] else None)
