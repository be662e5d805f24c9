"""The words of the workflow: a case, what is promised in it, and what happens to it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    IN_REVIEW = "in_review"
    OFFERED = "offered"
    MATCHED = "matched"
    IN_CONTACT = "in_contact"
    CLOSED = "closed"


class Event(StrEnum):
    SUBMITTED = "submitted"
    CALL_TAKEN = "call_taken"
    CALL_LAPSED = "call_lapsed"
    CALLED = "called"
    OFFERED = "offered"
    OFFER_WITHDRAWN = "offer_withdrawn"
    OFFER_UNDELIVERABLE = "offer_undeliverable"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    TRIED = "tried"
    NOT_REACHED = "not_reached"
    CONTACTED = "contacted"
    CONTINUED = "continued"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    TAKEN_BACK = "taken_back"
    REMATCH_ASKED = "rematch_asked"
    NOT_HEARD = "not_heard"
    SUPPORTER_GONE = "supporter_gone"
    REFERRED = "referred"
    COMPLETED = "completed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    UNDONE = "undone"
    TOLD = "told"
    CONTACT_CORRECTED = "contact_corrected"
    MERGED = "merged"
    TOLD_APART = "told_apart"
    RECOGNIZED = "recognized"


class Outcome(StrEnum):
    """Why a case is closed."""

    SUPPORTED = "supported"
    SUPPORT_DECLINED = "support_declined"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    NOT_A_REQUEST = "not_a_request"
    REACHED_OTHERWISE = "reached_otherwise"
    COULD_NOT_BE_REACHED = "could_not_be_reached"


class Role(StrEnum):
    """In which role somebody acts. A deputy who was called acts as a reviewer."""

    REQUESTER = "requester"
    REVIEWER = "reviewer"
    SUPPORTER = "supporter"
    CLOCK = "clock"
    ADMIN = "admin"


class Audience(StrEnum):
    """Whom a notice is for; the engine knows who that is today."""

    REQUESTER = "requester"
    REVIEWERS = "reviewers"
    NEW_REVIEWERS = "new_reviewers"
    DEPUTIES = "deputies"
    SUPPORTER = "supporter"
    EVERYBODY_ON_CALL = "everybody_on_call"


class PromiseKind(StrEnum):
    REVIEW = "review"
    REVIEW_AGAIN = "review_again"
    OFFER = "offer"
    CONTACT = "contact"
    TRY_AGAIN = "try_again"
    CONVERSATION = "conversation"
    FIRST_CONTACT = "first_contact"
    URGENT = "urgent"
    CALL = "call"
    TELL = "tell"


class OfferState(StrEnum):
    STANDING_BY = "standing_by"
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    UNDELIVERABLE = "undeliverable"
    GONE = "gone"
    ENDED = "ended"


class Wish(StrEnum):
    SIMILAR = "similar"
    DIFFERENT = "different"
    NO_PREFERENCE = "no_preference"


#: Stands in `unreadable` when nothing of a response could be read.
EVERYTHING = "everything"


@dataclass(frozen=True)
class Facts:
    """What reviewers may see of a request before anybody opens the identity.

    Roles, specialties and departments are ids of program.toml; "" means not stated.
    """

    department: str = ""
    role: str = ""
    specialty: str = ""
    wish_role: Wish = Wish.NO_PREFERENCE
    wish_specialty: Wish = Wish.NO_PREFERENCE
    wish_department: Wish = Wish.NO_PREFERENCE
    #: Where and when they would like to meet; only some forms ask.
    wish_site: str = ""
    wish_times: tuple[str, ...] = ()
    language: str = ""
    found_at: str = ""
    is_mailable: bool = False
    is_reachable: bool = False
    #: Names of the facts whose answers we could not read.
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer:
    """One supporter being asked; `number` counts within its case."""

    number: int
    supporter: str
    state: OfferState
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Promise:
    """A time that we answer for. `next_at` is when the clock must look at it again."""

    kind: PromiseKind
    began_at: datetime
    due_at: datetime
    #: Moments up to here have had their consequence.
    handled_at: datetime
    next_at: datetime
    #: TELL: the e-mail that could not be mailed. CALL: the id of who took it.
    subject: str = ""


#: After so many calls of the deputies the outside person is called as well.
ENOUGH_CALLS = 3


@dataclass(frozen=True)
class Case:
    """One person's request on its way through the workflow, without their identity."""

    reference: str
    state: State
    version: int
    submitted_at: datetime
    opened_at: datetime
    facts: Facts
    is_urgent: bool = False
    #: A rehearsal: every mail and page says TEST, and nothing of it is counted.
    is_test: bool = False
    was_call_taken: bool = False
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    tries: int = 0
    stepped_back: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    promises: tuple[Promise, ...] = ()
    #: Ids of the resources that the requester was pointed to.
    resources: tuple[str, ...] = ()
    #: The older case that this one was found to be the same as.
    goes_on_as: str = ""
    #: References of newer cases that were found to be the same as this one.
    took_in: tuple[str, ...] = ()
    #: References of cases that look alike and are not the same.
    told_apart: tuple[str, ...] = ()
    #: How often the deputies were called and nobody acted since.
    calls_in_vain: int = 0

    @property
    def were_called_in_vain(self) -> bool:
        """Tell whether the deputies were silent for so long that others must be called."""
        return self.calls_in_vain >= ENOUGH_CALLS

    @property
    def is_open(self) -> bool:
        return self.state is not State.CLOSED

    @property
    def due_at(self) -> datetime | None:
        """The moment of the first of its promises."""
        return min((promise.due_at for promise in self.promises), default=None)

    @property
    def current_offer(self) -> Offer | None:
        """The offer that is open or was accepted."""
        standing = {OfferState.OPEN, OfferState.ACCEPTED}
        return next((offer for offer in self.offers if offer.state in standing), None)

    @property
    def last_lapsed(self) -> Offer | None:
        """The last offer that was not answered in time; its yes may still come."""
        lapsed = (o for o in reversed(self.offers) if o.state is OfferState.LAPSED)
        return next(lapsed, None)

    def offer(self, number: int) -> Offer | None:
        return next((offer for offer in self.offers if offer.number == number), None)

    def promise(self, kind: PromiseKind, subject: str | None = None) -> Promise | None:
        found = (p for p in self.promises if p.kind is kind and subject in (None, p.subject))
        return next(found, None)

    def with_offers_ended(self, *states: OfferState, to: OfferState) -> "Case":
        moved = (replace(o, state=to) if o.state in states else o for o in self.offers)
        return replace(self, offers=tuple(moved))

    def with_offer(self, number: int, state: OfferState) -> "Case":
        moved = (
            replace(offer, state=state) if offer.number == number else offer
            for offer in self.offers
        )
        return replace(self, offers=tuple(moved))

    def with_promise(self, promise: Promise) -> "Case":
        others = self.without_promises(promise.kind, subject=promise.subject).promises
        return replace(self, promises=(*others, promise))

    def without_promises(self, *kinds: PromiseKind, subject: str | None = None) -> "Case":
        kept = (p for p in self.promises if p.kind not in kinds or subject not in (None, p.subject))
        return replace(self, promises=tuple(kept))


@dataclass(frozen=True)
class Decision:
    """What somebody wants to happen, with the choices that belong to it."""

    event: Event
    by: str
    role: Role
    #: The person on whose behalf a reviewer records this, as told by phone.
    recorded_for: str = ""
    offer: int | None = None
    #: OFFERED: the first choice, then stand-ins in order.
    supporters: tuple[str, ...] = ()
    #: OFFERED to somebody who should rather not be asked: why all the same, a key of ALTHOUGH.
    although: str = ""
    #: REFERRED: ids of resources.
    resources: tuple[str, ...] = ()
    outcome: Outcome | None = None
    #: TOLD: the e-mail that was told another way.
    subject: str = ""
    #: WITHDRAWN: who the requester is goes at once, before anything is mailed.
    erases_now: bool = False
    #: TOLD_APART: the other case. CLOSED as a duplicate: the one that it goes on as.
    other: str = ""
    #: MERGED: the newer case that this one takes in.
    newer: Case | None = None


@dataclass(frozen=True)
class Notice:
    """An e-mail that a transition or a moment asks for."""

    email: str
    audience: Audience
    offer: int | None = None
    #: The notice is pointless once the case no longer has this promise, or the offer this state.
    while_promise: PromiseKind | None = None
    while_offer: OfferState | None = None
    #: What happened, for templates that serve several events.
    event: Event | None = None
    #: TELL: the e-mail that must be told another way.
    subject: str = ""
    #: About the offer that the transition ends, and not the one that stands after it.
    is_of_ended_offer: bool = False

    @property
    def says(self) -> tuple[str, Audience, str]:
        """What two notices of one look have in common when one mail serves both."""
        # A call says nothing of what it is about: whoever steps in sees it on the page.
        subject = "" if self.audience is Audience.DEPUTIES else self.subject
        return self.email, self.audience, subject


@dataclass(frozen=True)
class Transition:
    """A recorded move: the case before and after, and what must be said."""

    before: Case
    after: Case
    decision: Decision
    at: datetime
    notices: tuple[Notice, ...] = field(default=())
