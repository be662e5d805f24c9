"""People the requester does not want: whom they mean, and what a reviewer settles about it.

What is left of the answer once everybody on our lists is recognized stays in `not_wanted` as it was
typed. As long as anything stands there it is a question to the reviewers, like an unclear name.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from people.names import recognize, without
from people.records import Identity, Unclear


def with_recognized(identity: Identity, people: Mapping[str, str]) -> Identity:
    """Return the identity with the ids of all people (id -> name) that the typed names may mean.

    Recognized names become ids; everything else stays as typed, and is asked about.
    """
    if not identity.not_wanted:
        return identity
    found = recognize(identity.not_wanted, people)
    certain = (*certain_ids(identity), *found.certain)
    unclear = without((*identity.unclear, *found.unclear), certain)
    return _excluding(replace(identity, not_wanted=found.rest), certain, unclear)


def open_questions(identity: Identity) -> tuple[Unclear, ...]:
    """Return what a reviewer must settle before anybody is asked: unclear names, then the rest."""
    rest = (Unclear(identity.not_wanted, ()),) if identity.not_wanted else ()
    return (*identity.unclear, *rest)


def settled(identity: Identity, question: Unclear, meant: Collection[str]) -> Identity:
    """Return the identity after a reviewer said who is meant; `meant` is empty for nobody."""
    certain = (*certain_ids(identity), *meant)
    unclear = (one for one in identity.unclear if one != question)
    if not question.could_mean and question.typed == identity.not_wanted:
        identity = replace(identity, not_wanted="")
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
