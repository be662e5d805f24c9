"""Why two requests may come from the same person; people decide whether they do."""

from collections.abc import Iterator

from people.records import Identity

#: A number that cannot be parsed tells nothing with fewer digits.
FEWEST_DIGITS = 7

#: An address or a number without its extension, and the extension.
Line = tuple[str, str]


def likeness(one: Identity, other: Identity, country: str) -> tuple[str, ...]:
    """Return "e-mail", "phone", both, or nothing: what two identities have in common.

    What was typed before a correction counts too.
    """
    same_email = bool(_emails(one) & _emails(other))
    same_phone = any(
        _is_same_line(line, another)
        for line in _phones(one, country)
        for another in _phones(other, country)
    )
    found = (("e-mail", same_email), ("phone", same_phone))
    return tuple(what for what, is_same in found if is_same)


def traits_of(identity: Identity, country: str) -> Iterator[str]:
    """Yield of what two identities with any likeness have at least one in common."""
    for email in _emails(identity):
        yield f"address {email}"
    for number, _ in _phones(identity, country):
        yield f"line {number}"


def read_phone(typed: str, country: str) -> Line | None:
    """Return a phone in E.164 and its extension; bare digits when it cannot be parsed."""
    # Here, not above: the doors and the worker never compare, and need not load it.
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        is_possible_number,
        parse,
    )

    try:
        number = parse(typed, country)
    except NumberParseException:
        number = None
    if number is not None and is_possible_number(number):
        return format_number(number, PhoneNumberFormat.E164), number.extension or ""
    digits = "".join(letter for letter in typed if letter.isdecimal())
    return (digits, "") if len(digits) >= FEWEST_DIGITS else None


def _is_same_line(one: Line, other: Line) -> bool:
    """An extension that only one of them gives tells nothing."""
    return one[0] == other[0] and (one[1] == other[1] or not (one[1] and other[1]))


def _emails(identity: Identity) -> set[str]:
    typed = {contact.strip().lower() for contact in (identity.email, *identity.former_contacts)}
    return {contact for contact in typed if "@" in contact}


def _phones(identity: Identity, country: str) -> list[Line]:
    typed = (identity.phone, *identity.former_contacts)
    read = (read_phone(contact, country) for contact in typed if "@" not in contact)
    return [line for line in read if line is not None]
