"""What a decision does to a case, if the table allows it."""

from dataclasses import replace
from datetime import datetime

from people.supporters import ChecksMail
from workflow.check_in import with_check_in
from workflow.conditions import fits
from workflow.errors import TransitionNotAllowed
from workflow.merging import with_newer, without_newer
from workflow.model import (
    CURRENT_OFFERS,
    ENOUGH_CALLS,
    Audience,
    Case,
    Confirmation,
    Decision,
    Event,
    Notice,
    Offer,
    OfferState,
    Outcome,
    PromiseKind,
    Role,
    State,
    Transition,
)
from workflow.partners import hand_over
from workflow.promise_rules import Rules
from workflow.promises import CONFIRMING, urgent_calls_began, with_promises
from workflow.schedule import begin
from workflow.table import (
    ASKING,
    CALLING,
    NOTING,
    OFFER,
    TAKEN_OVER,
    URGENT,
    WELCOMED,
    step_for,
)

S, E, P = State, Event, PromiseKind

#: When a reviewer closes a case with one of these, the requester is told and may say "Not so".
TOLD_OUTCOMES = {
    Outcome.SUPPORTED,
    Outcome.SUPPORT_DECLINED,
    Outcome.REACHED_OTHERWISE,
    Outcome.COULD_NOT_BE_REACHED,
}
OUTCOME_OF = {E.REFERRED: Outcome.REFERRED, E.WITHDRAWN: Outcome.WITHDRAWN}
OFFER_STATE_AFTER = {
    E.DECLINED: OfferState.DECLINED,
    E.LAPSED: OfferState.LAPSED,
    E.OFFER_UNDELIVERABLE: OfferState.UNDELIVERABLE,
    E.SUPPORTER_GONE: OfferState.GONE,
    E.OFFER_WITHDRAWN: OfferState.WITHDRAWN,
    E.OTHER_WANTED: OfferState.NOT_WANTED,
}
#: The requester would rather have someone else than who had them.
FOR_SOMEONE_ELSE = {E.REMATCH_ASKED, E.NOT_HEARD}
STAND_IN_EVENTS = {E.DECLINED, E.LAPSED, E.OFFER_UNDELIVERABLE, E.SUPPORTER_GONE}


def submit(case: Case, now: datetime, rules: Rules) -> Transition:
    """Return the first transition of a case. Promises count from Submit, urgent calls from now."""
    after = replace(case, version=1)
    for kind in (P.REVIEW, P.FIRST_CONTACT):
        after = after.with_promise(begin(kind, rules, began_at=case.submitted_at, now=now))
    if case.is_urgent:
        after = after.with_promise(begin(P.URGENT, rules, began_at=now, now=now))
    decision = Decision(E.SUBMITTED, by="", role=Role.REQUESTER)
    return Transition(case, after, decision, now, URGENT if case.is_urgent else WELCOMED)


def advance(
    case: Case,
    decision: Decision,
    now: datetime,
    rules: Rules,
    eligible: frozenset[str] = frozenset(),
) -> Transition:
    """Return what a decision does to a case; raise TransitionNotAllowed if it is not allowed.

    `eligible` holds the supporters who may still be asked; a stand-in must be one of them.
    """
    if decision.event is E.TRIED and case.tries + 1 >= rules.tries:
        decision = replace(decision, event=E.NOT_REACHED)
    step = step_for(case, decision.event, decision.role)
    if step is None or step.to is None or not fits(case, decision):
        raise TransitionNotAllowed(
            f"{case.reference} is {case.state}: {decision.event} by {decision.role} is not allowed"
        )
    after, to, notices = _with_decision(case, decision), step.to, step.notices
    stand_in = next_stand_in(after, eligible) if decision.event in STAND_IN_EVENTS else None
    if stand_in is not None and case.state is S.OFFERED:
        after, to, notices = after.with_offer(stand_in.number, OfferState.OPEN), S.OFFERED, OFFER
    elif to in (S.IN_REVIEW, S.CLOSED):
        ended = [*CURRENT_OFFERS, OfferState.STANDING_BY]
        ended += [OfferState.LAPSED] if to is S.CLOSED else []
        after = after.with_offers_ended(*ended, to=OfferState.ENDED)
    after = _in_state(after, to, decision, now)
    if not after.is_open:
        after = without_newer(after)
    after = with_promises(after, case, step.promise, decision, now, rules)
    after = with_check_in(after, decision.event, now, rules.check_in)
    addressed = (_addressed(notice, case, after, decision) for notice in notices)
    sent = [n for n in addressed if n is not None]
    sent += _notice_to_supporter_asked_last(case, decision)
    sent += CALLING if urgent_calls_began(case, after) else ()
    if decision.role in (Role.REVIEWER, Role.SUPPORTER):
        # Once the outside person was called, they may go on acting on the case.
        after = replace(after, calls_in_vain=ENOUGH_CALLS if case.are_deputies_silent else 0)
    return Transition(case, replace(after, version=case.version + 1), decision, now, tuple(sent))


def undo(
    case: Case, previous: Case, decided_at: datetime, decision: Decision, now: datetime
) -> Transition:
    """Take back a decision: everything but the version is as before."""
    if step_for(case, E.UNDONE, decision.role) is None:
        raise TransitionNotAllowed(f"{case.reference} is {case.state}: nothing can be undone")
    # What the requester must confirm is as it is now: closing a case separates the newer request.
    before = previous if case.confirmation is not None else without_newer(previous)
    after = replace(
        before,
        version=case.version + 1,
        stepped_back=case.stepped_back,
        told_apart=case.told_apart,
    )
    after = after.without_promises(*CONFIRMING)
    # Keep promises to tell the requester that began later; the decision's own are taken back.
    for promise in case.promises:
        is_later = promise.kind is P.TELL and promise.began_at > decided_at
        if is_later or promise.kind in CONFIRMING:
            after = after.with_promise(promise)
    offer = after.current_offer
    is_asked_again = offer is not None and offer.is_unheard and offer != case.current_offer
    notices = (
        tuple(replace(n, offer=offer.number) for n in OFFER) if offer and is_asked_again else ()
    )
    return Transition(case, after, decision, now, notices)


def offer_sent(
    case: Case, number: int, now: datetime, rules: Rules, habit: ChecksMail = ChecksMail.DAILY
) -> Case:
    """Return the case after the offer's mail has left: the supporter's time to answer begins."""
    sent = tuple(replace(o, sent_at=now) if o.number == number else o for o in case.offers)
    case = replace(case, offers=sent).without_promises(P.REVIEW, P.REVIEW_AGAIN)
    due_at = rules.offer_due_at(case, now, habit)
    return case.with_promise(begin(P.OFFER, rules, began_at=now, now=now, due_at=due_at))


def offer_returned(case: Case, number: int, now: datetime, rules: Rules) -> Case:
    """Return the case after the offer's mail came back and will be sent again.

    The supporter's time begins anew with the next mail; until then the reviewers look after it.
    """
    offer = case.offer(number)
    if case.state is not S.OFFERED or offer is None or offer.state is not OfferState.OPEN:
        return case
    waiting = tuple(replace(o, sent_at=None) if o.number == number else o for o in case.offers)
    case = replace(case, offers=waiting).without_promises(P.OFFER)
    return case.with_promise(begin(P.REVIEW_AGAIN, rules, began_at=now, now=now))


def asked_by_mail(case: Case, number: int, now: datetime, rules: Rules) -> Case:
    """Return the case after the mail that asks about a correction has left: a day to stop it.

    Whether a newer request is theirs, only the requester or a reviewer says.
    """
    confirmation = case.confirmation
    is_asked = confirmation is not None and confirmation.number == number and not confirmation.newer
    is_dead = confirmation is not None and confirmation.came_back
    if not is_asked or is_dead or case.promise(P.CONFIRMATION) is None:
        return case
    waiting = begin(P.CORRECTION, rules, began_at=now, now=now)
    return case.without_promises(*CONFIRMING).with_promise(waiting)


def second_came_back(case: Case, now: datetime, rules: Rules) -> Case:
    """Return the case after a mail to the second address came back: no day lets it count."""
    if case.confirmation is None:
        return case
    confirmation = replace(case.confirmation, came_back=True)
    return not_asked_by_mail(replace(case, confirmation=confirmation), now, rules)


def not_asked_by_mail(case: Case, now: datetime, rules: Rules) -> Case:
    """Return the case after no one got the mail that asks: no one could stop a correction."""
    if case.promise(P.CORRECTION) is None:
        return case
    asking = begin(P.CONFIRMATION, rules, began_at=now, now=now)
    return case.without_promises(*CONFIRMING).with_promise(asking)


def next_stand_in(case: Case, eligible: frozenset[str]) -> Offer | None:
    """Return the first stand-in who may still be asked."""
    waiting = (o for o in case.offers if o.state is OfferState.STANDING_BY)
    return next((o for o in waiting if o.supporter in eligible), None)


def _with_decision(case: Case, decision: Decision) -> Case:
    """Return the case with the choices of the decision written into it."""
    case = hand_over.with_hand_over(case, decision)
    current = case.current_offer
    if current is not None and decision.event in FOR_SOMEONE_ELSE:
        not_wanted = tuple(dict.fromkeys((*case.not_wanted, current.supporter)))
        case = replace(case, not_wanted=not_wanted)
    if current is not None and decision.event in OFFER_STATE_AFTER:
        return case.with_offer(current.number, OFFER_STATE_AFTER[decision.event])
    match decision.event:
        case E.OFFERED:
            return _with_offers_made(case, decision.supporters)
        case E.ACCEPTED if decision.offer is not None:
            # Lapsed offers end too: a late yes does not count once someone has accepted.
            waiting = (OfferState.OPEN, OfferState.STANDING_BY, OfferState.LAPSED)
            case = case.with_offers_ended(*waiting, to=OfferState.ENDED)
            said_yes = OfferState.AGREED if case.facts.asks_first else OfferState.ACCEPTED
            return replace(case.with_offer(decision.offer, said_yes), tries=0)
        case E.CONSENTED if current is not None:
            return case.with_offer(current.number, OfferState.ACCEPTED)
        case E.TRIED:
            return replace(case, tries=case.tries + 1)
        case E.CALL_TAKEN:
            return replace(case.without_promises(P.URGENT), was_call_taken=True)
        case E.CALLED:
            return case.without_promises(P.CALL)
        case E.CALL_LAPSED:
            return replace(case, was_call_taken=False)
        case E.HANDED_OVER:
            call = case.promise(P.CALL)
            is_calling = case.was_call_taken and not (call and call.subject == decision.by)
            stepped_back = (*case.stepped_back, decision.by)
            return replace(case, stepped_back=stepped_back, was_call_taken=is_calling)
        case E.CAME_BACK:
            others = tuple(id for id in case.stepped_back if id != decision.by)
            return replace(case, stepped_back=others)
        case E.TOLD:
            return case.without_promises(P.TELL, subject=decision.subject)
        case E.REFERRED:
            return replace(case, resources=decision.resources)
        case E.CONTACTED:
            return case.without_promises(P.URGENT)
        case E.CLOSED:
            was_promised = case.promises if decision.other else ()
            return replace(case, goes_on_as=decision.other, was_promised=was_promised)
        case E.MERGED if decision.newer is not None:
            return with_newer(case, decision.newer, decision.waits)
        case E.CONTACT_CORRECTED if decision.facts is not None:
            confirmation = Confirmation(case.version + 1, decision.facts, decision.moves)
            return replace(case, confirmation=confirmation)
        case E.CONTACT_CONFIRMED if case.confirmation is not None:
            return replace(case, facts=case.confirmation.facts, confirmation=None)
        case E.CONTACT_REFUSED:
            return replace(case, confirmation=None)
        case E.SEPARATED if case.state is S.CLOSED:
            return replace(case, goes_on_as="", was_promised=())
        case E.SEPARATED:
            return without_newer(case)
        case E.ERASED:
            return replace(case, is_erased=True)
        case E.TOLD_APART:
            return replace(case, told_apart=(*case.told_apart, decision.other))
    return case


def _with_offers_made(case: Case, supporters: tuple[str, ...]) -> Case:
    # A supporter who is asked again answers the new offer, so their lapsed offer ends.
    asked = tuple(
        replace(o, state=OfferState.ENDED)
        if o.state is OfferState.LAPSED and o.supporter in supporters
        else o
        for o in case.offers
    )
    first = len(case.offers) + 1
    made = tuple(
        Offer(first + place, supporter, OfferState.STANDING_BY if place else OfferState.OPEN)
        for place, supporter in enumerate(supporters)
    )
    return replace(case, offers=asked + made)


def _in_state(case: Case, to: State, decision: Decision, now: datetime) -> Case:
    if to is not S.CLOSED:
        return replace(case, state=to, closed_at=None, outcome=None)
    if case.state is S.CLOSED:
        return case
    outcome = OUTCOME_OF.get(decision.event, decision.outcome)
    return replace(case, state=to, closed_at=now, outcome=outcome)


def _addressed(notice: Notice, before: Case, after: Case, decision: Decision) -> Notice | None:
    """Complete a notice with its event and offer; None when no one needs to read it."""
    if notice.email == "completed" and after.outcome not in TOLD_OUTCOMES:
        return None
    if notice.email == "second_contact" and decision.role is Role.REVIEWER:
        return None  # They know it.
    if notice.audience is Audience.REQUESTER and _was_told_by_phone(after, decision):
        return None
    if notice in (*ASKING, *NOTING):
        confirmation = after.confirmation if after.confirmation != before.confirmation else None
        number = confirmation.number if confirmation else None
        return replace(notice, event=decision.event, offer=number) if confirmation else None
    if notice.audience is Audience.PARTNER:
        return hand_over.addressed(notice, before, after, decision.event)
    # Whoever gets a request back that is separated again may not hear of the other one.
    is_back = notice in TAKEN_OVER and decision.event is E.SEPARATED
    notice = replace(notice, event=E.RECOGNIZED if is_back else decision.event)
    is_ended = notice.is_of_ended_offer
    offer = before.current_offer if is_ended else after.current_offer
    if notice.audience is Audience.SUPPORTER and offer is None:
        return None
    if is_ended and notice.audience is Audience.SUPPORTER and offer and offer.is_unheard:
        return None
    return replace(notice, offer=offer.number if offer else None)


def _was_told_by_phone(case: Case, decision: Decision) -> bool:
    """Tell whether a reviewer recorded the yes of someone whom we could only call."""
    is_recorded = decision.event is E.CONSENTED and decision.role is Role.REVIEWER
    return is_recorded and not case.facts.is_mailable


def _notice_to_supporter_asked_last(case: Case, decision: Decision) -> tuple[Notice, ...]:
    """Return the notice to the supporter who was being asked when another one's late yes came."""
    current = case.current_offer
    if decision.event is not E.ACCEPTED or current is None or current.number == decision.offer:
        return ()
    if current.is_unheard:
        return ()
    return (Notice("taken_back", Audience.SUPPORTER, current.number, event=decision.event),)
