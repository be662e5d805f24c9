"""Duplicates: which open cases may come from the same person, and which case goes on."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from casebook.casebook import Casebook, Loaded
from lib.faults import where
from matching.exclusions import is_impossible
from people import referrers
from people.contacts import is_same_address
from people.records import Identity
from people.same_person import likeness
from store import cases
from store.database import Database
from store.record import holds
from store.record.documents import UNREADABLE
from workflow.conditions import is_as_it_came, is_being_called, may_be_merged
from workflow.errors import NoSuchCase
from workflow.merging import what_waits, with_newer, without_confirming
from workflow.model import Case, Decision, Event, OfferState, Role, Waits
from workflow.promise_rules import Rules
from workflow.transitions import advance

log = logging.getLogger(__name__)


class First(StrEnum):
    """What reviewers do before they may merge two cases.

    If a merge did it by itself, it would tell whoever filed the newer one that both are one
    person's, before that person said so: deputies would be called, a question taken back.
    """

    NOTHING = ""
    #: The newer one is urgent: speak with the person.
    CALL = "call"
    #: The newer one leaves out the supporter who is asked about the older one: they take the
    #: question back, or wait for the answer.
    QUESTION = "question"


@dataclass(frozen=True)
class Duplicate:
    """Another open case that may come from the same person, and why."""

    other: Loaded
    why: tuple[str, ...]
    is_older: bool
    #: A hold on either case, something that its requester must confirm, or that whoever filed one
    #: of them could notice, forbids merging.
    is_fixed: bool
    #: What of the newer one the requester would have to confirm.
    waits: Waits
    #: Both gave an e-mail address, and not the same one.
    has_other_address: bool
    first: First


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
            # In the order in which they came to us: dates stand in files that people write.
            is_older = other.stored.id < loaded.stored.id
            pair = (loaded, other) if is_older else (other, loaded)
            db = casebook.store.read()
            is_held = any(holds.is_held(db, one.stored.id) for one in pair)
            is_free = may_be_merged(other.case) and may_be_merged(loaded.case)
            kept, together = _together(casebook, *pair)
            is_fixed = is_held or not is_free or _tells_who_filed_one(*pair, together)
            first = _first(casebook, pair[0], together)
            found.append(Duplicate(other, why, is_older, is_fixed, kept, _have_other(*pair), first))
    return found


def _together(casebook: Casebook, newer: Loaded, older: Loaded) -> tuple[Waits, Loaded]:
    """Return what the requester must confirm if the two are merged, and the older case until then.

    If the newer one keeps out others, in whatever way, reviewers must read it before they ask.
    """
    first, second = older.own or Identity(), newer.own or Identity()
    country = casebook.program.file.country
    kept = what_waits(first, second, older.case.facts, newer.case.facts, country)
    together = _unconfirmed(casebook, newer, older, kept)
    if kept is Waits.EVERYTHING:
        return kept, together
    if _kept_apart(casebook, together.identity or first) == _kept_apart(casebook, first):
        return kept, together
    return Waits.EVERYTHING, _unconfirmed(casebook, newer, older, Waits.EVERYTHING)


def _unconfirmed(casebook: Casebook, newer: Loaded, older: Loaded, waits: Waits) -> Loaded:
    """Return the older case after a merge, as long as no one has confirmed it."""
    case = with_newer(older.case, joining(casebook, newer, older), waits)
    own = replace(older.own or Identity(), second=newer.own)
    identity = casebook.in_effect(own, case)
    reviewing = replace(casebook.reviewing(case, identity), called=older.reviewing.called)
    return Loaded(replace(older.stored, case=case), identity, reviewing, own)


def joining(casebook: Casebook, newer: Loaded, older: Loaded) -> Case:
    """Return the newer case, hidden from people who coordinate only the older one's department.

    Either may have been filed in someone else's name, so neither gives access to the other.
    """
    coordinators = casebook.program.coordinators_of
    known = coordinators(newer.case.facts.department)
    others = (id for id in coordinators(older.case.facts.department) if id not in known)
    stepped_back = tuple(dict.fromkeys((*newer.case.stepped_back, *others)))
    return replace(newer.case, stepped_back=stepped_back)


def _kept_apart(casebook: Casebook, identity: Identity) -> frozenset[str]:
    """Return everyone on our lists who may neither review nor support this requester."""
    people = casebook.program.lists.people
    return frozenset(one.id for one in people if is_impossible(one, identity))


def _first(casebook: Casebook, newer: Loaded, together: Loaded) -> First:
    """Return what reviewers do before these two may be merged."""
    if is_being_called(newer.case):
        return First.CALL
    return First.QUESTION if asks_in_vain(casebook, together) else First.NOTHING


def _tells_who_filed_one(newer: Loaded, older: Loaded, together: Loaded) -> bool:
    """Tell whether someone who filed one of the two could notice a merge: there is another one.

    Unless both gave the same address: its reader could have withdrawn either.
    """
    first, second = older.own or Identity(), newer.own or Identity()
    are_mailable = newer.case.facts.is_mailable and older.case.facts.is_mailable
    if are_mailable and is_same_address(first, second):
        return False
    # The answer to a question may bar someone from both.
    if together.questions or not is_as_it_came(newer.case):
        return True
    return any(_takes_from_a_reviewer(one, together) for one in (newer, older))


def _takes_from_a_reviewer(one: Loaded, together: Loaded) -> bool:
    """Tell whether a reviewer of one would lose it.

    They may have filed it themselves, and know that no one withdrew it.
    """
    known = one.reviewing.entitled | one.reviewing.if_called
    keeps = together.reviewing.may_act
    return any(one.reviewing.may_act(id) and not keeps(id) for id in known)


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
    case = as_it_came(loaded.case, now, casebook.rules)
    return replace(loaded, stored=replace(loaded.stored, case=case), own=second, identity=second)


def as_it_came(newer: Case, now: datetime, rules: Rules) -> Case:
    """Return a merged case as if no one had merged it: it waits for its review."""
    decision = Decision(Event.SEPARATED, "", Role.CLOCK, other=newer.goes_on_as)
    case = advance(newer, decision, now, rules).after
    # The merge that closed it is not counted either: the number would tell of it.
    return replace(case, version=newer.version - 1)


def apart(casebook: Casebook, older: Loaded, now: datetime) -> Iterator[Loaded]:
    """Yield a case and, while no one has confirmed it, the newer one, as if they weren't merged.

    This is how both look to whoever may not know of the merge, such as someone to whom a digest
    was passed on.
    """
    confirmation, own = older.case.confirmation, older.own
    if confirmation is None or not confirmation.newer or own is None:
        yield older
        return
    case = without_confirming(older.case)
    yield replace(older, stored=replace(older.stored, case=case))
    try:
        newer = as_own(casebook, casebook.load(confirmation.newer), now)
    except (NoSuchCase, *UNREADABLE) as error:
        log.error("%s is left out: %s", confirmation.newer, where(error))
        return
    reviewing = casebook.reviewing(newer.case, newer.identity)
    yield replace(newer, reviewing=replace(reviewing, called=newer.reviewing.called))


def cases_apart(db: Database, case: Case, now: datetime, rules: Rules) -> Iterator[Case]:
    """Yield a case and, while no one has confirmed it, the newer one, as if they weren't merged."""
    yield without_confirming(case)
    newer = case.confirmation.newer if case.confirmation is not None else ""
    with suppress(*UNREADABLE):
        stored = cases.find(db, newer) if newer else None
        if stored is not None:
            yield as_it_came(stored.case, now, rules)


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


def without_referrers(casebook: Casebook, loaded: Loaded) -> Loaded:
    """Return a case as if none of those who are kept out had worried about its requester.

    Without a merge only that makes a supporter impossible whom the address of the requester does
    not: if we took the question back, or said that they cannot be the supporter, it would tell.
    """
    if loaded.identity is None or loaded.case.took_in:
        return loaded
    alone = referrers.only(loaded.identity, (), casebook.program.lists)
    return replace(loaded, identity=alone)


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
