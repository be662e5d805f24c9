"""People the requester does not want: whom they mean, and what a reviewer settles about it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from people.names import recognize, without
from people.records import Identity, Unclear


def with_recognized(identity: Identity, people: Mapping[str, str]) -> Identity:
    """Return the identity with the ids of all people (id -> name) that the typed names may mean.

    Recognized names become ids; other names stay as typed.
    """
    if not identity.not_wanted:
        return identity
    found = recognize(identity.not_wanted, people)
    certain = (*certain_ids(identity), *found.certain)
    unclear = without((*identity.unclear, *found.unclear), certain)
    return _excluding(replace(identity, not_wanted=found.rest), certain, unclear)


def settled(identity: Identity, name: Unclear, meant: Collection[str]) -> Identity:
    """Return the identity after a reviewer said whom a name means; `meant` is empty for nobody."""
    certain = (*certain_ids(identity), *meant)
    unclear = (one for one in identity.unclear if one != name)
    return _excluding(identity, certain, without(unclear, certain))


def merged(older: Identity, newer: Identity) -> Identity:
    """Return the older identity with the unwanted people of both, so that no exclusion is lost."""
    certain = (*certain_ids(older), *certain_ids(newer))
    not_wanted = ", ".join(dict.fromkeys(t for t in (older.not_wanted, newer.not_wanted) if t))
    unclear = without((*older.unclear, *newer.unclear), certain)
    return _excluding(replace(older, not_wanted=not_wanted), certain, unclear)


def certain_ids(identity: Identity) -> tuple[str, ...]:
    """Return the ids that are certain, however the unclear names are settled."""
    maybe = {id for one in identity.unclear for id in one.could_mean}
    return tuple(id for id in identity.not_wanted_ids if id not in maybe)


def _excluding(
    identity: Identity, certain: tuple[str, ...], unclear: tuple[Unclear, ...]
) -> Identity:
    maybe = (id for one in unclear for id in one.could_mean)
    ids = tuple(dict.fromkeys((*certain, *maybe)))
    return replace(identity, not_wanted_ids=ids, unclear=unclear)
