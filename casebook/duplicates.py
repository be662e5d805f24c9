"""Duplicates: which open cases may come from the same person, and which case goes on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from matching.exclusions import is_impossible
from people.contacts import is_same_address
from people.records import Identity
from people.same_person import likeness
from store import cases
from store.record import holds
from store.record.documents import UNREADABLE
from workflow.conditions import is_as_it_came, may_be_merged
from workflow.errors import NoSuchCase
from workflow.merging import what_waits
from workflow.model import Case, Decision, Event, OfferState, Role, Waits
from workflow.transitions import advance


@dataclass(frozen=True)
class Duplicate:
    """Another open case that may come from the same person, and why."""

    other: Loaded
    why: tuple[str, ...]
    is_older: bool
    #: A hold on either case, something that its requester must confirm, or that whoever filed the
    #: newer one could notice, forbids merging.
    is_fixed: bool
    #: What of the newer one the requester would have to confirm.
    waits: Waits
    #: Both gave an e-mail address, and not the same one.
    has_other_address: bool


def duplicates_of(casebook: Casebook, loaded: Loaded, person: str) -> list[Duplicate]:
    """Return the likely duplicates of a case that a reviewer may see.

    Keyed hashes find the candidates; only their identities are opened and compared.
    """
    identity = loaded.identity
    if identity is None or not loaded.case.is_open:
        return []
    found = []
    for other in _others(casebook, loaded, identity):
        why = likeness(identity, other.identity or Identity(), casebook.program.file.country)
        if why and not _is_told_apart(loaded.case, other.case) and _may_see(other, person):
            is_older = _order(other) < _order(loaded)
            pair = (loaded, other) if is_older else (other, loaded)
            db = casebook.store.read()
            is_held = any(holds.is_held(db, one.stored.id) for one in pair)
            is_free = may_be_merged(other.case) and may_be_merged(loaded.case)
            is_fixed = is_held or not is_free or _tells_its_requester(*pair)
            found.append(
                Duplicate(
                    other, why, is_older, is_fixed, waits(casebook, *pair), _have_other(*pair)
                )
            )
    return found


def waits(casebook: Casebook, newer: Loaded, older: Loaded) -> Waits:
    """Return what of the newer case the requester must confirm if the two are merged."""
    first, second = older.own or Identity(), newer.own or Identity()
    return what_waits(
        first, second, older.case.facts, newer.case.facts, casebook.program.file.country
    )


def _tells_its_requester(newer: Loaded, older: Loaded) -> bool:
    """Tell whether the person who filed the newer case could notice a merge: there is another one.

    Unless it gave the older one's address: its reader could have withdrawn the case.
    """
    first, second = older.own or Identity(), newer.own or Identity()
    if newer.case.facts.is_mailable and is_same_address(first, second):
        return False
    return not is_as_it_came(newer.case) or _takes_from_a_reviewer(newer, older)


def _takes_from_a_reviewer(newer: Loaded, older: Loaded) -> bool:
    """Tell whether a reviewer would lose the newer case, who may have filed it themselves.

    They would lose it without having withdrawn it.
    """
    known = newer.reviewing.entitled | newer.reviewing.if_called
    # An urgent one also calls the people on call for the older one.
    called = older.reviewing.if_called if newer.case.is_urgent else frozenset()
    keeps = older.reviewing.may_act
    return any(newer.reviewing.may_act(id) and not (keeps(id) or id in called) for id in known)


def _have_other(newer: Loaded, older: Loaded) -> bool:
    """Tell whether the two gave different e-mail addresses."""
    one, other = newer.own, older.own
    have_both = one is not None and other is not None and bool(one.email and other.email)
    return have_both and one is not None and other is not None and not is_same_address(one, other)


def asked_about(casebook: Casebook, newer: Case) -> Case | None:
    """Return the older case whose requester has yet to say whether this one is theirs."""
    stored = cases.find(casebook.store.read(), newer.goes_on_as) if newer.goes_on_as else None
    confirmation = stored.case.confirmation if stored else None
    is_asked = confirmation is not None and confirmation.newer == newer.reference
    return stored.case if stored and is_asked else None


def is_unconfirmed(casebook: Casebook, case: Case) -> bool:
    """Tell whether a case was merged and its requester may still be someone else."""
    return asked_about(casebook, case) is not None


def as_own(casebook: Casebook, loaded: Loaded, now: datetime) -> Loaded:
    """Return a merged case as its own requester sees it: nothing tells that there is another.

    Once the merge is confirmed, or without one, it is the case itself.
    """
    older = asked_about(casebook, loaded.case)
    if older is None:
        return loaded
    own = casebook.load(older.reference).own
    second = own.second if own is not None else None
    decision = Decision(Event.SEPARATED, "", Role.CLOCK, other=older.reference)
    case = advance(loaded.case, decision, now, casebook.rules).after
    # The merge that closed it is not counted either: the number would tell of it.
    case = replace(case, version=loaded.case.version - 1)
    return replace(loaded, stored=replace(loaded.stored, case=case), own=second, identity=second)


def goes_on_as(casebook: Casebook, reference: str) -> str:
    """Return the reference under which a case goes on: its own unless it was a duplicate."""
    while (stored := cases.find(casebook.store.read(), reference)) and stored.case.goes_on_as:
        reference = stored.case.goes_on_as
    return reference


def goes_on_for_requester(casebook: Casebook, reference: str) -> str:
    """Return the reference under which a requester's case goes on, as far as that is confirmed."""
    while (stored := cases.find(casebook.store.read(), reference)) and stored.case.goes_on_as:
        if is_unconfirmed(casebook, stored.case):
            return reference
        reference = stored.case.goes_on_as
    return reference


def leads_to(casebook: Casebook, reference: str, role: Role) -> str:
    """Return which case a link opens: after a merge the older one, except for supporters.

    A requester's link opens their own request until the merge is confirmed at the older's address.
    """
    match role:
        case Role.SUPPORTER:
            return reference
        case Role.REQUESTER:
            return goes_on_for_requester(casebook, reference)
        case _:
            return goes_on_as(casebook, reference)


def may_hear_of(casebook: Casebook, reference: str, person: str) -> bool:
    """Tell whether a case still exists and a reviewer may hear of it."""
    try:
        return _may_see(casebook.load(reference), person)
    except (NoSuchCase, *UNREADABLE):
        return False


def has_impossible_supporter(casebook: Casebook, loaded: Loaded) -> bool:
    """Tell whether the current offer is to a supporter who is impossible by what is known now."""
    offer = loaded.case.current_offer
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    if supporter is None or loaded.identity is None:
        return False
    return is_impossible(supporter, loaded.identity)


def asks_in_vain(casebook: Casebook, loaded: Loaded) -> bool:
    """Tell whether the supporter who is asked must not be, by what is known now."""
    offer = loaded.case.current_offer
    is_asked = offer is not None and offer.state is OfferState.OPEN
    return is_asked and has_impossible_supporter(casebook, loaded)


def _others(casebook: Casebook, loaded: Loaded, identity: Identity) -> Iterator[Loaded]:
    """Yield other open cases; rehearsals are compared only with rehearsals."""
    for other in casebook.possible_duplicates(identity):
        if other.stored.id != loaded.stored.id and other.case.is_test == loaded.case.is_test:
            yield other


def _is_told_apart(one: Case, other: Case) -> bool:
    return other.reference in one.told_apart or one.reference in other.told_apart


def _may_see(other: Loaded, person: str) -> bool:
    """Tell whether a reviewer may learn of another case: only if it is theirs as well.

    Otherwise any reviewer could fill out the form in someone's name to see whether they have
    asked.
    """
    return other.identity is not None and other.reviewing.may_act(person)


def _order(loaded: Loaded) -> tuple[datetime, int]:
    return loaded.case.submitted_at, loaded.stored.id
