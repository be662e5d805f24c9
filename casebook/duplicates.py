"""The same person, twice: which open requests look alike, and what becomes of their references."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from casebook.casebook import Casebook, Loaded
from matching.exclusions import is_impossible
from people.records import Identity
from people.same_person import likeness
from store import cases
from store.sealing import CannotOpen
from workflow.errors import NoSuchCase
from workflow.model import Case
from workflow.reviewers import is_barred


@dataclass(frozen=True)
class Double:
    """Another open case that may come from the same person, and why we think so."""

    other: Loaded
    why: tuple[str, ...]
    is_older: bool
    #: A hold keeps the other as it is: nothing is put together with it.
    is_held: bool


def doubles_of(casebook: Casebook, loaded: Loaded, person: str) -> list[Double]:
    """Return the open cases that look like this one, but for those that a reviewer is barred from.

    Keyed hashes say which may; only these are opened, and compared at this moment.
    """
    identity = loaded.identity
    if identity is None or not loaded.case.is_open:
        return []
    found = []
    for other in _others(casebook, loaded, identity):
        why = likeness(identity, other.identity or Identity(), casebook.program.toml.country)
        if (
            why
            and not _is_told_apart(loaded.case, other.case)
            and _may_see(casebook, other, person)
        ):
            is_held = cases.is_held(casebook.store.read(), other.stored.id)
            found.append(Double(other, why, _order(other) < _order(loaded), is_held))
    return found


def goes_on_as(casebook: Casebook, reference: str) -> str:
    """Return the reference that a request goes on under: its own unless it was a duplicate."""
    while (stored := cases.find(casebook.store.read(), reference)) and stored.case.goes_on_as:
        reference = stored.case.goes_on_as
    return reference


def may_hear_of(casebook: Casebook, reference: str, person: str) -> bool:
    """Tell whether a reviewer may hear that another request exists, if it still does."""
    try:
        return _may_see(casebook, casebook.load(reference), person)
    except (NoSuchCase, CannotOpen, ValidationError):
        return False


def has_impossible_supporter(casebook: Casebook, loaded: Loaded) -> bool:
    """Tell whether whoever is asked or said yes should not be the one, by what is known now."""
    offer = loaded.case.current_offer
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    if supporter is None or loaded.identity is None:
        return False
    return is_impossible(supporter, loaded.identity)


def _others(casebook: Casebook, loaded: Loaded, identity: Identity) -> Iterator[Loaded]:
    """Yield other open cases. A rehearsal is nobody's request, whoever's address it has."""
    for other in casebook.cases_alike(identity):
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
