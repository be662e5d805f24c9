"""Merge a newer request into an older one that a reviewer found to be the same."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from people.not_wanted import merged
from people.records import Identity
from workflow.model import EVERYTHING, Case, Facts, Promise, PromiseKind, State

P = PromiseKind
STATED = ("department", "role", "specialty", "language", "found_at")
WISHES = ("wish_role", "wish_specialty", "wish_department", "wish_site", "wish_times")
ADDRESSES = ("email", "phone")
CONTACT = (
    "email", "phone", "is_mail_ok", "is_text_ok", "is_call_ok", "is_voicemail_ok", "not_before",
)  # fmt: skip


# The case


def with_newer(older: Case, newer: Case, by: str) -> Case:
    """Return the older case with the newer one's facts and urgency; its state and promises stay."""
    stepped_back = tuple(dict.fromkeys((*older.stepped_back, *newer.stepped_back)))
    is_waiting = has_untaken_call(older, newer, by)
    case = replace(
        older,
        facts=merged_facts(older.facts, newer.facts),
        stepped_back=stepped_back,
        is_urgent=older.is_urgent or newer.is_urgent,
        was_call_taken=(older.was_call_taken or newer.was_call_taken) and not is_waiting,
        took_in=(*older.took_in, newer.reference, *newer.took_in),
        told_apart=tuple(dict.fromkeys((*older.told_apart, *newer.told_apart))),
    )
    call = _first_due(older, newer)
    if call is None or is_waiting:
        return case
    return case.without_promises(P.CALL).with_promise(call)


def has_untaken_call(older: Case, newer: Case, by: str) -> bool:
    """Tell whether somebody must still call: taking one case's call does not answer the other's.

    Somebody who stepped back from either case no longer calls. Only a case in review can wait for
    the result of a call. In other states only a call by `by`, who merges the two, counts as taken.
    """
    stepped_back = {*older.stepped_back, *newer.stepped_back}
    if older.state is not State.IN_REVIEW:
        stepped_back |= {call.subject for call in _calls(older, newer)} - {by}
    return (
        older.promise(P.URGENT) is not None
        or (newer.is_urgent and not newer.was_call_taken)
        or any(call.subject in stepped_back for call in _calls(older, newer))
    )


def _first_due(older: Case, newer: Case) -> Promise | None:
    return min(_calls(older, newer), key=lambda call: call.due_at, default=None)


def _calls(older: Case, newer: Case) -> list[Promise]:
    found = (older.promise(P.CALL), newer.promise(P.CALL))
    return [call for call in found if call is not None]


def merged_facts(older: Facts, newer: Facts) -> Facts:
    """Return the newer facts where it states them. Wishes that nobody could read do not count."""
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


def merged_identity(
    older: Identity,
    newer: Identity,
    case: Case,
    newer_facts: Facts,
    now: datetime,
) -> Identity:
    """Return the merged identity of the requester; `case` is the older case after the merge.

    It keeps everybody whom either request excludes.
    """
    both = (older, newer)
    identity = replace(
        merged(older, newer),
        **_contact(older, newer, newer_facts),
        name=newer.name or older.name,
        unit=newer.unit or older.unit,
        note=newer.note or older.note,
        unread=tuple(dict.fromkeys((*newer.unread, *older.unread))),
        response_id=newer.response_id or older.response_id,
    )
    contacts = {c for who in both for c in (*who.former_contacts, who.email, who.phone)}
    units = {unit for who in both for unit in (*who.former_units, who.unit)}
    identity = replace(
        identity,
        former_contacts=_sorted(contacts - {identity.email, identity.phone}),
        former_units=_sorted(units - {identity.unit}),
        corrected_at=now if _has_other_contact(older, identity) else older.corrected_at,
    )
    if case.state is State.IN_CONTACT:
        return replace(identity, note="", unread=())
    return identity


def _contact(older: Identity, newer: Identity, newer_facts: Facts) -> dict[str, Any]:
    """Return all contact fields of the newer request, with the older addresses where unreadable.

    Unreadable contact limits already count as the strictest ones.
    """
    if EVERYTHING in newer_facts.unreadable:
        return {"email": older.email or newer.email, "phone": older.phone or newer.phone}
    found = {name: getattr(newer, name) for name in CONTACT}
    unread = (name for name in ADDRESSES if is_unread(newer_facts, name) and not found[name])
    return found | {name: getattr(older, name) for name in unread}


def _has_other_contact(before: Identity, after: Identity) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in CONTACT)


def _sorted(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(text for text in texts if text))
