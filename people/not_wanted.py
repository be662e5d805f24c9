"""People the requester does not want: whom they mean, and what a reviewer settles about it.

What is left of the answer once everyone on our lists is recognized stays in `not_wanted` as it was
typed. As long as anything stands there it is a question to the reviewers, like an unclear name.
Until the first contact another reviewer may still name more people than the one who settled it.
"""

from collections.abc import Collection
from dataclasses import replace

from lib.text import folded
from people.lists import Lists
from people.names import recognize, without
from people.records import NOT_ONE_ANSWER, Identity, Settled, Unclear
from people.wording import COORDINATES, LEADS, PEER_SUPPORT
from people.words_of_names import name_words, words_of

#: What a reviewer may name beside people; no id has a space.
#: Words this short stand in any text.
SHORT = 2
WHOLE_UNIT, LEADERS = "whole unit ", "leaders of their unit"


def with_recognized(identity: Identity, lists: Lists) -> Identity:
    """Return the identity with the ids of everyone on our lists whom the typed text may mean.

    Recognized names become ids; everything else stays as typed, and is asked about.
    """
    if not identity.not_wanted and not identity.not_wanted_units:
        return identity
    identity = replace(identity, not_wanted_as_typed=_as_typed(identity))
    found = recognize(identity.not_wanted, lists, identity)
    units = tuple(dict.fromkeys((*identity.not_wanted_units, *found.units)))
    # People who join such a unit later are not wanted either.
    certain = (*certain_ids(identity), *found.certain, *lists.people_of(units))
    unclear = without((*identity.unclear, *found.unclear), certain)
    identity = replace(identity, not_wanted=found.rest, not_wanted_units=units)
    return _excluding(identity, certain, unclear)


def perhaps_meant(identity: Identity, lists: Lists) -> tuple[str, ...]:
    """Return whoever may be named where a body breaks: one name that stands there is enough.

    To ask first and exclude later would mail the very person whom the requester fears.
    """
    unread = (text for what, text in identity.unread if what in NOT_ONE_ANSWER)
    words = {word for text in unread for word in words_of(folded(text)) if len(word) > SHORT}
    if not words:
        return ()
    called = ((id, (name, *lists.also.get(id, ()))) for id, name in lists.names.items())
    return tuple(
        id for id, names in called if not all(words.isdisjoint(name_words(name)) for name in names)
    )


def perhaps_by_role(
    identity: Identity, coordinators: Collection[str], leaders: Collection[str]
) -> tuple[str, ...]:
    """Return whoever may be meant by a role that is still asked about: "no managers".

    A role beside the name of someone who has it says only who that is.
    """
    found = list[str]()
    for one in open_questions(identity):
        text = folded(one.typed)
        words = {word.removesuffix("s") for word in words_of(text)}
        coordinate = not COORDINATES.isdisjoint(words) or PEER_SUPPORT.search(text)
        for is_said, ids in ((coordinate, coordinators), (LEADS & words, leaders)):
            if is_said and not {*ids} & {*one.could_mean}:
                found += ids
    return tuple(dict.fromkeys(found))


def open_questions(identity: Identity) -> tuple[Unclear, ...]:
    """Return what a reviewer must settle before anyone is asked: unclear names, then the rest."""
    rest = (Unclear(identity.not_wanted, ()),) if identity.not_wanted else ()
    return (*identity.unclear, *rest)


def settled(
    identity: Identity,
    question: Unclear,
    meant: Collection[str],
    units: Collection[str] = (),
    by: str = "",
) -> Identity:
    """Return the identity after a reviewer said who is meant: people, whole units, or no one."""
    answer = Settled(question, by, tuple(meant), tuple(units))
    identity = replace(
        identity,
        not_wanted_units=tuple(dict.fromkeys((*identity.not_wanted_units, *units))),
        settled=tuple(dict.fromkeys((*identity.settled, answer))),
    )
    certain = (*certain_ids(identity), *meant)
    unclear = (one for one in identity.unclear if one != question)
    if not question.could_mean and question.typed == identity.not_wanted:
        identity = replace(identity, not_wanted="")
    return _excluding(identity, certain, without(unclear, certain))


def without_settled(identity: Identity) -> Identity:
    """Return the identity without the words that were settled; whom they exclude stays."""
    return _excluding(replace(identity, settled=()), certain_ids(identity), identity.unclear)


def merged(older: Identity, newer: Identity) -> Identity:
    """Return the older identity with the unwanted people of both, so that no exclusion is lost."""
    certain = (*certain_ids(older), *certain_ids(newer))
    not_wanted = ", ".join(dict.fromkeys(t for t in (older.not_wanted, newer.not_wanted) if t))
    unclear = without((*older.unclear, *newer.unclear), certain)
    units = tuple(dict.fromkeys((*older.not_wanted_units, *newer.not_wanted_units)))
    as_typed = ", ".join(dict.fromkeys(t for t in map(_as_typed, (older, newer)) if t))
    older = replace(
        older,
        not_wanted=not_wanted,
        not_wanted_units=units,
        not_wanted_as_typed=as_typed,
        settled=tuple(dict.fromkeys((*older.settled, *newer.settled))),
        outreach=older.outreach or newer.outreach,
        referrers=tuple(dict.fromkeys((*older.referrers, *newer.referrers))),
    )
    return _excluding(older, certain, unclear)


def certain_ids(identity: Identity) -> tuple[str, ...]:
    """Return the ids that are certain, however the unclear names are settled."""
    maybe = {id for one in identity.unclear for id in one.could_mean}
    return tuple(id for id in identity.not_wanted_ids if id not in maybe)


def _excluding(
    identity: Identity, certain: tuple[str, ...], unclear: tuple[Unclear, ...]
) -> Identity:
    maybe = (id for one in unclear for id in one.could_mean)
    ids = tuple(dict.fromkeys((*certain, *maybe)))
    is_read = unclear or identity.not_wanted or identity.settled
    as_typed = identity.not_wanted_as_typed if is_read else ""
    return replace(identity, not_wanted_ids=ids, unclear=unclear, not_wanted_as_typed=as_typed)


def _as_typed(identity: Identity) -> str:
    """Return the whole answer; of what an earlier release stored, what is left of it."""
    return identity.not_wanted_as_typed or identity.not_wanted
