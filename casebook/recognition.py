"""Keyed hashes of what people are recognized by, so that few sealed identities must be opened."""

from collections.abc import Iterable
from functools import lru_cache

from people import same_person
from people.records import Identity
from store.sealing import keyed_hash

#: To be raised with every change of what people are recognized by: then all are hashed anew.
RULES = 1


def rules_of(country: str) -> str:
    """Name the rules by which an identity is hashed: two are only compared by the same ones."""
    import phonenumbers  # Only here is it needed, and not by the doors.

    return f"{RULES}/{country}/{phonenumbers.__version__}"


def hashes_of(pepper: str, identity: Identity, country: str) -> frozenset[str]:
    """Hash what a requester may be recognized by, as somebody on our lists or as asking twice."""
    found = {
        *same_person.traits_of_requester(identity),
        *same_person.traits_of_duplicate(identity, country),
    }
    return _hashed(pepper, found)


def hashes_of_doubles(pepper: str, identity: Identity, country: str) -> frozenset[str]:
    """Hash what another request of the same person has in common with this one."""
    return _hashed(pepper, same_person.traits_of_duplicate(identity, country))


@lru_cache(maxsize=2)
def hashes_of_roster(pepper: str, traits: frozenset[str]) -> frozenset[str]:
    """Hash the traits of everybody on the roster: anew only when the roster changes."""
    return _hashed(pepper, traits)


def _hashed(pepper: str, traits: Iterable[str]) -> frozenset[str]:
    return frozenset(keyed_hash(pepper, "trait", one) for one in traits)
