"""The legs from Submit to closed: how long each took, and whether its promise was kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from tests.simulation.chronicle import Record
from workflow.model import Event, OfferState, PromiseKind

E, P = Event, PromiseKind
REVIEW, ANSWER = "Submit → review decided", "offer → answer"
CALL, FIRST, LAST = "yes → first contact", "Submit → first contact", "contact → closed"
LEGS = (REVIEW, ANSWER, CALL, FIRST, LAST)
DECIDED = {E.OFFERED, E.REFERRED, E.CLOSED}
#: What the supporter's calls are due by; the newest that runs counts.
CALLS = (P.CONTACT, P.TRY_AGAIN)
#: After these nobody waits for a first contact any more.
OVER = {E.REFERRED, E.CLOSED, E.COMPLETED, E.WITHDRAWN}


@dataclass(frozen=True)
class Leg:
    """One stretch of one request; without an end it was broken off."""

    name: str
    begin: datetime
    end: datetime | None
    due: datetime

    @property
    def is_kept(self) -> bool:
        return self.end is not None and self.end <= self.due


def legs_of(record: Record, until: datetime) -> Iterator[Leg]:
    """Yield the legs of a request; one that ended early counts only if its promise was broken."""
    first = record.seen[0][1]
    lines = record.standing
    decided = next((x.at for x in lines if x.event in DECIDED), None)
    contacted = next((x.at for x in lines if x.event == E.CONTACTED), None)
    ends = [x.at for x in lines if x.event in OVER]
    over = ends[0] if ends else until
    for name, kind, end in ((REVIEW, P.REVIEW, decided), (FIRST, P.FIRST_CONTACT, contacted)):
        promise = first.promise(kind)
        if promise is not None and (end is not None or over > promise.due_at):
            yield Leg(name, first.submitted_at, end, promise.due_at)
    yield from _answers(record)
    yield from _calls(record)
    if contacted is not None and ends and ends[-1] >= contacted:
        promise = record.before(ends[-1]).promise(P.CONVERSATION)
        if promise is not None:
            yield Leg(LAST, contacted, ends[-1], promise.due_at)


def _answers(record: Record) -> Iterator[Leg]:
    """Yield what became of each offer whose mail had left."""
    dues: dict[int, datetime] = {}
    for _, case in record.seen:
        promise, offer = case.promise(P.OFFER), case.current_offer
        if promise is not None and offer is not None:
            dues[offer.number] = promise.due_at
    ended = set[int]()
    for at, case in record.seen:
        for offer in case.offers:
            if offer.number in ended or offer.sent_at is None or offer.number not in dues:
                continue
            if offer.state in (OfferState.ACCEPTED, OfferState.DECLINED):
                yield Leg(ANSWER, offer.sent_at, at, dues[offer.number])
            elif offer.state is OfferState.LAPSED:
                yield Leg(ANSWER, offer.sent_at, None, dues[offer.number])
            if offer.state is not OfferState.OPEN:
                ended.add(offer.number)


def _calls(record: Record) -> Iterator[Leg]:
    accepted: datetime | None = None
    for line in record.standing:
        if line.event == E.ACCEPTED:
            accepted = line.at
        elif accepted is not None and line.event == E.CONTACTED:
            before = record.before(line.at)
            due = next((p.due_at for kind in CALLS if (p := before.promise(kind))), line.at)
            yield Leg(CALL, accepted, line.at, due)
            accepted = None
        elif line.to_state != "matched":
            accepted = None


def table(legs: Iterable[Leg]) -> list[tuple[str, ...]]:
    """Return the rows of the table: how many, how long, and the share within the promise."""
    rows: list[tuple[str, ...]] = [
        ("leg", "n", "median", "90 % within", "longest", "within promise")
    ]
    found = list(legs)
    for name in LEGS:
        mine = [leg for leg in found if leg.name == name]
        times = sorted(leg.end - leg.begin for leg in mine if leg.end is not None)
        if not times:
            rows.append((name, "0", "", "", "", ""))
            continue
        kept = sum(leg.is_kept for leg in mine)
        spread = [_in_words(_percentile(times, share)) for share in (0.5, 0.9, 1.0)]
        rows.append((name, str(len(mine)), *spread, f"{100 * kept / len(mine):.0f} %"))
    return rows


def _percentile(times: list[timedelta], share: float) -> timedelta:
    return times[max(0, ceil(share * len(times)) - 1)]


def _in_words(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"
