"""Referrers: people on our lists who may have referred a requester never hear of the request."""

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


def _ids_of(referrer: Referrer, lists: Lists) -> tuple[str, ...]:
    who = Identity(name=referrer.name, email=referrer.address)
    same = (one.id for one in lists.people if is_requester(one, who))
    named = recognize(referrer.name, lists)
    could_be = (id for one in named.unclear for id in one.could_mean)
    return (*same, *named.certain, *could_be)
