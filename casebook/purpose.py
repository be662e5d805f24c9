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
            asked = loaded.case.offer(offer) if offer is not None else None
            is_theirs = asked is not None and asked.supporter == person
            is_live = asked is not None and asked.state in LIVE_OFFERS and loaded.case.is_open
            return is_theirs and is_live and person in casebook.program.supporters
        case Role.PARTNER:
            partner = person.removeprefix(PARTNER)
            place = casebook.program.place_of(partner)
            is_theirs = hand_over.is_of(loaded.case, offer, partner, place)
            return is_theirs and not hand_over.is_late(loaded.case, now)
        case Role.REQUESTER:
            return True
    return False


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
