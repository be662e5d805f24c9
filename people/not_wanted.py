"""People not wanted: whom the requester means, and what a reviewer settles about it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from people.names import recognize, without
from people.records import Identity, Unclear


def with_recognized(identity: Identity, people: Mapping[str, str]) -> Identity:
    """Take everybody (id -> name) for unwanted who is, or may be, meant by what was typed.

    Recognized names become ids; what means nobody is left as it was typed.
    """
    if not identity.not_wanted:
        return identity
    found = recognize(identity.not_wanted, people)
    certain = (*surely(identity), *found.certain)
    unclear = without((*identity.unclear, *found.unclear), certain)
    return _excluding(replace(identity, not_wanted=found.rest), certain, unclear)


def settled(identity: Identity, name: Unclear, meant: Collection[str]) -> Identity:
    """Return the identity once a reviewer said who is meant by a name; perhaps nobody we know."""
    certain = (*surely(identity), *meant)
    unclear = (one for one in identity.unclear if one != name)
    return _excluding(identity, certain, without(unclear, certain))


def joined(older: Identity, newer: Identity) -> Identity:
    """Return the older identity with the unwanted of both: an exclusion never gets lost."""
    certain = (*surely(older), *surely(newer))
    not_wanted = ", ".join(dict.fromkeys(t for t in (older.not_wanted, newer.not_wanted) if t))
    unclear = without((*older.unclear, *newer.unclear), certain)
    return _excluding(replace(older, not_wanted=not_wanted), certain, unclear)


def surely(identity: Identity) -> tuple[str, ...]:
    """Return the ids of those who are meant, whatever becomes of what is unclear."""
    maybe = {id for one in identity.unclear for id in one.could_mean}
    return tuple(id for id in identity.not_wanted_ids if id not in maybe)


def _excluding(
    identity: Identity, certain: tuple[str, ...], unclear: tuple[Unclear, ...]
) -> Identity:
    maybe = (id for one in unclear for id in one.could_mean)
    ids = tuple(dict.fromkeys((*certain, *maybe)))
    return replace(identity, not_wanted_ids=ids, unclear=unclear)
