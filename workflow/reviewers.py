"""Who may review a case, and who is barred from it. Settled before the first mail."""

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


def is_requester(listed: Person | Supporter, identity: Identity) -> bool:
    """Tell whether somebody on our lists is who asks; a namesake is rather taken for them.

    They are when they have a trait in common: an address, without case; a phone, without country
    code and area code; a whole name.
    """
    return not traits_of_listed(listed).isdisjoint(traits_of(identity))


def traits_of_listed(listed: Person | Supporter) -> frozenset[str]:
    """Return what somebody on our lists would be recognized by if they asked."""
    other_email = listed.notify_email if isinstance(listed, Supporter) else ""
    return _listed_traits(listed.email, other_email, listed.phone, listed.name)


def traits_of(identity: Identity) -> frozenset[str]:
    """Return what a requester would be recognized by if they were on our lists.

    Its keyed hashes are stored: whoever changes a trait raises `RULES` of casebook/recognition.py.
    """
    contacts = (identity.email, identity.phone, *identity.former_contacts)
    return _typed_traits(contacts, identity.name)


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


@lru_cache(maxsize=1 << 14)
def _listed_traits(email: str, other_email: str, phone: str, name: str) -> frozenset[str]:
    found = {_address(typed) for typed in (email, other_email) if typed}
    # Without an extension.
    number = _digits(phone.lower().partition("x")[0])[-LOCAL_NUMBER:]
    if len(number) == LOCAL_NUMBER:
        found.add(f"number {number}")
    return frozenset(found | _whole_name(name))


@lru_cache(maxsize=1)
def _typed_traits(contacts: tuple[str, ...], name: str) -> frozenset[str]:
    """A contact may be either; a phone on our lists counts wherever its digits stand in it."""
    found = _whole_name(name)
    for typed in filter(None, contacts):
        found.add(_address(typed))
        digits = "" if "@" in typed else _digits(typed)
        last = len(digits) - LOCAL_NUMBER
        found |= {f"number {digits[at : at + LOCAL_NUMBER]}" for at in range(last + 1)}
    return frozenset(found)


def _address(typed: str) -> str:
    return f"address {typed.strip().lower()}"


def _whole_name(name: str) -> set[str]:
    """Name somebody by all their words, in whichever order; who asks may write from home."""
    words = sorted(_plain(name).split())
    return {f"name {' '.join(words)}"} if len(words) > 1 else set()


def _digits(phone: str) -> str:
    return NO_DIGITS.sub("", phone)


def _plain(text: str) -> str:
    """Return the words of a unit, with a space around each; "" when there are none."""
    words = re.findall(r"[^\W_]+", re.sub("['’]", "", folded(text)))
    return "".join(f" {word.removesuffix('s') or word}" for word in words) + " " * bool(words)


_listed = lru_cache(maxsize=1 << 14)(_plain)
_typed = lru_cache(maxsize=2)(_plain)
