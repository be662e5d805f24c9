"""What may be seen of an identity: how to reach somebody, and what they wrote."""

from casebook.casebook import Casebook, Loaded
from lib.phones import dialed, dialed_through
from people.records import Identity
from workflow.model import Outcome


def may_be_opened(loaded: Loaded) -> bool:
    """Tell whether reviewers may still open who it is: not once the person withdrew."""
    return loaded.identity is not None and loaded.case.outcome is not Outcome.WITHDRAWN


def contact(loaded: Loaded) -> dict[str, object]:
    """Return who the requester is and how to reach them, as an order."""
    who = loaded.identity
    if who is None:
        return {}
    return {
        "name": who.name,
        "email": who.email,
        "phone": who.phone,
        "orders": _orders(who),
        "dial": dialed(who.phone),
        "dial_through": dialed_through(who.phone),
        "may_call": who.is_call_ok,
        "may_text": who.is_text_ok,
        "may_mail": loaded.case.facts.is_mailable,
    }


def for_reviewers(loaded: Loaded) -> dict[str, object]:
    """Return also the unit, and where to find the answers that could not be read."""
    who = loaded.identity
    more = {"unit": who.unit, "response_id": who.response_id} if who else {}
    if not loaded.case.facts.unreadable:
        more.pop("response_id", None)
    return contact(loaded) | more


def text(casebook: Casebook, loaded: Loaded, person: str) -> dict[str, object]:
    """Return what the requester wrote, and what of it somebody must read for us."""
    who = loaded.identity
    if who is None or not may_be_opened(loaded):
        return {}
    names = casebook.program.names
    unclear = [
        {
            "typed": one.typed,
            "ids": " ".join(one.could_mean),
            # Who has two ids is asked about once.
            "could_mean": {names.get(id, id): id for id in one.could_mean},
        }
        for one in (loaded.unclear_for(person) if loaded.case.is_open else ())
    ]
    return {
        "note": who.note,
        "unread": who.unread,
        "not_wanted": who.not_wanted,
        "unclear": unclear,
    }


def _orders(who: Identity) -> list[str]:
    """Say how to reach somebody as orders, the strictest first."""
    orders = []
    if who.not_before:
        orders.append(f"{who.not_before}.")
    if who.phone:
        if who.is_text_ok:
            orders.append("Text first." if who.is_call_ok else "Text only, do not call.")
        elif who.is_call_ok:
            orders.append("Call, do not text.")
        orders.append("Voicemail is fine." if who.is_voicemail_ok else "No voicemail.")
    if who.email and not who.is_mail_ok:
        orders.append("No e-mail.")
    return orders
