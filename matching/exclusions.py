"""Who can never be proposed for a request, and who should rather not be asked."""

from collections.abc import Iterator
from datetime import date

from people.records import Identity
from people.same_person import is_requester
from people.supporters import Load, Standing, Supporter
from people.units import leads_them, supervises
from workflow.model import Case, Offer, OfferState, Wish


def is_excluded(supporter: Supporter, identity: Identity | None, today: date) -> bool:
    """Tell whether a supporter can never be proposed to this requester."""
    if supporter.status is not Standing.ACTIVE:
        return True
    if supporter.trained_on is None or supporter.trained_on > today:
        return True
    return identity is not None and is_impossible(supporter, identity)


def is_impossible(supporter: Supporter, identity: Identity) -> bool:
    """Tell whether who the requester is, or does not want, excludes a supporter."""
    return (
        is_requester(supporter, identity)
        or supporter.id in identity.not_wanted_ids
        or leads_them(supporter.supervises, identity)
        or supervises(identity.leads, supporter.unit)
    )


def cautions(
    supporter: Supporter,
    case: Case,
    identity: Identity | None,
    load: Load,
    today: date,
) -> Iterator[str]:
    """Say why a supporter should rather not be asked; choosing them stays possible."""
    if load.open_count >= supporter.capacity:
        yield "has as many requests as they can take"
    if supporter.refresher_due is not None and supporter.refresher_due < today:
        yield "refresher training is overdue"
    if identity is not None and _is_too_close(supporter, case, identity):
        yield "close to them at work"
    if case.offers and _was_asked_before(supporter, case):
        yield "was asked for this request before"


def _is_too_close(supporter: Supporter, case: Case, identity: Identity) -> bool:
    """Tell whether both work in one unit; whoever asked for their own department wants that."""
    if not supporter.unit or case.facts.wish_department is Wish.SIMILAR:
        return False
    return leads_them((supporter.unit,), identity)


def is_silent(supporter: Supporter, case: Case) -> bool:
    """Tell whether a supporter let a question about this case lapse: that counts against nobody."""
    lapsed = (o.supporter for o in case.offers if o.state is OfferState.LAPSED)
    return supporter.id in lapsed and not _was_asked_before(supporter, case)


def _was_asked_before(supporter: Supporter, case: Case) -> bool:
    return any(_was_asked(offer) for offer in case.offers if offer.supporter == supporter.id)


def _was_asked(offer: Offer) -> bool:
    """Tell an offer that was made from a stand-in whose turn never came, and from silence."""
    if offer.state is OfferState.LAPSED:
        return False
    waited = (OfferState.STANDING_BY, OfferState.ENDED)
    return offer.sent_at is not None or offer.state not in waited
