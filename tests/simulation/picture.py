"""The year as one picture: each request a line from Submit to closed, colored by its state."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from tests.simulation.chronicle import Record
from tests.simulation.legs import FIRST, legs_of
from tests.simulation.year import Outage
from workflow.model import Case, State

WIDTH, LEFT, RIGHT, TOP, BOTTOM, ROW = 1200, 54, 24, 96, 40, 9
WORDS = {
    State.IN_REVIEW: "in review",
    State.OFFERED: "a supporter is asked",
    State.MATCHED: "a supporter said yes",
    State.IN_CONTACT: "in contact",
}
#: Told apart also by those who do not see red and green.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #333 } .title { font-size: 17px; font-weight: 600 }
.ground { fill: #fff } .grid { stroke: #ddd } .outage { fill: #999; opacity: .28 }
.in_review { stroke: #e08a00 } .offered { stroke: #2a78d0 }
.matched { stroke: #8c4bc0 } .in_contact { stroke: #12876f }
.closed { fill: #333 } .late { fill: #d00020 }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .ground { fill: #16181c } .grid { stroke: #383b42 }
  .outage { fill: #aaa; opacity: .25 }
  .in_review { stroke: #ffb347 } .offered { stroke: #6cb2ff }
  .matched { stroke: #c79bf0 } .in_contact { stroke: #4fd0b4 }
  .closed { fill: #ddd } .late { fill: #ff5c6e }
}
"""


class Picture:
    """Draws requests between two moments."""

    def __init__(self, begin: datetime, end: datetime, rows: int) -> None:
        self.begin, self.end = begin, end
        self.height = TOP + rows * ROW + BOTTOM
        self._width = WIDTH - LEFT - RIGHT

    def x(self, at: datetime) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return round(LEFT + min(max(share, 0), 1) * self._width, 1)

    def draw(self, records: Sequence[Record], outages: Sequence[Outage]) -> str:
        """Return the picture as SVG, which needs nothing but itself."""
        ordered = sorted(records, key=lambda r: r.seen[0][1].submitted_at)
        parts = [
            *self._months(),
            *(self._outage(outage) for outage in outages),
            *(part for row, record in enumerate(ordered) for part in self._request(row, record)),
            *self._legend(len(ordered)),
        ]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}"'
            f' width="{WIDTH}" height="{self.height}" role="img">'
            f"<title>A simulated year of requests</title><style>{STYLE}</style>"
            f'<rect class="ground" width="100%" height="100%"/>{"".join(parts)}</svg>\n'
        )

    def _months(self) -> Iterator[str]:
        at = self.begin.replace(day=1, hour=0, minute=0) + timedelta(days=32)
        bottom = self.height - BOTTOM
        while (at := at.replace(day=1)) <= self.end:
            x = self.x(at)
            name = f"{at:%b %Y}" if at.month == 1 else f"{at:%b}"
            yield f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP - 8}" y2="{bottom}"/>'
            yield f'<text x="{x + 4}" y="{bottom + 16}">{name}</text>'
            at += timedelta(days=32)

    def _outage(self, outage: Outage) -> str:
        x, width = self.x(outage.begin), max(2, self.x(outage.end) - self.x(outage.begin))
        height = self.height - TOP - BOTTOM + 8
        size = f'y="{TOP - 8}" width="{width:.1f}" height="{height}"'
        words = f'<text x="{x}" y="{TOP - 14}" text-anchor="middle">{outage.what} down</text>'
        return f'<rect class="outage" x="{x}" {size}/>{words}'

    def _request(self, row: int, record: Record) -> Iterator[str]:
        y = TOP + row * ROW + ROW / 2
        for begin, until, case in self._stretches(record):
            if case.is_open and self.x(until) > self.x(begin):
                yield (f'<line class="{case.state}" stroke-width="5" x1="{self.x(begin)}"'
                       f' x2="{self.x(until)}" y1="{y}" y2="{y}"/>')  # fmt: skip
            elif not case.is_open and case.closed_at is not None:
                yield f'<circle class="closed" r="2" cx="{self.x(case.closed_at)}" cy="{y}"/>'
        for leg in legs_of(record, self.end):
            if leg.name == FIRST and not leg.is_kept:
                yield f'<circle class="late" r="3" cx="{self.x(leg.due)}" cy="{y}"/>'

    def _stretches(self, record: Record) -> Iterator[tuple[datetime, datetime, Case]]:
        """Yield how long a request stayed in each state, whatever else happened to it there."""
        last = record.gone_at or self.end
        stays = [list(stay) for _, stay in groupby(record.seen, key=lambda seen: seen[1].state)]
        begins = [stay[0][0] for stay in stays]
        for begin, until, stay in zip(begins, [*begins[1:], last], stays, strict=True):
            yield begin, until, stay[-1][1]

    def _legend(self, count: int) -> Iterator[str]:
        title = f"{count} requests, from Submit to closed"
        yield f'<text class="title" x="{LEFT}" y="28">{title}</text>'
        x = LEFT
        for state, words in WORDS.items():
            yield f'<line class="{state}" stroke-width="5" x1="{x}" x2="{x + 22}" y1="50" y2="50"/>'
            yield f'<text x="{x + 28}" y="54">{words}</text>'
            x += 60 + 7 * len(words)
        for name, words in (("closed", "closed"), ("late", "first contact was due, and late")):
            yield f'<circle class="{name}" r="3" cx="{x + 8}" cy="50"/>'
            yield f'<text x="{x + 18}" y="54">{words}</text>'
            x += 50 + 7 * len(words)
