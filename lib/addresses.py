"""E-mail addresses: which are safe to write to, and which are the same."""

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
    """Tell whether we can send from this address; its host may have no dot, as in a trial."""
    return SENDER.fullmatch(text) is not None


def canonical(address: str) -> str:
    """Return an address in the form for comparing: lower case, no spaces around it."""
    return address.strip().lower()


def mailbox_of(address: str) -> str:
    """Return the mailbox of an address: "alex+work@…" is mailed to "alex@…" nearly everywhere.

    Whoever is asked something because somebody else gave their address is written to there. Many
    servers refuse "alex+work@…", and the refusal would tell that we wrote, to whoever chose it.
    """
    name, at, domain = canonical(address).rpartition("@")
    return f"{name.partition('+')[0] or name}{at}{domain}"


def domain_of(address: str) -> str:
    """Return the part after the last "@", ignoring case; "" if there is none."""
    return address.rpartition("@")[2].lower()
