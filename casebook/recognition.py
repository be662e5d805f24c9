"""Keyed hashes of the traits that identify people, so that few identities must be opened."""

from collections.abc import Iterable
from functools import lru_cache

from people import same_person, units
from people.records import Identity
from store.sealing import keyed_hash

#: Raise this with every change of the traits; all identities are then hashed again.
RULES = 2


def rules_of(country: str) -> str:
    """Name the rules for hashing; only hashes by the same rules can be compared."""
    import phonenumbers  # Slow to import, and the webhooks do not need it.

    return f"{RULES}/{country}/{phonenumbers.__version__}"


def hashes_of(pepper: str, identity: Identity, country: str) -> frozenset[str]:
    """Hash the traits that identify a requester on our lists or in a duplicate."""
    found = {
        *same_person.traits_of_requester(identity),
        *same_person.traits_of_duplicate(identity, country),
    }
    return _hashed(pepper, found) | hashes_of_outreach(pepper, identity)


def hashes_of_outreach(pepper: str, identity: Identity) -> frozenset[str]:
    """Hash after which event a request is, to find the others after the same one."""
    if not identity.outreach:
        return frozenset()
    return frozenset({keyed_hash(pepper, "outreach", identity.outreach)})


def hashes_of_duplicates(pepper: str, identity: Identity, country: str) -> frozenset[str]:
    """Hash the traits that a duplicate would share."""
    return _hashed(pepper, same_person.traits_of_duplicate(identity, country))


@lru_cache(maxsize=2)
def hashes_of_roster(pepper: str, traits: frozenset[str]) -> frozenset[str]:
    """Hash the traits of everyone on the roster; cached until the roster changes."""
    return _hashed(pepper, traits)


def drop_cached() -> None:
    """Drop from memory who was compared last: a cache outlives the request that filled it."""
    same_person.drop_cached()
    units.drop_cached()


def _hashed(pepper: str, traits: Iterable[str]) -> frozenset[str]:
    return frozenset(keyed_hash(pepper, "trait", one) for one in traits)
