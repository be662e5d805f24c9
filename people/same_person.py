"""Whether two are one person: two requesters, or a requester and somebody on our lists."""

from functools import lru_cache

from lib.addresses import canonical
from lib.phones import Line, digits_of, is_same_line, line_of, telling_digits
from lib.text import plain_words
from people.names import AROUND_A_NAME
from people.records import Identity, Person
from people.supporters import Supporter


def likeness(one: Identity, other: Identity, country: str) -> tuple[str, ...]:
    """Return "e-mail", "phone", both, or nothing: what two identities have in common.

    What was typed before a correction counts too.
    """
    same_email = bool(_emails(one) & _emails(other))
    same_phone = any(
        is_same_line(line, another)
        for line in _phones(one, country)
        for another in _phones(other, country)
    )
    found = (("e-mail", same_email), ("phone", same_phone))
    return tuple(what for what, is_same in found if is_same)


def _emails(identity: Identity) -> set[str]:
    typed = {canonical(contact) for contact in (identity.email, *identity.former_contacts)}
    return {contact for contact in typed if "@" in contact}


def _phones(identity: Identity, country: str) -> list[Line]:
    typed = (identity.phone, *identity.former_contacts)
    read = (line_of(contact, country) for contact in typed if "@" not in contact)
    return [line for line in read if line is not None]


def is_same_person(email: str, phone: str, identity: Identity) -> bool:
    """Compare addresses without case, and phones without country code and area code."""
    if not email and not phone:
        return False
    addresses, numbers = _contacts(identity.email, identity.phone, identity.former_contacts)
    if email and canonical(email) in addresses:
        return True
    for digits in telling_digits(phone):  # noqa: SIM110 - `any` would take twice as long
        if digits in numbers:
            return True
    return False


def is_requester(listed: Person | Supporter, identity: Identity) -> bool:
    """Tell whether somebody on our lists is who asks; a namesake is rather taken for them."""
    other_email = listed.notify_email if isinstance(listed, Supporter) else ""
    return (
        is_same_person(listed.email, listed.phone, identity)
        or (bool(other_email) and is_same_person(other_email, "", identity))
        or _is_namesake(listed.name, identity)
    )


def _is_namesake(name: str, identity: Identity) -> bool:
    """Compare whole names: who asks may write from home, with contacts that we do not know."""
    return not _listed_names(name).isdisjoint(_typed_names(identity.name))


# Everybody on our lists is compared with one requester: what comes again each time is kept, of our
# lists for the next ones too, of requesters only until the next one is looked at.


@lru_cache(maxsize=1)
def _contacts(email: str, phone: str, former: tuple[str, ...]) -> tuple[frozenset[str], str]:
    """Return what may be somebody's address, and the digits of what may be their phones."""
    contacts = [contact for contact in (email, phone, *former) if contact]
    addresses = frozenset(map(canonical, contacts))
    return addresses, " ".join(digits_of(contact) for contact in contacts if "@" not in contact)


def _names(name: str) -> frozenset[tuple[str, ...]]:
    """Return the words of a whole name in any order, as written and without titles and initials."""
    words = sorted(plain_words(name))
    own = [word for word in words if len(word) > 1 and word not in AROUND_A_NAME]
    return frozenset(tuple(several) for several in (words, own) if len(several) > 1)


_listed_names = lru_cache(maxsize=1 << 14)(_names)
_typed_names = lru_cache(maxsize=1)(_names)
