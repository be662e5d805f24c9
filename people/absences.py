"""Absences: who is away when, and which departments would have no one."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: How far ahead we warn that a department would have no one.
WARNED_AHEAD = timedelta(days=14)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Absence:
    """The days on which someone is away, both included; without a last day, until they return."""

    first: date
    last: date | None = None

    def covers(self, day: date) -> bool:
        return self.first <= day and not self.ended_before(day)

    def overlaps(self, first: date, last: date) -> bool:
        """Tell whether the absence covers any of these days, both included."""
        return self.first <= last and not self.ended_before(first)

    def is_near(self, today: date) -> bool:
        """Tell whether the absence has begun or begins tomorrow, and has not ended."""
        return self.first <= today + ONE_DAY and not self.ended_before(today)

    def lies_within(self, other: "Absence") -> bool:
        return other.first <= self.first and _later(self.last, other.last) == other.last

    def ended_before(self, day: date) -> bool:
        return self.last is not None and self.last < day


@dataclass(frozen=True)
class Announced:
    """An absence that an admin wrote for a reviewer: that person is told before it counts."""

    id: str
    counts_from: datetime
    #: What is left of it from that day on, if anything.
    absence: Absence | None
    #: What the files said before, which counts until then.
    before: Absence | None = None

    @property
    def spans(self) -> tuple[Absence, ...]:
        return tuple(one for one in (self.before, self.absence) if one is not None)


Absences = Mapping[str, tuple[Absence, ...]]


@dataclass(frozen=True)
class Gap:
    """A time when everyone in a group is away; no last day: longer than we look ahead."""

    whose: str
    first: date
    last: date | None


def absence_in_files(away_from: date | None, away_until: date | None) -> Absence | None:
    """Return the absence that the admins' files state; without a first day, it has begun."""
    if away_from is None and away_until is None:
        return None
    return Absence(away_from or date.min, away_until)


def announced(
    id: str, before: Absence | None, after: Absence, day: date, counts_from: datetime
) -> Announced:
    """Let an absence count from a moment of a later day on, and until then what counted before."""
    first, earlier = max(after.first, day), None
    if before is not None and before.first <= day:
        earlier = Absence(before.first, min(before.last or day, day))
    return Announced(
        id, counts_from, None if after.ended_before(first) else Absence(first, after.last), earlier
    )


def with_declared(known: Iterable[Absence], new: Absence, today: date) -> list[Absence]:
    """Return someone's absences with a new one, which sets the end of any absence it begins in.

    Absences that begin later stay as they are. A planned vacation does not end an absence that is
    open-ended now.
    """
    known = list(known)
    stays = [one for one in known if one.covers(today) and one.last is None and new.first > today]
    met = [one for one in known if one.covers(new.first) and one not in stays]
    first = min([new.first, *(one.first for one in met)])
    return [*(one for one in known if one not in met), Absence(first, new.last)]


def away_on(day: date, absences: Absences) -> frozenset[str]:
    return frozenset(id for id, spans in absences.items() if any(s.covers(day) for s in spans))


def current_or_next(spans: Iterable[Absence], day: date) -> Absence | None:
    """Return the current absence, or else the next one; adjoining absences count as one."""
    coming = (span for span in merged(spans) if not span.ended_before(day))
    return next(coming, None)


def merged(spans: Iterable[Absence]) -> list[Absence]:
    """Return absences in order; those that overlap or adjoin become one."""
    found = list[Absence]()
    for span in sorted(spans, key=lambda span: span.first):
        if found and not found[-1].ended_before(span.first - ONE_DAY):
            span = Absence(found[-1].first, _later(found.pop().last, span.last))
        found.append(span)
    return found


def _later(one: date | None, other: date | None) -> date | None:
    """Return the later last day; None means open-ended."""
    return None if one is None or other is None else max(one, other)


def gaps(groups: Mapping[str, Collection[str]], absences: Absences, today: date) -> Iterator[Gap]:
    """Yield the groups that would have no one on one of the days ahead."""
    days = [today + ONE_DAY * number for number in range(WARNED_AHEAD.days)]
    away = {day: away_on(day, absences) for day in days}
    for whose, ids in groups.items():
        empty = [day for day in days if ids and away[day].issuperset(ids)]
        if empty:
            first = last = empty[0]
            while last + ONE_DAY in empty:
                last += ONE_DAY
            yield Gap(whose, first, last if last < days[-1] else None)
