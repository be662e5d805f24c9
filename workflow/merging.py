"""Merge a newer request into an older one that a reviewer found to be the same, or separate them.

What the newer one gave as ways to be reached counts only once the requester has confirmed it at the
first address. Whom it excludes counts at once. An urgent one is called about by itself first.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from people.contacts import (
    contact_of,
    is_same_address,
    is_same_contact,
    remembering,
    with_contact,
)
from people.names import is_same_name
from people.not_wanted import merged, without_settled
from people.records import EVERYTHING, Identity
from workflow.model import (
    Case,
    Confirmation,
    Facts,
    PromiseKind,
    State,
    Waits,
)

P = PromiseKind
STATED = ("department", "role", "specialty", "language", "found_at")
WISHES = (
    "wish_role",
    "wish_specialty",
    "wish_department",
    "wish_site",
    "wish_times",
    "asks_first",
)
ADDRESSES = ("email", "phone")
#: The mail that asks whether a newer request is theirs; a reviewer asks where it cannot be sent.
WAS_THIS_YOU = "was_this_you"
#: What decides who is proposed.
LEADING = ("role", "specialty", "language", *WISHES)
EXCLUDING = (
    "not_wanted",
    "not_wanted_ids",
    "not_wanted_units",
    "unclear",
    "referrers",
    "outreach",
)

# The case


def with_newer(older: Case, newer: Case, waits: Waits = Waits.NOTHING) -> Case:
    """Return the older case with the newer one's facts; its state, urgency and promises stay.

    Who calls about it no longer does if they stepped back from the newer one.
    """
    stepped_back = tuple(dict.fromkeys((*older.stepped_back, *newer.stepped_back)))
    call = older.promise(P.CALL)
    is_calling = older.was_call_taken and not (call and call.subject in stepped_back)
    return replace(
        older,
        facts=_facts_meanwhile(older.facts, newer.facts, waits),
        confirmation=_confirmation(older, newer, waits),
        stepped_back=stepped_back,
        was_call_taken=is_calling,
        took_in=(*older.took_in, newer.reference, *newer.took_in),
        told_apart=tuple(dict.fromkeys((*older.told_apart, *newer.told_apart))),
    )


def _facts_meanwhile(older: Facts, newer: Facts, waits: Waits) -> Facts:
    """Return the facts that count as long as no one has confirmed what waits."""
    if waits is Waits.EVERYTHING:
        return older
    facts = _unconfirmed_facts(older, newer)
    if waits is Waits.NOTHING:
        return facts
    return replace(facts, is_mailable=older.is_mailable, is_reachable=older.is_reachable)


def _unconfirmed_facts(older: Facts, newer: Facts) -> Facts:
    """Return the merged facts in the older one's department.

    Anyone can type someone's address, and a department lets its coordinators see the request.
    """
    return replace(merged_facts(older, newer), department=older.department)


def _confirmation(older: Case, newer: Case, waits: Waits) -> Confirmation | None:
    """Return what the requester must confirm; the case that asks has the next version."""
    if waits is Waits.NOTHING:
        return None
    if waits is Waits.CONTACT:
        return Confirmation(older.version + 1, _unconfirmed_facts(older.facts, newer.facts))
    return replace(
        Confirmation(older.version + 1, merged_facts(older.facts, newer.facts)),
        moves=True,
        newer=newer.reference,
        took_in=(newer.reference, *newer.took_in),
        stepped_back=tuple(id for id in newer.stepped_back if id not in older.stepped_back),
    )


def without_newer(case: Case) -> Case:
    """Return a case in which nothing waits, without what the newer request had added to it."""
    confirmation = case.confirmation
    if confirmation is None:
        return case
    return replace(
        case,
        confirmation=None,
        took_in=tuple(one for one in case.took_in if one not in confirmation.took_in),
        stepped_back=tuple(id for id in case.stepped_back if id not in confirmation.stepped_back),
    )


def without_confirming(case: Case) -> Case:
    """Return a case as it would be by now if no one had merged a newer one into it."""
    if case.confirmation is None or not case.confirmation.newer:
        return case
    return (
        without_newer(case)
        .without_promises(P.CONFIRMATION)
        .without_promises(P.TELL, subject=WAS_THIS_YOU)
    )


def merged_facts(older: Facts, newer: Facts) -> Facts:
    """Return the newer facts where it states them. Wishes that no one could read do not count."""
    stated = {name: getattr(newer, name) for name in STATED if getattr(newer, name)}
    facts = replace(older, **stated)
    kept = [name for name in older.unreadable if name not in stated]
    facts = replace(facts, unreadable=tuple(dict.fromkeys((*newer.unreadable, *kept))))
    if EVERYTHING not in newer.unreadable:
        facts = replace(facts, is_mailable=newer.is_mailable, is_reachable=newer.is_reachable)
    if is_unread(newer, *ADDRESSES):
        facts = replace(facts, is_reachable=older.is_reachable or newer.is_reachable)
    read = (name for name in WISHES if not is_unread(newer, name))
    return replace(facts, **{name: getattr(newer, name) for name in read})


def is_unread(facts: Facts, *names: str) -> bool:
    """Tell whether one of these answers was unreadable."""
    return not {EVERYTHING, *names}.isdisjoint(facts.unreadable)


# The identity


def what_waits(
    older: Identity, newer: Identity, facts: Facts, newer_facts: Facts, country: str
) -> Waits:
    """Return what of the newer request the requester must confirm; `facts` are of the older one.

    Anyone can type someone's address: what decides who hears of the request always waits.
    """
    if not (facts.is_mailable and is_same_address(older, newer)):
        return Waits.EVERYTHING
    if _leads_elsewhere(older, newer, facts, newer_facts):
        return Waits.EVERYTHING
    after = replace(older, **_contact(older, newer, newer_facts))
    return Waits.NOTHING if is_same_contact(older, after, country) else Waits.CONTACT


def _leads_elsewhere(older: Identity, newer: Identity, facts: Facts, newer_facts: Facts) -> bool:
    """Tell whether the newer request would lead to another supporter, or let others see it."""
    after = merged_facts(facts, newer_facts)
    if any(getattr(after, name) != getattr(facts, name) for name in LEADING):
        return True
    if newer.name and not is_same_name(newer.name, older.name):
        return True
    excluding = merged(older, newer)
    if any(getattr(excluding, name) != getattr(older, name) for name in EXCLUDING):
        return True
    return bool(newer.unit) and newer.unit != older.unit


def identity_meanwhile(
    older: Identity,
    newer: Identity,
    case: Case,
    newer_facts: Facts,
    waits: Waits,
) -> Identity:
    """Return the identity after a merge, with what waits as its second one."""
    if waits is Waits.EVERYTHING:
        return replace(older, second=newer)
    identity = merged_identity(older, newer, case, newer_facts)
    if waits is Waits.NOTHING:
        return with_contact(identity, older)
    # Only the second one has the other contacts: a refusal leaves nothing of them.
    first = replace(identity, **contact_of(older), former_contacts=older.former_contacts)
    second = Identity(**contact_of(identity), former_contacts=newer.former_contacts)
    return replace(first, second=second)


def merged_identity(older: Identity, newer: Identity, case: Case, newer_facts: Facts) -> Identity:
    """Return the merged identity of the requester; `case` is the older case after the merge.

    It keeps everyone whom either request excludes.
    """
    identity = replace(
        merged(older, newer),
        name=newer.name or older.name,
        unit=newer.unit or older.unit,
        note=newer.note or older.note,
        unread=tuple(dict.fromkeys((*newer.unread, *older.unread))),
        response_id=newer.response_id or older.response_id,
    )
    contact = replace(newer, **_contact(older, newer, newer_facts))
    identity = with_contact(remembering(remembering(identity, older), newer), contact)
    if case.state is State.IN_CONTACT:
        return without_settled(replace(identity, note="", unread=()))
    return identity


def confirmed_identity(
    own: Identity, case: Case, newer_facts: Facts | None, now: datetime
) -> Identity:
    """Return the identity once its second one is confirmed; `newer_facts` if it is a request's."""
    alone, second = replace(own, second=None), own.second
    if second is None:
        return alone
    if newer_facts is None:
        return replace(with_contact(remembering(alone, second), second), corrected_at=now)
    identity = merged_identity(alone, second, case, newer_facts)
    is_new = contact_of(identity) != contact_of(alone)
    return replace(identity, corrected_at=now if is_new else alone.corrected_at)


def _contact(older: Identity, newer: Identity, newer_facts: Facts) -> dict[str, Any]:
    """Return all contact fields of the newer request, with the older addresses where unreadable.

    Unreadable contact limits already count as the strictest ones.
    """
    if EVERYTHING in newer_facts.unreadable:
        who = older if older.email else newer
        return contact_of(older) | {
            "email": who.email,
            "email_choices": who.email_choices,
            "phone": older.phone or newer.phone,
        }
    found = contact_of(newer)
    unread = (name for name in ADDRESSES if is_unread(newer_facts, name) and not found[name])
    return found | {name: getattr(older, name) for name in unread}
