"""Which promises of a case end and which begin when its state changes."""

from datetime import datetime, timedelta

from workflow.merging import WAS_THIS_YOU
from workflow.model import Case, Decision, Event, OfferState, Promise, PromiseKind, State
from workflow.partners import hand_over
from workflow.promise_rules import Rules
from workflow.schedule import begin
from workflow.table import BEFORE_CONTACT

S, E, P = State, Event, PromiseKind

#: Promises that can run in each state; entering a state ends all others.
PROMISES_OF = {
    State.IN_REVIEW: {
        PromiseKind.REVIEW,
        PromiseKind.REVIEW_AGAIN,
        PromiseKind.URGENT,
        PromiseKind.CALL,
    },
    State.OFFERED: {
        PromiseKind.REVIEW,
        PromiseKind.REVIEW_AGAIN,
        PromiseKind.OFFER,
        PromiseKind.URGENT,
    },
    State.PROPOSED: {PromiseKind.CONSENT, PromiseKind.REVIEW_AGAIN, PromiseKind.URGENT},
    State.MATCHED: {PromiseKind.CONTACT, PromiseKind.TRY_AGAIN, PromiseKind.URGENT},
    # CONTACT: the requester would like to talk again.
    State.IN_CONTACT: {PromiseKind.CONVERSATION, PromiseKind.CONTACT, PromiseKind.URGENT},
    State.CLOSED: set[PromiseKind](),
}
#: They run beside all others while the requester must confirm something, and replace each other.
CONFIRMING = (P.CONFIRMATION, P.CORRECTION)
#: The urgent promises run beside the others and replace only each other.
CALLS = {P.URGENT, P.CALL}
#: These run beside all others, one after the other, and go on when the request is closed.
HANDING_OVER = {P.HAND_OVER_ANSWER, P.HAND_OVER}
REPLACED_BY = {
    P.CALL: CALLS, P.URGENT: CALLS, P.HAND_OVER: HANDING_OVER, P.HAND_OVER_ANSWER: HANDING_OVER,
}  # fmt: skip


#: After so long without a word the reviewers are asked whether to close and forget it.
UNTOUCHED = timedelta(days=120)


def is_untouched(case: Case, now: datetime) -> bool:
    """Tell whether a supporter in contact has said nothing for a very long time."""
    conversation = case.promise(P.CONVERSATION)
    return conversation is not None and now - conversation.began_at >= UNTOUCHED


def with_promises(
    case: Case,
    before: Case,
    promise: PromiseKind | None,
    decision: Decision,
    now: datetime,
    rules: Rules,
) -> Case:
    """Return the case without the promises that its new state ends, and with the step's own."""
    lasting = {P.TELL, P.FIRST_CONTACT, *CONFIRMING} if case.is_open else {P.TELL}
    case = case.without_promises(*(set(P) - PROMISES_OF[case.state] - lasting - HANDING_OVER))
    case = _without_obsolete_promises(case)
    if case.confirmation is not None and case.confirmation != before.confirmation:
        asking = begin(P.CONFIRMATION, rules, began_at=now, now=now)
        case = case.without_promises(*CONFIRMING).with_promise(asking)
    if case.is_open and before.state in (S.IN_CONTACT, S.CLOSED) and case.state is S.IN_REVIEW:
        case = case.with_promise(_begun_again(P.FIRST_CONTACT, before, decision, now, rules))
    if promise is not None:
        case = case.without_promises(*REPLACED_BY.get(promise, PROMISES_OF[case.state] - CALLS))
        case = case.with_promise(_begun_again(promise, before, decision, now, rules))
    is_back = case.state is S.IN_REVIEW and before.state not in BEFORE_CONTACT
    if (is_back and case.is_urgent and not case.was_call_taken) or _caller_stepped_back(
        before, case
    ):
        case = _with_urgent_calls(case, now, rules)
    return case


def _begun_again(
    kind: PromiseKind, before: Case, decision: Decision, now: datetime, rules: Rules
) -> Promise:
    """Return the promise that a decision begins.

    A request that is separated again keeps what it was promised when it came.
    """
    taken_by = decision.by if kind is P.CALL else ""
    began_at, due_at = now, None
    if decision.event is E.OFFER_WITHDRAWN:
        due_at = _due_after_withdrawal(before, now, rules)
    elif decision.event is E.SEPARATED:
        kept = next((one for one in before.was_promised if one.kind is kind), None)
        # Earlier releases kept none.
        began_at, due_at = (kept.began_at, kept.due_at) if kept else (before.submitted_at, None)
    return begin(kind, rules, began_at=began_at, now=now, due_at=due_at, subject=taken_by)


def _with_urgent_calls(case: Case, now: datetime, rules: Rules) -> Case:
    """Return the case with the urgent calls begun again, even if someone was calling."""
    urgent = begin(P.URGENT, rules, began_at=now, now=now)
    return case.without_promises(*CALLS).with_promise(urgent)


def urgent_calls_began(before: Case, after: Case) -> bool:
    """Tell whether urgent calls have begun that no one has been mailed about yet."""
    is_separated = bool(before.goes_on_as) and not after.goes_on_as
    is_called_again = is_separated and after.promise(P.URGENT) is not None
    return _caller_stepped_back(before, after) or is_called_again


def _caller_stepped_back(before: Case, after: Case) -> bool:
    """Tell whether the person who was calling stepped back, so that urgent calls begin again."""
    has_left = before.was_call_taken and not after.was_call_taken
    return has_left and len(after.stepped_back) > len(before.stepped_back)


def _without_obsolete_promises(case: Case) -> Case:
    """Return the case without promises about stages that are over."""
    if case.state in (S.IN_CONTACT, S.CLOSED):
        case = case.without_promises(P.FIRST_CONTACT)
        case = case.without_promises(P.TELL, subject="delayed")
    if case.current_offer is None or case.current_offer.state is not OfferState.ACCEPTED:
        case = case.without_promises(P.TELL, subject="matched")
    if case.state is not S.PROPOSED:
        case = case.without_promises(P.TELL, subject="proposed")
    if case.is_open:
        case = case.without_promises(P.TELL, subject="completed")
    if case.confirmation is None:
        case = case.without_promises(P.TELL, subject=WAS_THIS_YOU).without_promises(*CONFIRMING)
    if not hand_over.is_agreed(case) or case.is_final:
        case = case.without_promises(P.HAND_OVER)
    if not hand_over.is_asked(case) or case.is_final:
        case = case.without_promises(P.HAND_OVER_ANSWER)
    return case.without_promises(P.TELL) if case.is_final else case


def _due_after_withdrawal(case: Case, now: datetime, rules: Rules) -> datetime:
    """Return when reviewers must act after a withdrawn offer.

    They get the usual time for another review, or what is left of the first review if longer.
    """
    return max(rules.due_at(P.REVIEW_AGAIN, now), rules.due_at(P.REVIEW, case.submitted_at))
