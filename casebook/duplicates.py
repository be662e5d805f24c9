"""Duplicates: which open cases may come from the same person, and which case goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from matching.exclusions import is_impossible
from people.records import Identity
from people.same_person import likeness
from store import cases
from store.forgotten import holds
from workflow.errors import NoSuchCase
from workflow.model import Case
from workflow.reviewers import is_barred


@dataclass(frozen=True)
class Duplicate:
    """Another open case that may come from the same person, and why."""

    other: Loaded
    why: tuple[str, ...]
    is_older: bool
    #: A hold on the other case forbids merging.
    is_held: bool


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
        if (
            why
            and not _is_told_apart(loaded.case, other.case)
            and _may_see(casebook, other, person)
        ):
            is_held = holds.is_held(casebook.store.read(), other.stored.id)
            found.append(Duplicate(other, why, _order(other) < _order(loaded), is_held))
    return found


def goes_on_as(casebook: Casebook, reference: str) -> str:
    """Return the reference under which a case goes on: its own unless it was a duplicate."""
    while (stored := cases.find(casebook.store.read(), reference)) and stored.case.goes_on_as:
        reference = stored.case.goes_on_as
    return reference


def may_hear_of(casebook: Casebook, reference: str, person: str) -> bool:
    """Tell whether a case still exists and a reviewer may hear of it."""
    try:
        return _may_see(casebook, casebook.load(reference), person)
    except (NoSuchCase, *cases.UNREADABLE):
        return False


def has_impossible_supporter(casebook: Casebook, loaded: Loaded) -> bool:
    """Tell whether the current offer is to a supporter who is impossible by what is known now."""
    offer = loaded.case.current_offer
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    if supporter is None or loaded.identity is None:
        return False
    return is_impossible(supporter, loaded.identity)


def _others(casebook: Casebook, loaded: Loaded, identity: Identity) -> Iterator[Loaded]:
    """Yield other open cases; rehearsals are compared only with rehearsals."""
    for other in casebook.possible_duplicates(identity):
        if other.stored.id != loaded.stored.id and other.case.is_test == loaded.case.is_test:
            yield other


def _is_told_apart(one: Case, other: Case) -> bool:
    return other.reference in one.told_apart or one.reference in other.told_apart


def _may_see(casebook: Casebook, other: Loaded, person: str) -> bool:
    known = casebook.program.people.get(person)
    if known is None or other.identity is None:
        return False
    return other.reviewing.may_act(person) or not is_barred(known, other.case, other.identity)


def _order(loaded: Loaded) -> tuple[datetime, int]:
    return loaded.case.submitted_at, loaded.stored.id
