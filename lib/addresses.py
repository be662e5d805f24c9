"""E-mail addresses: which ones are safe to write to, and which are the same."""

import re

_NAME = r"[a-z0-9_+'&~=-]+(\.[a-z0-9_+'&~=-]+)*"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LEVEL = r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
#: The lengths that the mailer takes.
_LENGTHS = r"(?=[^@]{1,64}@[^@]{1,189}\Z)(?!.*=\?)"
ADDRESS = re.compile(rf"{_LENGTHS}{_NAME}@({_LABEL}\.)+{_TOP_LEVEL}", re.IGNORECASE | re.ASCII)
SENDER = re.compile(rf"{_LENGTHS}{_NAME}@({_LABEL}\.)*{_LABEL}", re.IGNORECASE | re.ASCII)


def is_address(text: str) -> bool:
    """Tell whether a text is one address that is safe to write to, and nothing else."""
    return ADDRESS.fullmatch(text) is not None


def is_sender(text: str) -> bool:
    """Tell whether we can write from it; the host may have no dot, as on a trial machine."""
    return SENDER.fullmatch(text) is not None


def canonical(address: str) -> str:
    """Return an address as it is compared: case and spaces around it aside."""
    return address.strip().lower()
