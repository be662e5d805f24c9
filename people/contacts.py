"""Ways to reach the requester: the first, and a second one that no one has confirmed yet."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from lib.addresses import canonical
from lib.phones import is_same_line, line_of
from people.not_wanted import merged, open_questions, settled
from people.records import Identity, Unclear
from people.units import with_settled_unit

CONTACT = (
    "email", "email_choices", "phone", "is_mail_ok", "is_text_ok", "is_call_ok", "is_voicemail_ok",
    "not_before",
)  # fmt: skip


def contact_of(identity: Identity) -> dict[str, Any]:
    """Return all fields that say how someone is reached."""
    return {name: getattr(identity, name) for name in CONTACT}


def is_same_contact(one: Identity, other: Identity, country: str) -> bool:
    """Tell whether both are reached alike, however they wrote address and number."""
    if not is_same_phone(one, other, country) or canonical(one.email) != canonical(other.email):
        return False
    return contact_of(replace(one, email="", phone="")) == contact_of(
        replace(other, email="", phone="")
    )


def is_same_phone(one: Identity, other: Identity, country: str) -> bool:
    """Tell whether both gave the same number, or none."""
    line, another = line_of(one.phone, country), line_of(other.phone, country)
    if line is None or another is None:
        return one.phone.strip() == other.phone.strip()
    return is_same_line(line, another)


def is_same_address(one: Identity, other: Identity) -> bool:
    """Tell whether both gave the same e-mail address."""
    return bool(one.email) and canonical(one.email) == canonical(other.email)


def with_address(identity: Identity, address: str) -> Identity:
    """Return the identity after a reviewer said which address is meant; "" for none of them."""
    if not address:  # What was typed stays to be read, and may still tell who must not review.
        former = (*identity.former_contacts, identity.email)
        return replace(identity, email="", email_choices=(), former_contacts=former)
    unread = tuple(one for one in identity.unread if one[0] != "email")
    return replace(identity, email=address, email_choices=(), unread=unread)


@dataclass(frozen=True)
class Corrected:
    """Which ways to reach someone a correction changes."""

    phone: bool
    email: bool


def corrected(first: Identity, second: Identity, country: str) -> Corrected:
    is_same_mail = is_same_address(first, second) or not (first.email or second.email)
    return Corrected(
        phone=not is_same_phone(first, second, country),
        email=not is_same_mail or (first.is_mail_ok and not second.is_mail_ok),
    )


def strictest(first: Identity, second: Identity) -> Identity:
    """Return the first one with only those ways that the second one allows too."""
    ways = ("is_mail_ok", "is_text_ok", "is_call_ok", "is_voicemail_ok")
    both = {way: getattr(first, way) and getattr(second, way) for way in ways}
    return replace(first, not_before=second.not_before or first.not_before, **both)


def in_effect(identity: Identity) -> Identity:
    """Return an identity with whomever its second one excludes; it counts in nothing else."""
    second = identity.second
    if second is None:
        return identity
    return remembering(merged(identity, second), second)


def settled_in_both(
    own: Identity,
    question: Unclear,
    meant: Collection[str],
    units: Collection[str],
    by: str,
) -> Identity:
    """Return an identity with a question settled wherever it was typed, in the second one too."""
    for one in open_questions(own):
        is_rest = not question.could_mean and not one.could_mean
        if is_rest or (question.could_mean and one.typed == question.typed):
            own = settled(own, one, meant, units, by)
    if own.second is None:
        return own
    return replace(own, second=settled_in_both(own.second, question, meant, units, by))


def settled_again_in_both(
    own: Identity,
    question: Unclear,
    meant: Collection[str],
    units: Collection[str],
    by: str,
) -> Identity:
    """Return an identity in which a question that was settled means more people."""
    if any(one.question == question for one in own.settled):
        own = settled(own, question, meant, units, by)
    if own.second is None:
        return own
    return replace(own, second=settled_again_in_both(own.second, question, meant, units, by))


def with_unit_in_both(own: Identity, typed: str, unit: str) -> Identity:
    """Return an identity with a typed unit settled wherever it was typed, in the second one too."""
    if typed in own.unknown_units:
        own = with_settled_unit(own, typed, unit)
    if own.second is None:
        return own
    return replace(own, second=with_unit_in_both(own.second, typed, unit))


def with_contact(identity: Identity, contact: Identity) -> Identity:
    """Return an identity that is reached as another one; what was given before still bars."""
    return remembering(replace(identity, **contact_of(contact)), identity)


def remembering(identity: Identity, other: Identity) -> Identity:
    """Return an identity that keeps the contacts and units of another one as former ones."""
    both = (identity, other)
    contacts = {
        contact
        for who in both
        for contact in (*who.former_contacts, who.email, *who.email_choices, who.phone)
    }
    units = {unit for who in both for unit in (*who.former_units, who.unit)}
    return replace(
        identity,
        former_contacts=_sorted(
            contacts - {identity.email, *identity.email_choices, identity.phone}
        ),
        former_units=_sorted(units - {identity.unit}),
        settled_units=tuple(dict.fromkeys((*identity.settled_units, *other.settled_units))),
    )


def _sorted(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(text for text in texts if text))
