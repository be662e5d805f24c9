"""Who may review a case, and who is barred from it. This is decided before the first mail."""

import re
from collections.abc import Collection, Iterable
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
    """Who reviews a case now, and which deputies are called if the reviewers do not act."""

    reviewers: tuple[Person, ...]
    deputies: tuple[Person, ...]
    #: Coordinators and deputies who are away. They get no mail but may act.
    away: tuple[Person, ...] = ()
    #: Who took the urgent call. They may report its result even if others review by then.
    calling: tuple[Person, ...] = ()

    def may_act(self, person: str) -> bool:
        known = (*self.reviewers, *self.deputies, *self.away, *self.calling)
        return any(person == p.id for p in known)


def choose_reviewers(
    case: Case,
    identity: Identity,
    coordinators: Iterable[Person],
    deputies: Iterable[Person],
    outside: Person,
    absent: Collection[str] = frozenset(),
) -> Reviewing:
    """Choose the reviewers: the coordinators, else the deputies, else the outside person.

    Nobody who is barred is ever chosen. Somebody who is away is chosen only when everybody else is
    barred or away. The outside person is called as well once the deputies have stayed silent.
    """

    def allowed(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in people if not is_barred(p, case, identity))

    def here(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(p for p in allowed(people) if p.id not in absent)

    coordinators, deputies = tuple(coordinators), tuple(deputies)
    present, called, last = here(coordinators), here(deputies), allowed((outside,))
    away = tuple(p for p in allowed((*coordinators, *deputies)) if p.id in absent)
    away = tuple(dict.fromkeys(away))
    call = case.promise(PromiseKind.CALL)
    anybody = {p.id: p for p in allowed((*coordinators, *deputies, outside))}
    beside = last if case.are_deputies_silent else ()
    return Reviewing(
        present or called or last or away,
        tuple(dict.fromkeys((*called, *beside))) or last or present or away,
        away,
        (anybody[call.subject],) if call and call.subject in anybody else (),
    )


def is_barred(person: Person, case: Case, identity: Identity) -> bool:
    """Tell whether somebody must not learn of this case. We never record the reason."""
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
