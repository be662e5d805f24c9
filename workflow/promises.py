"""What is promised as a case moves: what ends with its state, and what begins."""

from datetime import datetime

from workflow.deadlines import Rules, begin
from workflow.merging import has_untaken_call
from workflow.model import Case, Decision, Event, OfferState, Outcome, PromiseKind, State
from workflow.table import UNCALLED

S, E, P = State, Event, PromiseKind

#: What runs while a case is in a state; entering another state ends the others.
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
    State.MATCHED: {PromiseKind.CONTACT, PromiseKind.TRY_AGAIN, PromiseKind.URGENT},
    State.IN_CONTACT: {PromiseKind.CONVERSATION, PromiseKind.URGENT},
    State.CLOSED: set[PromiseKind](),
}
#: An urgent call runs beside everything else; it replaces only the other half of its pair.
CALLS = {P.URGENT, P.CALL}
REPLACED_BY = {P.CALL: CALLS, P.URGENT: CALLS}


def with_promises(
    case: Case,
    before: Case,
    promise: PromiseKind | None,
    decision: Decision,
    now: datetime,
    rules: Rules,
) -> Case:
    """End the promises that the new state does not know, and begin the step's own."""
    lasting = {P.TELL, P.FIRST_CONTACT} if case.is_open else {P.TELL}
    case = case.without_promises(*(set(P) - PROMISES_OF[case.state] - lasting))
    case = _without_what_is_over(case)
    if decision.newer is not None and has_untaken_call(before, decision.newer, decision.by):
        case = case if case.promise(P.URGENT) else _calling(case, now, rules)
    if case.is_open and before.state in (S.IN_CONTACT, S.CLOSED) and case.state is S.IN_REVIEW:
        case = case.with_promise(begin(P.FIRST_CONTACT, rules, began_at=now, now=now))
    if promise is not None:
        case = case.without_promises(*REPLACED_BY.get(promise, PROMISES_OF[case.state] - CALLS))
        is_withdrawn = decision.event is E.OFFER_WITHDRAWN
        due_at = _still_within_review(before, now, rules) if is_withdrawn else None
        taken_by = decision.by if promise is P.CALL else ""
        case = case.with_promise(
            begin(promise, rules, began_at=now, now=now, due_at=due_at, subject=taken_by)
        )
    returned = case.state is S.IN_REVIEW and before.state not in UNCALLED
    if (returned and case.is_urgent and not case.was_call_taken) or _left_the_call(before, case):
        case = _calling(case, now, rules)
    return case


def _calling(case: Case, now: datetime, rules: Rules) -> Case:
    """Begin the urgent calls; who was calling is no longer enough."""
    urgent = begin(P.URGENT, rules, began_at=now, now=now)
    return case.without_promises(*CALLS).with_promise(urgent)


def calls_again(before: Case, after: Case) -> bool:
    """Tell whether urgent calls have begun that nobody has heard of yet."""
    return _left_the_call(before, after) or _became_urgent(before, after)


def _became_urgent(before: Case, after: Case) -> bool:
    """Tell whether a newer request brought urgent calls that nobody has taken."""
    is_calling = after.promise(P.URGENT) is not None and before.promise(P.URGENT) is None
    return is_calling and len(after.took_in) > len(before.took_in)


def _left_the_call(before: Case, after: Case) -> bool:
    """Tell whether the one who was calling stepped back: the urgent calls start again."""
    has_left = before.was_call_taken and not after.was_call_taken
    return has_left and len(after.stepped_back) > len(before.stepped_back)


def _without_what_is_over(case: Case) -> Case:
    """End what was promised about a stage that is behind us."""
    if case.state in (S.IN_CONTACT, S.CLOSED):
        case = case.without_promises(P.FIRST_CONTACT)
        case = case.without_promises(P.TELL, subject="delayed")
    if case.current_offer is None or case.current_offer.state is not OfferState.ACCEPTED:
        case = case.without_promises(P.TELL, subject="matched")
    if case.is_open:
        case = case.without_promises(P.TELL, subject="completed")
    is_nobodys = case.outcome is Outcome.WITHDRAWN or bool(case.goes_on_as)
    return case.without_promises(P.TELL) if is_nobodys else case


def _still_within_review(case: Case, now: datetime, rules: Rules) -> datetime:
    """A withdrawn offer gives the reviewers a day, or what is left of the first promise."""
    return max(rules.due_at(P.REVIEW_AGAIN, now), rules.due_at(P.REVIEW, case.submitted_at))
