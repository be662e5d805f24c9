"""What the clock does at each moment of a promise: remind, tell somebody else, or decide."""

from dataclasses import dataclass, replace
from datetime import datetime

from workflow.deadlines import (
    Level,
    Moment,
    Rules,
    moment_before,
    passed_moments,
    put_off,
    with_next_look,
)
from workflow.model import (
    Audience,
    Case,
    Event,
    Notice,
    OfferState,
    Promise,
    PromiseKind,
)

P = PromiseKind
TO_REVIEWERS, TO_SUPPORTER = Audience.REVIEWERS, Audience.SUPPORTER
DEPUTY_CALL = Notice("nobody_answered", Audience.DEPUTIES)
LATE = Notice("delayed", Audience.REQUESTER)
OVERDUE = Notice("contact_overdue", TO_REVIEWERS)

# fmt: off
CONSEQUENCES: dict[tuple[PromiseKind, Level], Notice] = {
    (P.REVIEW, Level.NUDGE):           Notice("review_nudge", TO_REVIEWERS),
    (P.REVIEW, Level.DEPUTY):          DEPUTY_CALL,
    (P.REVIEW, Level.DUE):             LATE,
    (P.REVIEW_AGAIN, Level.NUDGE):     Notice("review_nudge", TO_REVIEWERS),
    (P.REVIEW_AGAIN, Level.DEPUTY):    DEPUTY_CALL,
    (P.OFFER, Level.NUDGE):            Notice("offer_nudge", TO_SUPPORTER, while_offer=OfferState.OPEN),
    (P.CONTACT, Level.NUDGE):          Notice("contact_nudge", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),
    (P.CONTACT, Level.REVIEWERS):      OVERDUE,
    (P.CONTACT, Level.DEPUTY):         DEPUTY_CALL,
    (P.TRY_AGAIN, Level.NUDGE):        Notice("contact_nudge", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),
    (P.TRY_AGAIN, Level.REVIEWERS):    OVERDUE,
    (P.TRY_AGAIN, Level.DEPUTY):       DEPUTY_CALL,
    (P.CONVERSATION, Level.NUDGE):     Notice("still_in_contact", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),
    (P.CONVERSATION, Level.REVIEWERS): OVERDUE,
    (P.CONVERSATION, Level.DEPUTY):    DEPUTY_CALL,
    (P.FIRST_CONTACT, Level.DEPUTY):   DEPUTY_CALL,
    (P.FIRST_CONTACT, Level.DUE):      LATE,
    (P.URGENT, Level.NUDGE):           Notice("urgent", Audience.EVERYBODY_ON_CALL),
    (P.TELL, Level.NUDGE):             Notice("tell_by_phone", TO_REVIEWERS),
    (P.TELL, Level.DEPUTY):            DEPUTY_CALL,
}
#: When these are due, silence itself is an answer.
DECIDED_BY_SILENCE = {P.OFFER: Event.LAPSED, P.CALL: Event.CALL_LAPSED}
# fmt: on


@dataclass(frozen=True)
class Reminder:
    """A notice with the promise and the moment that it belongs to: sent once, never twice."""

    notice: Notice
    promise: Promise
    at: datetime
    #: When the same people were to be reminded before; None at first.
    before: datetime | None


@dataclass(frozen=True)
class Look:
    """What the clock finds on a case: its promises handled, whom to remind, what silence means."""

    after: Case
    reminders: tuple[Reminder, ...] = ()
    event: Event | None = None


def look(case: Case, now: datetime, rules: Rules) -> Look:
    """Look at a case's promises whose moment has come.

    Several promises may ask for the same mail to the same people: the first that tells somebody
    something new is sent. What an outage has put off into the night waits for the morning.
    """
    after, reminders = case, list[Reminder]()
    # What is late says more than that the first contact is still due.
    for promise in sorted(case.promises, key=lambda promise: promise.kind is P.FIRST_CONTACT):
        if promise.next_at > now:
            continue
        if (awake_at := rules.awake_at(now, promise.kind)) > now:
            after = after.with_promise(put_off(promise, awake_at))
            continue
        silence = DECIDED_BY_SILENCE.get(promise.kind)
        if silence is not None and promise.due_at <= now:
            return Look(case, event=silence)
        for level, at in passed_moments(promise, rules, now).items():
            notice = CONSEQUENCES.get((promise.kind, level))
            if notice is not None and not (notice is LATE and _was_told_on_arrival(case, promise)):
                before = moment_before(promise, rules, Moment(level, at))
                reminders.append(Reminder(_addressed(notice, case, promise), promise, at, before))
        handled = replace(promise, handled_at=now)
        after = after.with_promise(with_next_look(handled, rules, now))
    return Look(after, tuple(reminders))


def _was_told_on_arrival(case: Case, promise: Promise) -> bool:
    """Tell whether the mail that confirms a request has apologized for this promise as well."""
    return promise.due_at <= case.opened_at and case.facts.is_mailable


def _addressed(notice: Notice, case: Case, promise: Promise) -> Notice:
    offer = case.current_offer
    return replace(
        notice,
        offer=offer.number if offer else None,
        while_promise=promise.kind,
        subject=promise.subject if promise.kind is P.TELL else "",
    )
