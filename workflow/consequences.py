"""What happens at each moment of a promise: a reminder, a mail to someone else, or an event."""

from dataclasses import dataclass, replace
from datetime import datetime

from workflow import check_in
from workflow.model import (
    Audience,
    Case,
    Event,
    Notice,
    OfferState,
    Promise,
    PromiseKind,
)
from workflow.promise_rules import Level, Rules
from workflow.schedule import Moment, postponed, previous_moment, unhandled_moments, with_next_at

P = PromiseKind
TO_REVIEWERS, TO_SUPPORTER = Audience.REVIEWERS, Audience.SUPPORTER
DEPUTY_CALL = Notice("nobody_answered", Audience.DEPUTIES)
LATE = Notice("delayed", Audience.REQUESTER)
OVERDUE = Notice("contact_overdue", TO_REVIEWERS)

# fmt: off
CONSEQUENCES: dict[tuple[PromiseKind, Level], Notice] = {
    (P.REVIEW, Level.REMINDER):        Notice("review_nudge", TO_REVIEWERS),
    (P.REVIEW, Level.DEPUTY):          DEPUTY_CALL,
    (P.REVIEW, Level.DUE):             LATE,
    (P.REVIEW_AGAIN, Level.REMINDER):  Notice("review_nudge", TO_REVIEWERS),
    (P.REVIEW_AGAIN, Level.DEPUTY):    DEPUTY_CALL,
    (P.OFFER, Level.REMINDER):         Notice("offer_nudge", TO_SUPPORTER, while_offer=OfferState.OPEN),
    (P.CONSENT, Level.REMINDER):       Notice("proposed", Audience.REQUESTER, while_offer=OfferState.AGREED),
    (P.CONTACT, Level.REMINDER):       Notice("contact_nudge", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),
    (P.CONTACT, Level.REVIEWERS):      OVERDUE,
    (P.CONTACT, Level.DEPUTY):         DEPUTY_CALL,
    (P.TRY_AGAIN, Level.REMINDER):     Notice("contact_nudge", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),
    (P.TRY_AGAIN, Level.REVIEWERS):    OVERDUE,
    (P.TRY_AGAIN, Level.DEPUTY):       DEPUTY_CALL,
    (P.CONVERSATION, Level.REMINDER):  Notice("still_in_contact", TO_SUPPORTER, while_offer=OfferState.ACCEPTED),
    (P.CONVERSATION, Level.REVIEWERS): OVERDUE,
    (P.CONVERSATION, Level.DEPUTY):    DEPUTY_CALL,
    (P.FIRST_CONTACT, Level.DEPUTY):   DEPUTY_CALL,
    (P.FIRST_CONTACT, Level.DUE):      LATE,
    (P.HAND_OVER, Level.REMINDER):     Notice("partner_wanted", Audience.PARTNER),
    (P.URGENT, Level.REMINDER):        Notice("urgent", Audience.EVERYBODY_ON_CALL),
    (P.CONFIRMATION, Level.REMINDER):  Notice("second_contact", TO_REVIEWERS),
    (P.CONFIRMATION, Level.DEPUTY):    DEPUTY_CALL,
    (P.TELL, Level.REMINDER):          Notice("tell_by_phone", TO_REVIEWERS),
    (P.TELL, Level.DEPUTY):            DEPUTY_CALL,
}
#: The mails that call people who do not review.
CALLS = frozenset(
    notice.email
    for notice in CONSEQUENCES.values()
    if notice.audience in (Audience.DEPUTIES, Audience.EVERYBODY_ON_CALL)
)
#: These promises cause an event by themselves when no one has acted by their due moment.
EVENT_WHEN_DUE = {
    P.OFFER: Event.LAPSED,
    P.CONSENT: Event.CONSENT_LAPSED,
    P.CALL: Event.CALL_LAPSED,
    P.CORRECTION: Event.CONTACT_CONFIRMED,
    P.HAND_OVER_ANSWER: Event.HAND_OVER_UNANSWERED,
    P.HAND_OVER: Event.HAND_OVER_LAPSED,
}
# fmt: on


@dataclass(frozen=True)
class Reminder:
    """A notice with its promise and moment, which together make sure that it is sent only once."""

    notice: Notice
    promise: Promise
    at: datetime
    #: The previous moment of the same level; None if this is the first.
    before: datetime | None


@dataclass(frozen=True)
class Consequences:
    """The updated case and the reminders to send, or the event that must be decided instead."""

    after: Case
    reminders: tuple[Reminder, ...] = ()
    event: Event | None = None


def due_consequences(case: Case, now: datetime, rules: Rules) -> Consequences:
    """Return what follows from the promises of a case that need attention now.

    Several promises may ask for the same mail to the same people: the first one that tells
    someone something new is sent. Moments that an outage delayed into the night wait for morning.
    """
    if check_in.is_due(case, now):
        if rules.quiet.covers(now):
            case = check_in.postponed(case, rules.quiet.end_after(now))
        elif check_in.may_ask(case, now, rules.check_in):
            return Consequences(case, event=Event.CHECKED_IN)
        else:
            case = check_in.skipped(case, now, rules.check_in)
    after, reminders = case, list[Reminder]()
    # FIRST_CONTACT comes last: mails about the other promises say more precisely what is late.
    for promise in sorted(case.promises, key=lambda promise: promise.kind is P.FIRST_CONTACT):
        if promise.next_at > now:
            continue
        if (after_quiet_hours := rules.after_quiet_hours(now, promise.kind)) > now:
            after = after.with_promise(postponed(promise, after_quiet_hours))
            continue
        event = EVENT_WHEN_DUE.get(promise.kind)
        if event is not None and promise.due_at <= now:
            return Consequences(case, event=event)
        for level, at in unhandled_moments(promise, rules, now).items():
            notice = CONSEQUENCES.get((promise.kind, level))
            if notice is not None and not (
                notice is LATE and _has_apologized_already(case, promise)
            ):
                before = previous_moment(promise, rules, Moment(level, at))
                reminders.append(Reminder(_addressed(notice, case, promise), promise, at, before))
        handled = replace(promise, handled_at=now)
        after = after.with_promise(with_next_at(handled, rules, now))
    return Consequences(after, tuple(reminders))


def _has_apologized_already(case: Case, promise: Promise) -> bool:
    """Tell whether the mail that confirmed the request also apologized for this delay."""
    return promise.due_at <= case.opened_at and case.facts.is_mailable


def _addressed(notice: Notice, case: Case, promise: Promise) -> Notice:
    offer, partner = case.current_offer, case.hand_over
    number = offer.number if offer else None
    if notice.audience is Audience.PARTNER:
        number = partner.number if partner else None
    return replace(
        notice,
        offer=number,
        while_promise=promise.kind,
        subject=promise.subject if promise.kind is P.TELL else "",
    )
