"""Whether someone still has a part in a case, by which reference, or a page of their own."""

from datetime import datetime

from casebook.casebook import Casebook, Loaded
from program import Program
from program.entries import PARTNER
from workflow.model import CURRENT_OFFERS, OfferState, Role
from workflow.partners import hand_over

#: Without those that look alike.
REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: A supporter who answered too late may still say yes.
LIVE_OFFERS = (*CURRENT_OFFERS, OfferState.LAPSED)


def has_part(
    casebook: Casebook, loaded: Loaded, role: Role, person: str, offer: int | None, now: datetime
) -> bool:
    """Tell whether the page of a case is still for someone in this role.

    Reviewers and requesters may open a closed case again, so their part lasts until it is
    forgotten.
    """
    match role:
        case Role.REVIEWER:
            return loaded.reviewing.may_act(person)
        case Role.SUPPORTER:
            return _is_supporter(casebook, loaded, person, offer, now)
        case Role.PARTNER:
            partner = person.removeprefix(PARTNER)
            place = casebook.program.place_of(partner)
            is_theirs = hand_over.is_of(loaded.case, offer, partner, place)
            return is_theirs and not hand_over.is_late(loaded.case, now)
        case Role.REQUESTER:
            return True
    return False


def _is_supporter(
    casebook: Casebook, loaded: Loaded, person: str, number: int | None, now: datetime
) -> bool:
    """Tell whether someone supports this case, or can still say yes to it."""
    offer = loaded.case.offer(number) if number is not None else None
    if offer is None or offer.supporter != person or person not in casebook.program.supporters:
        return False
    if offer.state not in LIVE_OFFERS or not loaded.case.is_open:
        return False
    # Who is kept apart since they were asked must not see that it is that.
    is_asked = offer.state in (OfferState.OPEN, OfferState.LAPSED)
    return not is_asked or casebook.may_accept(loaded, person, now)


def is_former(
    casebook: Casebook, loaded: Loaded, role: Role, person: str, offer: int | None, now: datetime
) -> bool:
    """Tell whether a part in a case is over, and the decision that ended it cannot be undone.

    Their link and their page say from then on what they would say if the case were forgotten.
    Otherwise supporters, who may know its name, could watch what becomes of it, and reviewers
    could see that they were barred from one that goes on.
    """
    if role is Role.REQUESTER:
        return False
    is_theirs = has_part(casebook, loaded, role, person, offer, now)
    if role is Role.REVIEWER:
        is_theirs = is_theirs and not loaded.case.is_final
    return not is_theirs and not can_undo(casebook, loaded, role, person, offer, now)


def can_undo(
    casebook: Casebook, loaded: Loaded, role: Role, person: str, offer: int | None, now: datetime
) -> bool:
    """Tell whether someone can take back the decision that ended their part."""
    if role is Role.REVIEWER:
        return casebook.stepped_back(loaded, person, now) is not None
    if role is Role.SUPPORTER and (offer is None or loaded.case.offer(offer) is None):
        return False  # Their link was to a case that goes on as this one.
    return casebook.undoable(loaded, role, person, now) is not None


def known_as(casebook: Casebook, reference: str, role: str, person: str) -> str:
    """Return what someone in a role calls a request.

    A partner knows who it is, others were mailed its reference and don't: they must not find out
    by comparing. So a partner has a reference of its own.
    """
    if role != Role.PARTNER:
        return reference
    number, letters = int(casebook.keyed_hash("reference", reference, person), 16), ""
    for _ in range(5):
        number, place = divmod(number, len(REFERENCE_LETTERS))
        letters += REFERENCE_LETTERS[place]
    return f"HO-{letters}"


def has_own_page(program: Program, id: str) -> bool:
    return id in program.all_reviewers or id in program.supporters
