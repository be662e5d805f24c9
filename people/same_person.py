"""Why two requests may come from the same person; people decide whether they do."""

from lib.phones import Line, is_same_line, line_of
from people.records import Identity


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
    typed = {contact.strip().lower() for contact in (identity.email, *identity.former_contacts)}
    return {contact for contact in typed if "@" in contact}


def _phones(identity: Identity, country: str) -> list[Line]:
    typed = (identity.phone, *identity.former_contacts)
    read = (line_of(contact, country) for contact in typed if "@" not in contact)
    return [line for line in read if line is not None]
