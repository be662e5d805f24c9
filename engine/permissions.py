"""Which decisions are allowed for this person and this case, beyond the table."""

from dataclasses import replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from casebook.purpose import has_part
from program.entries import PARTNER
from workflow.errors import (
    CannotBeAsked,
    CannotTakeIt,
    NeedsReason,
    NobodyLeft,
    NotSettled,
    NotYours,
    TransitionNotAllowed,
)
from workflow.model import Decision, Event, Role, Transition


def authorize(casebook: Casebook, loaded: Loaded, decision: Decision, now: datetime) -> None:
    """Raise NotYours unless this person may act in this role on this case."""
    match decision.role:
        case Role.REVIEWER:
            is_theirs = loaded.reviewing.may_act(decision.by)
        case Role.SUPPORTER:
            offer = loaded.case.offer(decision.offer) if decision.offer is not None else None
            is_theirs = offer is not None and offer.supporter == decision.by
            is_theirs = is_theirs and decision.by in casebook.program.supporters
        case Role.PARTNER:
            number = decision.hand_over
            is_theirs = has_part(casebook, loaded, Role.PARTNER, decision.by, number, now)
        case Role.REQUESTER | Role.CLOCK:
            # Their visit or the clock is the proof: they stand on no list and have no id.
            is_theirs = decision.by == ""
        case _:
            is_theirs = False
    if not is_theirs:
        raise NotYours(f"{decision.by} is no {decision.role} of {loaded.case.reference}")


def permitted(
    casebook: Casebook, loaded: Loaded, transition: Transition, now: datetime
) -> Transition:
    """Return the transition as it may be saved; raise WorkflowError if it may not."""
    decision, reference = transition.decision, loaded.case.reference
    if decision.event is Event.OFFERED and loaded.questions:
        raise NotSettled(f"{reference}: whom the person would rather not talk to is not settled")
    if decision.event is Event.OFFERED:
        return replace(transition, decision=_with_needed_reason(casebook, loaded, decision, now))
    if decision.event is Event.HAND_OVER_ASKED and not _is_partner(casebook, decision):
        raise TransitionNotAllowed(f"{reference}: nobody can be handed over to this place")
    if decision.event is Event.HANDED_OVER and _would_leave_nobody(casebook, loaded, transition):
        raise NobodyLeft(f"{decision.by} is the last who may review {reference}")
    if decision.event is Event.ACCEPTED and not _may_say_yes(casebook, loaded, decision, now):
        raise CannotTakeIt("Who is asked cannot support this request any more")
    return transition


def _is_partner(casebook: Casebook, decision: Decision) -> bool:
    return casebook.program.partners.keys() >= {f"{PARTNER}{id}" for id in decision.resources}


def _with_needed_reason(
    casebook: Casebook, loaded: Loaded, decision: Decision, now: datetime
) -> Decision:
    """Check the supporters that a reviewer chose, and drop a reason that is not needed."""
    ranked = {one.supporter.id: one for one in casebook.ranking(loaded, now).ranked}
    if not ranked.keys() >= set(decision.supporters):
        raise CannotBeAsked("Somebody chosen cannot be asked for this request")
    chosen = (ranked[id] for id in decision.supporters)
    advised_against = {one.supporter.id: one.cautions for one in chosen if one.cautions}
    if advised_against and not decision.although:
        raise NeedsReason(advised_against)
    return decision if advised_against else replace(decision, although="")


def _may_say_yes(casebook: Casebook, loaded: Loaded, decision: Decision, now: datetime) -> bool:
    offer = loaded.case.offer(decision.offer) if decision.offer is not None else None
    return offer is None or casebook.may_accept(loaded, offer.supporter, now)


def _would_leave_nobody(casebook: Casebook, loaded: Loaded, transition: Transition) -> bool:
    """Tell whether no reviewer would be left, or no reviewer who is not away."""
    after, is_here = (
        casebook.reviewing(transition.after, loaded.identity),
        casebook.absent.isdisjoint,
    )
    if is_here({transition.decision.by}):
        return not any(is_here({person.id}) for person in after.reviewers)
    return not after.reviewers
