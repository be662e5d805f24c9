"""Conditions on a decision that the table of states and roles cannot express."""

from workflow.model import Case, Decision, Event, OfferState, Outcome, PromiseKind, Role, State

S, E, P = State, Event, PromiseKind

COMPLETED_OUTCOMES = {Outcome.SUPPORTED, Outcome.SUPPORT_DECLINED}
CLOSED_OUTCOMES = {
    Outcome.DUPLICATE,
    Outcome.NOT_A_REQUEST,
    Outcome.REACHED_OTHERWISE,
    Outcome.SUPPORT_DECLINED,
    Outcome.COULD_NOT_BE_REACHED,
}


def fits(case: Case, decision: Decision) -> bool:
    """Tell whether a decision's choices are valid for this case."""
    current = case.current_offer
    offer = case.offer(decision.offer) if decision.offer is not None else None
    if decision.event is E.ACCEPTED:
        return offer is not None and (offer == current or offer.state is OfferState.LAPSED)
    if decision.role is Role.SUPPORTER and offer is None:
        return False
    if decision.offer is not None and offer != current:
        return False
    match decision.event:
        case E.CALL_TAKEN:
            return case.promise(P.URGENT) is not None
        case E.CALL_LAPSED | E.CALLED:
            return case.promise(P.CALL) is not None
        case E.OFFERED:
            return 0 < len(set(decision.supporters)) == len(decision.supporters)
        case E.REFERRED:
            return bool(decision.resources)
        case E.COMPLETED:
            return decision.outcome in COMPLETED_OUTCOMES and (
                decision.role is Role.REVIEWER or not must_be_called(case)
            )
        case E.CLOSED if decision.other:
            return decision.outcome is Outcome.DUPLICATE and case.state is S.IN_REVIEW
        case E.CLOSED:
            return decision.outcome in CLOSED_OUTCOMES
        case E.MERGED:
            return decision.newer is not None and decision.newer.state is S.IN_REVIEW
        case E.TOLD_APART:
            return bool(decision.other)
        case E.TOLD:
            return case.promise(P.TELL, decision.subject) is not None
        case E.REOPENED:
            return not case.is_final
        case E.ERASED:
            return not case.is_final and decision.erases_now
    return True


def must_be_called(case: Case) -> bool:
    """Tell whether a supporter in contact must still call about an urgent newer request.

    Earlier contact does not answer the urgent request.
    """
    return case.state is S.IN_CONTACT and case.promise(P.URGENT) is not None
