"""Exclusions, which make a supporter impossible for a case, and cautions, which do not."""

from datetime import date

from lib.languages.said import for_staff
from people.lists import is_kept_apart
from people.records import Identity, Person
from people.same_person import is_requester, traits_of_listed, traits_of_requester
from people.supporters import Load, Supporter, SupporterStatus
from people.units import leads_them, supervises
from workflow.model import Case, Offer, OfferState, Wish

#: What speaks against asking someone, as the reviewer reads it.
FULL = for_staff("has as many requests as they can take")
REFRESHER_OVERDUE = for_staff("refresher training is overdue")
TOO_CLOSE = for_staff("close to them at work")
ASKED_BEFORE = for_staff("was asked for this request before")


class Exclusions:
    """Tells which supporters can never be proposed to one requester."""

    def __init__(self, identity: Identity | None, today: date, case: Case | None = None) -> None:
        self._identity, self._today = identity, today
        self._refused = refused(case) if case is not None else frozenset[str]()
        self._traits = traits_of_requester(identity) if identity is not None else frozenset[str]()

    def exclude(self, supporter: Supporter) -> bool:
        trained_on = supporter.trained_on
        if supporter.status is not SupporterStatus.ACTIVE or trained_on is None:
            return True
        if trained_on > self._today or supporter.id in self._refused:
            return True
        if self._identity is None:
            return False
        is_requester = not self._traits.isdisjoint(traits_of_listed(supporter))
        return is_requester or _is_kept_apart(supporter, self._identity)


def refused(case: Case) -> frozenset[str]:
    """Return who said yes while the requester would rather have someone else."""
    return frozenset(o.supporter for o in case.offers if o.state is OfferState.NOT_WANTED)


def is_excluded(supporter: Supporter, identity: Identity | None, today: date) -> bool:
    """Tell whether a supporter can never be proposed to this requester."""
    return Exclusions(identity, today).exclude(supporter)


def is_impossible(listed: Person | Supporter, identity: Identity) -> bool:
    """Tell whether a supporter is the requester, not wanted, or too close at work."""
    return is_requester(listed, identity) or _is_kept_apart(listed, identity)


def _is_kept_apart(listed: Person | Supporter, identity: Identity) -> bool:
    is_led = bool(identity.leads) and supervises(identity.leads, listed.unit)
    return is_led or is_kept_apart(listed, identity)


class Cautions:
    """Says why supporters should rather not be asked about a case; they can still be chosen."""

    def __init__(self, case: Case, identity: Identity | None, today: date) -> None:
        self._case, self._today = case, today
        # A requester who wishes for their own department wants someone close.
        asks_for_own = case.facts.wish_department is Wish.SIMILAR
        self._identity = None if asks_for_own else identity
        self._close: dict[str, bool] = {"": False}

    def about(self, supporter: Supporter, load: Load) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        if load.open_count >= supporter.capacity:
            found += (FULL,)
        if supporter.refresher_due is not None and supporter.refresher_due < self._today:
            found += (REFRESHER_OVERDUE,)
        if self._identity is not None and self._is_too_close(supporter.unit, self._identity):
            found += (TOO_CLOSE,)
        if self._case.offers and _was_asked_before(supporter, self._case):
            found += (ASKED_BEFORE,)
        return found

    def _is_too_close(self, unit: str, identity: Identity) -> bool:
        """Tell whether this is the requester's unit."""
        if unit not in self._close:
            self._close[unit] = leads_them((unit,), identity)
        return self._close[unit]


def is_silent(supporter: Supporter, case: Case) -> bool:
    """Tell whether a supporter let an offer of this case lapse, which costs no points."""
    lapsed = (o.supporter for o in case.offers if o.state is OfferState.LAPSED)
    return supporter.id in lapsed and not _was_asked_before(supporter, case)


def _was_asked_before(supporter: Supporter, case: Case) -> bool:
    return any(_was_asked(offer) for offer in case.offers if offer.supporter == supporter.id)


def _was_asked(offer: Offer) -> bool:
    """Tell whether an offer was made and not lapsed: a stand-in is perhaps never asked."""
    if offer.state is OfferState.LAPSED:
        return False
    waited = (OfferState.STANDING_BY, OfferState.ENDED)
    return offer.sent_at is not None or offer.state not in waited
