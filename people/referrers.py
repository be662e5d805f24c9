"""Referrers: who may have referred a requester never supports them, and, if sure, never reviews."""

from collections.abc import Callable
from dataclasses import replace

from people.lists import Lists
from people.names import recognize
from people.records import Identity, Referrer
from people.same_person import is_requester


def ids_of(identity: Identity, lists: Lists) -> tuple[str, ...]:
    """Return the ids of everyone on our lists who may have referred a requester.

    We ask no one who is meant, because that would reveal the referral. Everyone who could be meant
    is kept out.
    """
    found = (id for referrer in identity.referrers for id in _ids_of(referrer, lists))
    return tuple(dict.fromkeys(found))


def who_count(identity: Identity, lists: Lists, left: Callable[[Identity], int]) -> Identity:
    """Return an identity without the referrers who would leave none of several coordinators.

    Anybody can type the names of colleagues, and must not decide that deputies come instead.
    `left` counts the coordinators; one who is alone is kept out in any case. Whoever is known by
    the form's link alone is not counted.
    """
    if not identity.referrer_ids:
        return identity
    counted = only(identity, (), lists)
    known = tuple(one for one in identity.referrers if not one.is_by_link)
    is_sure = known == identity.referrers
    ids = identity.referrer_ids if is_sure else ids_of(replace(identity, referrers=known), lists)
    if left(counted) < 2:
        return only(identity, ids, lists)
    for id in ids:
        more = only(identity, (*counted.referrer_ids, id), lists)
        counted = more if left(more) else counted
    return counted


def only(identity: Identity, ids: tuple[str, ...], lists: Lists) -> Identity:
    """Return an identity from which only these referrers are kept apart."""
    identity = replace(identity, referrer_ids=ids)
    return replace(identity, kept_apart_ids=lists.kept_apart_as_others(identity))


def _ids_of(referrer: Referrer, lists: Lists) -> tuple[str, ...]:
    who = Identity(name=referrer.name, email=referrer.address)
    same = (one.id for one in lists.people if is_requester(one, who))
    named = recognize(referrer.name, lists)
    could_be = (id for one in named.unclear for id in one.could_mean)
    return (*same, *named.certain, *could_be)
