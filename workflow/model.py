"""The types of the workflow: a case with its promises and offers, and what happens to it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    IN_REVIEW = "in_review"
    OFFERED = "offered"
    #: A supporter said yes, and the requester is asked before it is settled.
    PROPOSED = "proposed"
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
    CAME_BACK = "came_back"
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
    ERASED = "erased"
    UNDONE = "undone"
    TOLD = "told"
    CONTACT_CORRECTED = "contact_corrected"
    CONTACT_CONFIRMED = "contact_confirmed"
    CONTACT_REFUSED = "contact_refused"
    MERGED = "merged"
    SEPARATED = "separated"
    TOLD_APART = "told_apart"
    RECOGNIZED = "recognized"
    CONSENTED = "consented"
    OTHER_WANTED = "other_wanted"
    CONSENT_LAPSED = "consent_lapsed"
    CHECKED_IN = "checked_in"
    CHECK_IN_ANSWERED = "check_in_answered"
    CHECK_INS_STOPPED = "check_ins_stopped"
    ASKED_AGAIN = "asked_again"
    HAND_OVER_ASKED = "hand_over_asked"
    HAND_OVER_AGREED = "hand_over_agreed"
    HAND_OVER_REFUSED = "hand_over_refused"
    HAND_OVER_STOPPED = "hand_over_stopped"
    HAND_OVER_MADE = "hand_over_made"
    HAND_OVER_LAPSED = "hand_over_lapsed"
    HAND_OVER_UNANSWERED = "hand_over_unanswered"


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
    """The role in which someone acts. A deputy who was called acts as a reviewer."""

    REQUESTER = "requester"
    REVIEWER = "reviewer"
    SUPPORTER = "supporter"
    CLOCK = "clock"
    ADMIN = "admin"
    #: Someone who is asked something outside of any request.
    INVITED = "invited"
    #: A place of the referral network to which a requester is handed over.
    PARTNER = "partner"


class Audience(StrEnum):
    """Who a notice is for. notifications/recipients.py finds the people."""

    REQUESTER = "requester"
    #: The requester at a second address, which no one has confirmed yet.
    SECOND_ADDRESS = "second_address"
    REVIEWERS = "reviewers"
    NEW_REVIEWERS = "new_reviewers"
    #: Who were mailed as reviewers and may hear of the case no more.
    FORMER_REVIEWERS = "former_reviewers"
    DEPUTIES = "deputies"
    SUPPORTER = "supporter"
    PARTNER = "partner"
    EVERYBODY_ON_CALL = "everybody_on_call"


class PromiseKind(StrEnum):
    REVIEW = "review"
    REVIEW_AGAIN = "review_again"
    OFFER = "offer"
    CONSENT = "consent"
    CONTACT = "contact"
    TRY_AGAIN = "try_again"
    CONVERSATION = "conversation"
    FIRST_CONTACT = "first_contact"
    URGENT = "urgent"
    CALL = "call"
    TELL = "tell"
    CONFIRMATION = "confirmation"
    CORRECTION = "correction"
    HAND_OVER = "hand_over"
    HAND_OVER_ANSWER = "hand_over_answer"


#: No one in the program must act by the time these are due.
NOT_OURS = (PromiseKind.CORRECTION, PromiseKind.HAND_OVER, PromiseKind.HAND_OVER_ANSWER)


class Waits(StrEnum):
    """What of a newer request waits until the requester confirms it at the first address."""

    NOTHING = "nothing"
    #: The first address gave it too, so only the other ways to be reached wait.
    CONTACT = "contact"
    EVERYTHING = "everything"


class OfferState(StrEnum):
    STANDING_BY = "standing_by"
    OPEN = "open"
    #: The supporter said yes; the requester has not yet.
    AGREED = "agreed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    #: The requester would like someone else.
    NOT_WANTED = "not_wanted"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    UNDELIVERABLE = "undeliverable"
    GONE = "gone"
    ENDED = "ended"


#: States of the one offer of a case that is open or was accepted.
CURRENT_OFFERS = (OfferState.OPEN, OfferState.AGREED, OfferState.ACCEPTED)


class Wish(StrEnum):
    SIMILAR = "similar"
    DIFFERENT = "different"
    NO_PREFERENCE = "no_preference"


@dataclass(frozen=True)
class Facts:
    """What reviewers may see of a request before they open the identity.

    Roles, specialties and departments are ids of program.toml; "" means not stated.
    """

    department: str = ""
    role: str = ""
    specialty: str = ""
    wish_role: Wish = Wish.NO_PREFERENCE
    wish_specialty: Wish = Wish.NO_PREFERENCE
    wish_department: Wish = Wish.NO_PREFERENCE
    #: Where and when the requester would like to meet; only some forms ask.
    wish_site: str = ""
    wish_times: tuple[str, ...] = ()
    #: The requester would like to say yes to a supporter before it is settled.
    asks_first: bool = False
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

    @property
    def is_unheard(self) -> bool:
        """Whether its supporter has not heard of it: not by mail, nor by a call with a yes."""
        return self.state is OfferState.OPEN and self.sent_at is None


@dataclass(frozen=True)
class Promise:
    """A time that we answer for. `next_at` is when it needs attention next."""

    kind: PromiseKind
    began_at: datetime
    due_at: datetime
    #: Moments up to this one have had their consequence.
    handled_at: datetime
    next_at: datetime
    #: TELL: the name of the e-mail that could not be mailed. CALL: the id of who took the call.
    subject: str = ""


@dataclass(frozen=True)
class Confirmation:
    """A second way to be reached, about which the requester is asked at the first address.

    `number` is the version of the case that asked; only the link in that confirmation may say yes.
    """

    number: int
    #: What counts once it is confirmed.
    facts: Facts
    #: It is another address that we may write to, or may be another person's request.
    moves: bool = False
    #: The newer request that gave it; "" when they corrected it on their page.
    newer: str = ""
    #: What the newer request has added, and takes along when the two are separated.
    took_in: tuple[str, ...] = ()
    stepped_back: tuple[str, ...] = ()
    #: A mail to its address came back: it never counts without a word of the requester.
    came_back: bool = False


@dataclass(frozen=True)
class CheckIn:
    """Asking the requester some weeks after the first contact how they are doing."""

    #: When contact was made, from which the days count.
    since: datetime
    #: When they are asked next; None when they are not asked any more.
    next_at: datetime | None
    #: They were asked, and have not answered.
    is_asked: bool = False
    #: They wish to hear no more of it, also after they asked for support again.
    is_stopped: bool = False


class HandOverState(StrEnum):
    #: The requester is asked whether the partner may hear of them.
    ASKED = "asked"
    #: They said yes, and contact has not been made.
    AGREED = "agreed"
    REFUSED = "refused"
    STOPPED = "stopped"
    MADE = "made"
    LAPSED = "lapsed"
    #: They never said, so the partner never heard of them.
    UNANSWERED = "unanswered"


class Way(StrEnum):
    """How a requester and a partner find each other, as the requester chose."""

    PHONE = "phone"
    EMAIL = "email"
    #: The requester calls, and the partner learns the name alone.
    THEY_CALL = "they_call"


@dataclass(frozen=True)
class Place:
    """What a partner is called, and where it is mailed."""

    name: str
    address: str


@dataclass(frozen=True)
class HandOver:
    """A partner that hears of the requester, once they say yes.

    `number` is the version of the case that asked, so that no answer is about another partner.
    """

    number: int
    resource: str
    state: HandOverState = HandOverState.ASKED
    way: Way | None = None
    #: What they said yes to: the admins may give its id to another place.
    place: Place | None = None


#: After this many calls to the deputies without a reaction the outside person is called too.
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
    #: A rehearsal: every mail and page says TEST, and no statistics count it.
    is_test: bool = False
    was_call_taken: bool = False
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    tries: int = 0
    stepped_back: tuple[str, ...] = ()
    #: Ids of supporters who had the request when its requester asked for someone else. They may be
    #: asked again, but review it under no other id. See also the offers that are NOT_WANTED.
    not_wanted: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    promises: tuple[Promise, ...] = ()
    #: Ids of the resources that the requester was pointed to.
    resources: tuple[str, ...] = ()
    #: The older case that this one was found to be the same as.
    goes_on_as: str = ""
    #: References of newer cases that were found to be the same as this one.
    took_in: tuple[str, ...] = ()
    #: References of similar cases that were found to be different requests.
    told_apart: tuple[str, ...] = ()
    #: How often the deputies were called since someone last acted.
    calls_in_vain: int = 0
    #: The version of /privacy that was in force when it arrived.
    privacy_version: str = ""
    #: After it was closed, the requester had everything deleted.
    is_erased: bool = False
    #: What the requester must confirm; None when nothing waits.
    confirmation: Confirmation | None = None
    #: None before the first contact, and when they are not asked any more.
    check_in: CheckIn | None = None
    #: The last partner about whom the requester was asked.
    hand_over: HandOver | None = None
    #: Ids of the partners to whom they said no: they are not asked about the same one again.
    refused_partners: tuple[str, ...] = ()
    #: What a merged request was promised, which holds until its requester confirms the merge.
    was_promised: tuple[Promise, ...] = ()

    @property
    def is_final(self) -> bool:
        """Tell whether it is closed for good: withdrawn, erased, or going on as another case."""
        return self.outcome is Outcome.WITHDRAWN or self.is_erased or bool(self.goes_on_as)

    @property
    def are_deputies_silent(self) -> bool:
        """Tell whether the deputies were called so often that the outside person is called too."""
        return self.calls_in_vain >= ENOUGH_CALLS

    @property
    def is_open(self) -> bool:
        return self.state is not State.CLOSED

    @property
    def due_at(self) -> datetime | None:
        """The earliest moment by which someone in the program must act.

        A correction counts by itself, and a hand-over is its requester's and its partner's.
        """
        waiting = (p for p in self.promises if p.kind not in NOT_OURS)
        return min((promise.due_at for promise in waiting), default=None)

    @property
    def next_at(self) -> datetime | None:
        """The earliest moment at which the clock has something to do."""
        moments = [promise.next_at for promise in self.promises]
        if self.check_in is not None and self.check_in.next_at is not None:
            moments.append(self.check_in.next_at)
        return min(moments, default=None)

    @property
    def current_offer(self) -> Offer | None:
        """The offer that is open or was accepted."""
        return next((offer for offer in self.offers if offer.state in CURRENT_OFFERS), None)

    @property
    def last_lapsed(self) -> Offer | None:
        """The last offer that was not answered in time; it may still be accepted."""
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
    """An event that someone asks for, with the choices that belong to it."""

    event: Event
    by: str
    role: Role
    #: The person for whom a reviewer records this, after a phone call.
    recorded_for: str = ""
    offer: int | None = None
    #: OFFERED: the first choice, then stand-ins in order.
    supporters: tuple[str, ...] = ()
    #: OFFERED despite a caution: the reason, a key of ALTHOUGH.
    although: str = ""
    #: REFERRED: ids of resources.
    resources: tuple[str, ...] = ()
    outcome: Outcome | None = None
    #: COMPLETED: it was a hard one. No one else learns it, and it is recorded nowhere.
    was_hard: bool = False
    #: TOLD: the name of the e-mail whose content was told another way. SEPARATED: the newer case,
    #: if its own requester does something with it.
    subject: str = ""
    #: WITHDRAWN or ERASED: the identity is erased at once, before anything is mailed.
    erases_now: bool = False
    #: TOLD_APART, SEPARATED: the other case. CLOSED as a duplicate: the one it was merged into.
    other: str = ""
    #: MERGED: the newer case that is merged into this one, and what of it must be confirmed.
    newer: Case | None = None
    waits: Waits = Waits.NOTHING
    #: CONTACT_CORRECTED: what counts once it is confirmed, and whether we write elsewhere then.
    facts: Facts | None = None
    moves: bool = False
    #: The number of the confirmation that is answered.
    confirmation: int | None = None
    #: The number of the hand-over that is answered; AGREED: to what, and how they find each other.
    hand_over: int | None = None
    way: Way | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Notice:
    """An e-mail that a transition or a moment of a promise asks for."""

    email: str
    audience: Audience
    offer: int | None = None
    #: The notice is valid while the case has this promise and the offer has this state.
    while_promise: PromiseKind | None = None
    while_offer: OfferState | None = None
    #: The event, for templates that serve several events.
    event: Event | None = None
    #: TELL: the name of the e-mail whose content must be told another way.
    subject: str = ""
    #: About the offer that the transition ends, and not the one that stands after it.
    is_of_ended_offer: bool = False

    @property
    def says(self) -> tuple[str, Audience, str]:
        """A key that two notices of one round share when one mail serves both."""
        # The mail that calls a deputy does not show the subject: the page does.
        subject = "" if self.audience is Audience.DEPUTIES else self.subject
        return self.email, self.audience, subject


@dataclass(frozen=True)
class Transition:
    """A recorded change: the case before and after, and the notices that it causes."""

    before: Case
    after: Case
    decision: Decision
    at: datetime
    notices: tuple[Notice, ...] = field(default=())
