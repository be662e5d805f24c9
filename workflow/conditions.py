"""Conditions on a decision that the table of states and roles cannot express."""

from workflow.check_in import is_asked
from workflow.model import (
    Case,
    Confirmation,
    Decision,
    Event,
    OfferState,
    Outcome,
    PromiseKind,
    Role,
    State,
)
from workflow.partners import hand_over

S, E, P = State, Event, PromiseKind

COMPLETED_OUTCOMES = {Outcome.SUPPORTED, Outcome.SUPPORT_DECLINED}
#: Not that there is another request: who may not see that one would read it. Merging says so.
CLOSED_OUTCOMES = {
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
            is_duplicate = decision.outcome is Outcome.DUPLICATE and case.state is S.IN_REVIEW
            return is_duplicate and case.confirmation is None
        case E.CLOSED:
            return decision.outcome in CLOSED_OUTCOMES
        case E.CONTACT_CORRECTED:
            return decision.facts is not None and not asks_about_newer(case.confirmation)
        case E.CONTACT_CONFIRMED if decision.role is Role.CLOCK:
            return case.promise(P.CORRECTION) is not None
        case E.CONTACT_CONFIRMED:
            return _is_asked(case, decision)
        case E.CONTACT_REFUSED:
            return _is_asked(case, decision) and not asks_about_newer(case.confirmation)
        case E.SEPARATED if case.state is S.CLOSED:
            return bool(case.goes_on_as)
        case E.SEPARATED:
            return _is_asked(case, decision) and asks_about_newer(case.confirmation)
        case E.MERGED:
            newer = decision.newer
            if newer is None or newer.state is not S.IN_REVIEW or is_being_called(newer):
                return False
            return may_be_merged(case) and may_be_merged(newer)
        case E.CAME_BACK:
            return decision.by in case.stepped_back
        case E.TOLD_APART:
            return bool(decision.other)
        case E.TOLD:
            return case.promise(P.TELL, decision.subject) is not None
        case E.REOPENED:
            return not case.is_final
        case E.CHECKED_IN | E.CHECK_INS_STOPPED:
            return case.check_in is not None and not case.check_in.is_stopped
        case E.CHECK_IN_ANSWERED | E.ASKED_AGAIN:
            return is_asked(case)
        case E.ERASED:
            return not case.is_final and decision.erases_now
    return hand_over.fits(case, decision) if decision.event in hand_over.EVENTS else True


def may_be_merged(case: Case) -> bool:
    """Tell whether the requester is asked nothing, and no partner knows of them: one at a time."""
    return case.confirmation is None and not hand_over.is_live(case)


def is_being_called(case: Case) -> bool:
    """Tell whether it is urgent and no one has said yet how a call went."""
    return case.promise(P.URGENT) is not None or case.promise(P.CALL) is not None


def is_as_it_came(case: Case) -> bool:
    """Tell whether a case waits for its first review: its page can go on as if nothing happened.

    If someone was asked already, or it was opened again, later moments would differ.
    """
    review = case.promise(P.REVIEW)
    return not case.offers and review is not None and review.began_at == case.submitted_at


def asks_about_newer(confirmation: Confirmation | None) -> bool:
    """Tell whether the requester is asked whether a newer request is theirs."""
    return confirmation is not None and bool(confirmation.newer)


def is_correction(case: Case) -> bool:
    """Tell whether a correction waits, so that no one should use what it changes."""
    return case.confirmation is not None and not case.confirmation.newer


def _is_asked(case: Case, decision: Decision) -> bool:
    """Tell whether this is what is open now, and not an earlier one."""
    return case.confirmation is not None and decision.confirmation == case.confirmation.number


def must_be_called(case: Case) -> bool:
    """Tell whether a call still waits although a supporter is in contact.

    Earlier contact does not answer an urgent newer request, which version 0.1 could merge.
    """
    return case.state is S.IN_CONTACT and case.promise(P.URGENT) is not None
