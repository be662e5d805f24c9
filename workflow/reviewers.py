"""Who may review a case, and who is barred from it. Settled before the first mail."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from people.names import folded
from people.records import Identity, Person
from people.supporters import Supporter
from workflow.model import Case, PromiseKind

#: Digits that tell a phone from others; people leave out country codes and write extensions.
LOCAL_NUMBER = 7
NO_DIGITS = re.compile(r"\D")


@dataclass(frozen=True)
class Reviewing:
    """Who reviews a case now, and which deputies are called when they stay silent."""

    reviewers: tuple[Person, ...]
    deputies: tuple[Person, ...]
    #: Who would review if they were here: not mailed, and free to act all the same.
    away: tuple[Person, ...] = ()
    #: Who took the urgent call: they say how it went, whoever reviews by then.
    calling: tuple[Person, ...] = ()

    def may_act(self, person: str) -> bool:
        known = (*self.reviewers, *self.deputies, *self.away, *self.calling)
        return any(person == p.id for p in known)


def settle(
    case: Case,
    identity: Identity,
    coordinators: Iterable[Person],
    deputies: Iterable[Person],
    outside: Person,
    absent: Collection[str] = frozenset(),
) -> Reviewing:
    """Choose the reviewers: who is neither barred nor away, else the deputies, else the outsider.

    Rather somebody who is away than somebody who is barred; rather nobody than somebody barred. The
    outside person is called as well once the deputies were called in vain.
    """

    def allowed(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in people if not is_barred(p, case, identity))

    def here(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in allowed(people) if p.id not in absent)

    coordinators, deputies = tuple(coordinators), tuple(deputies)
    free, called, last = here(coordinators), here(deputies), allowed((outside,))
    away = tuple(p for p in allowed((*coordinators, *deputies)) if p.id in absent)
    away = tuple(dict.fromkeys(away))
    call = case.promise(PromiseKind.CALL)
    anybody = {p.id: p for p in allowed((*coordinators, *deputies, outside))}
    beside = last if case.were_called_in_vain else ()
    return Reviewing(
        free or called or last or away,
        tuple(dict.fromkeys((*called, *beside))) or last or free or away,
        away,
        (anybody[call.subject],) if call and call.subject in anybody else (),
    )


def is_barred(person: Person, case: Case, identity: Identity) -> bool:
    """Tell whether somebody must not learn of this case. The reason is never recorded."""
    return (
        person.id in case.stepped_back
        or is_requester(person, identity)
        or person.id in identity.not_wanted_ids
        or leads_them(person.supervises, identity)
    )


def is_same_person(email: str, phone: str, identity: Identity) -> bool:
    """Compare addresses without case, and phones without country code and area code."""
    if not email and not phone:
        return False
    addresses, numbers = _contacts(identity.email, identity.phone, identity.former_contacts)
    if email and email.strip().lower() in addresses:
        return True
    number = _local(phone) if phone else ""
    return bool(number) and number in numbers


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
    words = _listed_name(name)
    return len(words) > 1 and words == _typed_name(identity.name)


def traits_of_listed(listed: Person | Supporter) -> Iterator[str]:
    """Yield what somebody on our lists is taken for a requester by.

    Whoever `is_requester` finds has one of these in common with `traits_of` the identity: it needs
    to look at no other. A change of that rule belongs into both, and into RULES.
    """
    other_email = listed.notify_email if isinstance(listed, Supporter) else ""
    for email in (listed.email, other_email):
        if email:
            yield f"address {email.strip().lower()}"
    if number := _local(listed.phone):
        yield f"number {number}"
    if len(words := _listed_name(listed.name)) > 1:
        yield f"name {' '.join(words)}"


def traits_of(identity: Identity) -> Iterator[str]:
    """Yield what a requester may be recognized by as somebody on our lists."""
    contacts = [c for c in (identity.email, identity.phone, *identity.former_contacts) if c]
    for contact in contacts:
        yield f"address {contact.strip().lower()}"
        # A phone on our lists counts wherever it stands among the digits that were typed.
        digits = _digits(contact) if "@" not in contact else ""
        for place in range(len(digits) - LOCAL_NUMBER + 1):
            yield f"number {digits[place : place + LOCAL_NUMBER]}"
    if len(words := _typed_name(identity.name)) > 1:
        yield f"name {' '.join(words)}"


def leads_them(units: tuple[str, ...], identity: Identity) -> bool:
    """Tell whether the requester's unit, or one typed before, is among those supervised."""
    if not units:
        return False
    if not identity.former_units:  # As it nearly always is.
        return supervises(units, identity.unit)
    return any(supervises(units, unit) for unit in (identity.unit, *identity.former_units))


def supervises(units: Collection[str], unit: str) -> bool:
    """Tell whether a unit, as typed by the requester, is among those supervised.

    Case, accents, punctuation and plurals aside; the typed words may say more.
    """
    if not units:
        return False
    typed = _typed(unit)
    for known in units:
        plain = _listed(known)
        if plain and plain in typed:
            return True
    return False


# Everybody on our lists is compared with one requester: what comes again each time is kept, of our
# lists for the next ones too, of requesters only until the next one is looked at.


@lru_cache(maxsize=1)
def _contacts(email: str, phone: str, former: tuple[str, ...]) -> tuple[frozenset[str], str]:
    """Return what may be somebody's address, and the digits of what may be their phones."""
    contacts = [contact for contact in (email, phone, *former) if contact]
    addresses = frozenset(contact.strip().lower() for contact in contacts)
    return addresses, " ".join(_digits(contact) for contact in contacts if "@" not in contact)


@lru_cache(maxsize=1 << 14)
def _local(phone: str) -> str:
    """Return the digits that tell a phone on our lists from others; "" when they are too few."""
    number = _digits(phone.lower().partition("x")[0])[-LOCAL_NUMBER:]
    return number if len(number) == LOCAL_NUMBER else ""


def _digits(phone: str) -> str:
    return NO_DIGITS.sub("", phone)


def _plain(text: str) -> str:
    """Return the words of a unit, with a space around each; "" when there are none."""
    words = re.findall(r"[^\W_]+", re.sub("['’]", "", folded(text)))
    return "".join(f" {word.removesuffix('s') or word}" for word in words) + " " * bool(words)


def _name(name: str) -> tuple[str, ...]:
    """Return the words of a name, in whichever order it was written."""
    return tuple(sorted(_plain(name).split()))


_listed = lru_cache(maxsize=1 << 14)(_plain)
_listed_name = lru_cache(maxsize=1 << 14)(_name)
_typed = lru_cache(maxsize=2)(_plain)
_typed_name = lru_cache(maxsize=1)(_name)
