"""Handing a requester over to a partner of the referral network, by their own yes alone."""

from dataclasses import replace
from datetime import datetime

from workflow.model import (
    Case,
    Decision,
    Event,
    HandOver,
    HandOverState,
    Notice,
    Place,
    PromiseKind,
)

E, H = Event, HandOverState

#: What each event makes of a hand-over.
STATE_AFTER = {
    E.HAND_OVER_AGREED: H.AGREED,
    E.HAND_OVER_REFUSED: H.REFUSED,
    E.HAND_OVER_STOPPED: H.STOPPED,
    E.HAND_OVER_MADE: H.MADE,
    E.HAND_OVER_LAPSED: H.LAPSED,
    E.HAND_OVER_UNANSWERED: H.UNANSWERED,
}
EVENTS = {E.HAND_OVER_ASKED, *STATE_AFTER}
#: The requester's no, before and after a yes: they are not asked about the same partner again.
NOES = (E.HAND_OVER_REFUSED, E.HAND_OVER_STOPPED)
IS_LIVE = (H.ASKED, H.AGREED)


def is_asked(case: Case) -> bool:
    """Tell whether the requester has yet to say whether a partner may hear of them."""
    return case.hand_over is not None and case.hand_over.state is H.ASKED


def is_agreed(case: Case) -> bool:
    """Tell whether a partner may see who the requester is."""
    return case.hand_over is not None and case.hand_over.state is H.AGREED


def is_live(case: Case) -> bool:
    return case.hand_over is not None and case.hand_over.state in IS_LIVE


def is_of(case: Case, number: int | None, partner: str, place: Place | None) -> bool:
    """Tell whether this is the hand-over that the requester agreed to, and no earlier one.

    `place` is the partner as it is now.
    """
    found = case.hand_over
    is_theirs = found is not None and (found.number, found.resource) == (number, partner)
    return is_theirs and is_agreed(case) and is_still(case, place) and not case.is_final


def is_late(case: Case, now: datetime) -> bool:
    """Tell whether the time of a partner is over, even if no worker has ended it yet."""
    promise = case.promise(PromiseKind.HAND_OVER)
    return promise is not None and now >= promise.due_at


def is_still(case: Case, place: Place | None) -> bool:
    """Tell whether the partner is what the requester said yes to."""
    return case.hand_over is not None and place is not None and case.hand_over.place == place


def may_be_asked(case: Case) -> bool:
    """Tell whether the requester can be asked about a partner: by mail, about one at a time.

    A newer request of theirs that waits for their yes makes no difference: it would show to their
    supporter. Their page asks about that one first.
    """
    is_corrected = case.confirmation is not None and not case.confirmation.newer
    is_free = not is_corrected and not is_live(case)
    return is_free and case.facts.is_mailable and not case.is_final


def may_ask_about(case: Case, partner: str) -> bool:
    return may_be_asked(case) and partner not in case.refused_partners


def fits(case: Case, decision: Decision) -> bool:
    """Tell whether a decision about a hand-over is valid for this case."""
    found = case.hand_over
    match decision.event:
        case E.HAND_OVER_ASKED:
            return len(decision.resources) == 1 and may_ask_about(case, decision.resources[0])
        case E.HAND_OVER_LAPSED:
            return is_agreed(case)
        case E.HAND_OVER_UNANSWERED:
            return is_asked(case)
    if found is None or decision.hand_over != found.number or case.is_final:
        return False
    if decision.event is E.HAND_OVER_AGREED:
        is_whole = decision.way is not None and decision.place is not None
        return is_asked(case) and case.confirmation is None and is_whole
    return is_asked(case) if decision.event is E.HAND_OVER_REFUSED else is_agreed(case)


def with_hand_over(case: Case, decision: Decision) -> Case:
    """Return the case with what a decision changes about its hand-over."""
    if decision.event is E.HAND_OVER_ASKED:
        return replace(case, hand_over=HandOver(case.version + 1, decision.resources[0]))
    if case.hand_over is None or decision.event not in STATE_AFTER:
        return case
    after = replace(case.hand_over, state=STATE_AFTER[decision.event])
    if decision.event is E.HAND_OVER_AGREED:
        after = replace(after, way=decision.way, place=decision.place)
    if decision.event in NOES:
        refused = (*case.refused_partners, after.resource)
        return replace(case, hand_over=after, refused_partners=refused)
    return replace(case, hand_over=after)


def addressed(notice: Notice, before: Case, after: Case, event: Event) -> Notice | None:
    """Return a notice to a partner with the hand-over that its link opens; None without one.

    A partner who hears that it is over knew of it.
    """
    if not is_agreed(after if notice.while_promise else before) or before.hand_over is None:
        return None
    return replace(notice, event=event, offer=before.hand_over.number)
