"""A report: what is said of one period, with small numbers hidden. It never changes once said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lib.statistics.hiding import may_show_sum, shown_parts
from lib.statistics.spans import quantile
from workflow.reports.feedback import QUESTIONS, SOON
from workflow.reports.legs import Leg

#: The lowest bound: whatever counts fewer people is never shown.
LEAST_BOUND = 5
#: The value of a leg that did not end.
UNENDED = "unended"
#: The outcome of a request that is open while its quarter is reported.
STILL_OPEN = "open"
#: What stands for all values that no list names, and for those who did not say.
OTHERS = "others"
MET, NOT_MET, NO_WISH = "met", "not_met", "no_wish"
WISHES = ("wish_met_role", "wish_met_specialty", "wish_met_department")
#: Supporters by how many requests they took in a quarter.
LOADS = ("0", "1", "2 or more")

#: How often each value was counted, by what was counted.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Line:
    """One part of a whole; None if it is hidden."""

    name: str
    number: int | None


@dataclass(frozen=True)
class Table:
    """A whole in its parts, such as all requests by outcome."""

    what: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Promised:
    """How long a leg may take, in words; the hours are 0 if it is counted in working time."""

    words: str = ""
    hours: int = 0


@dataclass(frozen=True)
class Wait:
    """How long a leg took: the buckets of the median and of 90 %; "" if they are hidden."""

    leg: Leg
    half: str
    most: str
    promised: Promised


@dataclass(frozen=True)
class Report:
    """What is said of a quarter or a year."""

    period: str
    #: Numbers below it are hidden.
    bound: int
    #: None if it is below the bound; then nothing else is said of requests.
    requests: int | None
    #: Whether the requests are told in parts, however many of these are hidden.
    is_in_parts: bool
    tables: tuple[Table, ...] = ()
    waits: tuple[Wait, ...] = ()
    #: How many supporters are on the roster, and how many of them took how many requests.
    supporters: int = 0
    load: Table | None = None
    #: Wishes that fewer than two supporters could meet, in words.
    lacking: tuple[str, ...] = ()
    #: It was said before the database was put back from a copy, and must not be said otherwise.
    is_lost: bool = False


@dataclass(frozen=True)
class Basis:
    """What a report needs to know of the program: its lists, its promises and its roster."""

    bound: int
    #: The listed values by what is counted.
    listed: Mapping[str, Sequence[str]]
    promised: Mapping[Leg, Promised]
    lacking: tuple[str, ...] = ()
    supporters: int = 0
    #: How many requests each supporter took in the quarter.
    taken: Sequence[int] = ()


def quarter(period: str, counts: Counts, basis: Basis, is_in_parts: bool) -> Report:
    """Return the report of a quarter."""
    number = sum(counts.get("requests", {}).values())
    if number < basis.bound:
        return Report(period, basis.bound, None, is_in_parts)
    return _told(period, number, counts, basis, is_in_parts)


def year(
    period: str, said: Sequence[Report], counts: Sequence[Counts], basis: Basis
) -> Report | None:
    """Return the report of a year after those of its quarters; None if one of these is lost.

    It is told in parts only if none of them was: else whoever has both could compute more.
    """
    if any(one.is_lost for one in said):
        return None
    bound = max([basis.bound, *(one.bound for one in said)])
    numbers = [sum(one.get("requests", {}).values()) for one in counts]
    hidden = [n for n, one in zip(numbers, said, strict=True) if one.requests is None]
    is_in_parts = not any(one.is_in_parts for one in said)
    if not may_show_sum(sum(numbers), hidden, bound):
        return Report(period, bound, None, is_in_parts)
    return _told(
        period, sum(numbers), _summed(counts), replace(basis, bound=bound, taken=()), is_in_parts
    )


def _told(period: str, number: int, counts: Counts, basis: Basis, is_in_parts: bool) -> Report:
    parts = basis.listed if is_in_parts else {}
    feedback = _feedback(counts, basis.bound) if is_in_parts else ()
    return Report(
        period,
        basis.bound,
        number,
        is_in_parts,
        tuple(_table(what, counts.get(what, {}), listed, number, basis.bound)
              for what, listed in parts.items()) + feedback,
        tuple(_wait(leg, counts.get(leg, {}), number, basis) for leg in Leg),
        basis.supporters,
        _load(basis) if basis.taken else None,
        basis.lacking,
    )  # fmt: skip


def _feedback(counts: Counts, bound: int) -> tuple[Table, ...]:
    """Return what people said without a name, each question as a whole of its own.

    What was answered in a quarter counts for it, whenever the request was. Who may leave a question
    out counts, too: a part that is always empty would let its reader compute the others.
    """
    number = sum(counts.get(SOON, {}).values())
    if number < bound:
        return ()
    return tuple(
        _table(
            question.what,
            counts.get(question.what, {}),
            [*question.answers, *([OTHERS] if question.is_optional else [])],
            number,
            bound,
        )
        for question in QUESTIONS
    )


def _table(
    what: str, counted: Mapping[str, int], listed: Sequence[str], number: int, bound: int
) -> Table:
    """Return the parts; what no list names is one of them."""
    parts = {name: counted.get(name, 0) for name in listed}
    rest = number - sum(parts.values())
    if rest or OTHERS in parts:
        parts[OTHERS] = parts.get(OTHERS, 0) + rest
    shown = shown_parts(parts, bound)
    return Table(what, tuple(Line(name, parts[name] if name in shown else None) for name in parts))


def _wait(leg: Leg, counted: Mapping[str, int], number: int, basis: Basis) -> Wait:
    """Return how long a leg took, if enough requests ended it, of at least twice as many."""
    histogram = {name: count for name, count in counted.items() if name != UNENDED}
    least, ended = max(LEAST_BOUND, basis.bound // 2 + 1), sum(histogram.values())
    promised = basis.promised.get(leg, Promised())
    if ended < least or number < 2 * least:
        return Wait(leg, "", "", promised)
    return Wait(leg, quantile(histogram, 0.5), quantile(histogram, 0.9), promised)


def _load(basis: Basis) -> Table:
    parts = dict.fromkeys(LOADS, 0)
    for number in basis.taken:
        parts[LOADS[min(number, 2)]] += 1
    return _table("load", parts, LOADS, len(basis.taken), basis.bound)


def _summed(counts: Sequence[Counts]) -> Counts:
    found: dict[str, dict[str, int]] = {}
    for one in counts:
        for what, values in one.items():
            into = found.setdefault(what, {})
            for value, number in values.items():
                into[value] = into.get(value, 0) + number
    return found
