"""Where the parts of a report's pictures are; the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.languages.said import for_staff
from lib.statistics.spans import HOURS, LONGER
from workflow.reports import wording
from workflow.reports.figures import Report, Wait
from workflow.reports.periods import in_words

#: The width of each picture, in its own units: about the pixels of a phone.
WIDTH = 360
#: Of columns: how many, their room, and the height of the tallest.
MOST_COLUMNS, TALLEST = 8, 100
#: Of spans: where their scale begins, and the height of a row.
BEGIN, ROW = 12, 46
TICKS = ((1, "1 h"), (4, "4 h"), (12, "12 h"), (36, "36 h"), (72, "3 d"), (168, "7 d"),
         (336, "14 d"))  # fmt: skip


@dataclass(frozen=True)
class Column:
    """The requests of one quarter; without a number it is drawn as hidden."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    number: str
    months: str
    year: str


@dataclass(frozen=True)
class Span:
    """How long one leg took: half of all within one end, 90 % within the other."""

    name: str
    y: int
    #: 0 if it is hidden.
    half: float
    most: float
    #: Where its promise ends; 0 without one.
    promised: float
    words: str


@dataclass(frozen=True)
class Tick:
    """A mark on the scale of spans."""

    x: float
    words: str


def columns(reports: Sequence[Report]) -> list[Column]:
    """Return a column for each of the last quarters."""
    last = reports[-MOST_COLUMNS:]
    most = max((one.requests or 0 for one in last), default=0)
    room = WIDTH / max(len(last), 4)
    return [_column(one, place * room, room, most) for place, one in enumerate(last)]


def _column(report: Report, x: float, room: float, most: int) -> Column:
    height = TALLEST * (report.requests or 0) / most if most else 0
    months, _, year = in_words(report.period).partition(" ")
    told = "" if report.requests is None else f"{report.requests}"
    return Column(
        round(x + room * 0.15, 1), round(20 + TALLEST - height, 1), round(room * 0.7, 1),
        round(height, 1), round(x + room / 2, 1), told, months, year,
    )  # fmt: skip


def spans(waits: Sequence[Wait]) -> list[Span]:
    return [
        Span(
            wording.LEG_WORDS[wait.leg],
            place * ROW,
            _end(wait.half),
            _end(wait.most),
            _place(wait.promised.hours) if wait.promised.hours else 0,
            _in_words(wait),
        )
        for place, wait in enumerate(waits)
    ]


def ticks() -> list[Tick]:
    return [Tick(_place(hours), words) for hours, words in TICKS]


def _in_words(wait: Wait) -> str:
    if not wait.half:
        return wording.HIDDEN
    return for_staff(
        "half within %(half)s, 9 in 10 within %(most)s",
        half=wording.within(wait.half),
        most=wording.within(wait.most),
    )


def _end(bucket: str) -> float:
    if bucket == LONGER:
        return WIDTH - BEGIN
    return _place(int(bucket)) if bucket else 0


def _place(hours: int) -> float:
    """Return where some hours are on the scale, which gives each bucket the same room."""
    before = sum(1 for end in HOURS if end <= hours)
    room = (WIDTH - 2 * BEGIN) / (len(HOURS) + 1)
    return round(BEGIN + before * room, 1)
