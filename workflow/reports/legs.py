"""The legs of a request, from Submit to the first contact, as what happened tells them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from workflow.model import Event, PromiseKind


class Leg(StrEnum):
    """A stretch of a request's way; the first three follow each other, the last is all of them."""

    REVIEW = "leg_review"
    ANSWER = "leg_answer"
    CONTACT = "leg_contact"
    FIRST_CONTACT = "leg_first_contact"


#: A yes is promised to no one: several supporters may be asked.
PROMISED = {
    Leg.REVIEW: PromiseKind.REVIEW,
    Leg.CONTACT: PromiseKind.CONTACT,
    Leg.FIRST_CONTACT: PromiseKind.FIRST_CONTACT,
}
DECIDED = (Event.OFFERED, Event.REFERRED, Event.CLOSED)
#: What happened to a request, and when; without what was undone.
Moments = Sequence[tuple[str, datetime]]


def legs(submitted_at: datetime, moments: Moments) -> Iterator[tuple[Leg, datetime, datetime]]:
    """Yield the legs that ended, with their begin and end.

    The yes is the one that led to the first contact, else the last one.
    """
    decided = next((at for event, at in moments if event in DECIDED), None)
    contacted = next((at for event, at in moments if event == Event.CONTACTED), None)
    agreed = [at for event, at in moments if event == Event.ACCEPTED]
    before = [at for at in agreed if contacted is None or at <= contacted]
    offered = next((at for event, at in moments if event == Event.OFFERED), None)
    if decided is not None:
        yield Leg.REVIEW, submitted_at, decided
    if offered is not None and before:
        yield Leg.ANSWER, offered, before[-1]
    if contacted is not None:
        if before:
            yield Leg.CONTACT, before[-1], contacted
        yield Leg.FIRST_CONTACT, submitted_at, contacted
