"""Whether two records are one person: two requesters, or a requester and a listed person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from lib.addresses import canonical
from lib.phones import LOCAL_NUMBER, Line, dialed, digits_of, is_same_line, line_of, telling_digits
from lib.text import plain_words
from people.records import Identity, Person
from people.supporters import Supporter
from people.wording import AROUND_A_NAME

#: How a trait begins that is a name.
NAME = "name "


def likeness(one: Identity, other: Identity, country: str) -> tuple[str, ...]:
    """Return what two identities have in common: "e-mail", "phone", both or nothing.

    Contacts before a correction count too.
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
    contacts = (identity.email, *identity.email_choices, *identity.former_contacts)
    typed = {canonical(contact) for contact in contacts}
    return {contact for contact in typed if "@" in contact}


def _phones(identity: Identity, country: str) -> list[Line]:
    typed = (identity.phone, *identity.former_contacts)
    read = (line_of(contact, country) for contact in typed if "@" not in contact)
    return [line for line in read if line is not None]


def traits_of_duplicate(identity: Identity, country: str) -> Iterator[str]:
    """Yield traits; two identities with any `likeness` share at least one of them."""
    for email in _emails(identity):
        yield f"address {email}"
    for line in _phones(identity, country):
        yield f"line {line.number}"


@dataclass(frozen=True)
class NewTrait:
    """A trait that the files gave someone on our lists, and when."""

    id: str
    trait: str
    since: datetime


def is_requester(listed: Person | Supporter, identity: Identity) -> bool:
    """Tell whether someone on our lists is the requester; a namesake counts as the requester.

    One shared trait is enough: an address, ignoring case; a phone, ignoring country and area
    code; a whole name, also a former one or a nickname.
    """
    return not traits_of_listed(listed).isdisjoint(traits_of_requester(identity))


def traits_of_listed(listed: Person | Supporter) -> frozenset[str]:
    """Return the traits that would identify a listed person if they asked for support."""
    other_email = listed.notify_email if isinstance(listed, Supporter) else ""
    also = tuple(filter(None, (*listed.also_known_as, listed.called)))
    return _listed_traits(listed.email, other_email, listed.phone, listed.name, also)


def contacts_among(traits: frozenset[str]) -> frozenset[str]:
    """Return the addresses and phones among traits: anybody can type a name."""
    return frozenset(one for one in traits if not one.startswith(NAME))


def traits_of_requester(identity: Identity) -> frozenset[str]:
    """Return the traits that would identify a requester on our lists.

    Keyed hashes of them are stored: a change here needs a new `RULES` in casebook/recognition.py.
    """
    second = identity.second.name if identity.second is not None else ""
    typed = (identity.email, *identity.email_choices, identity.phone)
    contacts = (*typed, *identity.former_contacts)
    return _requester_traits(contacts, (identity.name, second))


# Everyone on our lists is compared with one requester, so traits are cached: those of our lists
# for later requests too, those of a requester only until the next one is compared.


@lru_cache(maxsize=1 << 14)
def _listed_traits(
    email: str, other_email: str, phone: str, name: str, also: tuple[str, ...]
) -> frozenset[str]:
    addresses = {_address(typed) for typed in (email, other_email) if typed}
    names = {trait for one in (name, *_whole(name, also)) for trait in _names(one)}
    return frozenset(addresses | {_number(digits) for digits in telling_digits(phone)} | names)


def _whole(name: str, also: Iterable[str]) -> Iterator[str]:
    """Yield former names and nicknames; one word may stand for the given or the family name."""
    words = name.partition(",")[0].split()
    for other in also:
        yield other
        if words and len(other.split()) == 1:
            yield from (f"{words[0]} {other}", f"{other} {words[-1]}")


@lru_cache(maxsize=1)
def _requester_traits(contacts: tuple[str, ...], names: tuple[str, ...]) -> frozenset[str]:
    """A contact may be address or phone; every run of digits in a phone may match a listed one."""
    found = {trait for name in names for trait in _names(name)}
    for typed in filter(None, contacts):
        found.add(_address(typed))
        for digits in {digits_of(typed), digits_of(dialed(typed))} if "@" not in typed else ():
            last = len(digits) - LOCAL_NUMBER
            found |= {_number(digits[at : at + LOCAL_NUMBER]) for at in range(last + 1)}
    return frozenset(found)


def drop_cached() -> None:
    """Drop whom was compared last."""
    _requester_traits.cache_clear()


def _address(typed: str) -> str:
    return f"address {canonical(typed)}"


def _number(digits: str) -> str:
    return f"number {digits}"


def _names(name: str) -> set[str]:
    """Return the sorted words of a whole name: all of them, and without titles and initials."""
    words = sorted(plain_words(name))
    own = [word for word in words if len(word) > 1 and word not in AROUND_A_NAME]
    return {f"{NAME}{' '.join(several)}" for several in (words, own) if len(several) > 1}
