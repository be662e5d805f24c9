"""Read what came back: reports that a mail was not delivered (RFC 3464), and automatic answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from notifications.mail.mailer import is_of_mailbox

#: How our Message-IDs begin. No one guesses one, but a reply or a forwarded mail carries it on.
HEX_ID = r"[0-9a-f]{32}"
#: Longest text of an automatic answer in which we look for a day.
LONGEST_ANSWER = 10_000
#: What tells that a mail may concern us, before all of it is fetched.
HEADERS = (
    "Content-Type", "Auto-Submitted", "X-Autoreply", "X-Autorespond", "In-Reply-To", "References",
    "From", "Return-Path", "To", "Delivered-To", "X-Original-To",
)  # fmt: skip
#: Where a mail came back to.
CAME_TO = ("To", "Delivered-To", "X-Original-To")
#: Who writes for a mail server; so does who gives nowhere to write back to.
MACHINES = re.compile(r"(?:mailer-daemon|postmaster)@", re.IGNORECASE)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
#: A report on several addresses, one of which got the mail.
GOT_IT = {"delivered", "relayed", "expanded"}


class Verdict(StrEnum):
    #: Its mailbox does not exist, or is closed.
    NO_MAILBOX = "no mailbox"
    #: It came back for a reason that may pass, or that someone can mend: a policy, a full mailbox.
    SENT_BACK = "sent back"
    DELAYED = "delayed"


@dataclass(frozen=True)
class Report:
    """What became of one of our mails."""

    token: str
    verdict: Verdict
    #: Class and subject of the enhanced status code, such as "5.7"; nothing else is ever shown.
    status: str


@dataclass(frozen=True)
class Answer:
    """What a mailbox answered by itself to one of our mails."""

    token: str
    text: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Other:
    """What else a machine writes about one of our mails, of no use to us."""


@dataclass(frozen=True)
class Tokens:
    """Finds the tokens of our mails: in their Message-IDs, and where they come back to."""

    domain: str
    #: With a star in place of the token, or as it is.
    returns_to: str = ""

    def in_ids(self, text: str) -> set[str]:
        return set(re.findall(rf"<({HEX_ID})@{re.escape(self.domain)}>", text))

    def in_addresses(self, headers: list[str]) -> set[str]:
        """Return the tokens in addresses to which a mail came back."""
        if "*" not in self.returns_to:
            return set()
        before, after = map(re.escape, self.returns_to.lower().split("*"))
        address = re.compile(f"{before}({HEX_ID}){after}")
        found = (address.fullmatch(one.lower()) for _, one in getaddresses(headers))
        return {match[1] for match in found if match}


def may_concern_us(headers: Message) -> bool:
    """Tell from its headers whether a machine may have written a mail about one of ours."""
    return _is_by_machine(headers) or bool(re.search(HEX_ID, _came_to(headers), re.IGNORECASE))


def read(raw: bytes, tokens: Tokens) -> Report | Answer | Other | None:
    """Return what a mail says about one of ours; None if it is about none, or damaged."""
    try:
        mail = message_from_bytes(raw)
        return _understood(mail, tokens) or (Other() if _is_about_us(mail, raw, tokens) else None)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # Anyone may send anything; what the parser fails on is no report.


def _understood(mail: Message, tokens: Tokens) -> Report | Answer | None:
    if mail.get_content_type() == "multipart/report":
        return _report(mail, tokens)
    return _answer(mail, tokens) if _is_answer(mail) else None


def _is_about_us(mail: Message, raw: bytes, tokens: Tokens) -> bool:
    """Tell whether a machine names one of our mails: it may quote whom we mailed.

    What a person wrote is not ours to delete. Only machines write to the address in an envelope.
    """
    if tokens.in_addresses([_came_to(mail)]):
        return True
    if tokens.in_ids(f"{mail.get('Message-ID', '')}"):
        return False  # It is one of our mails.
    return _is_by_machine(mail) and bool(tokens.in_ids(raw.decode("ascii", "replace")))


def _came_to(mail: Message) -> str:
    return ", ".join(value for name in CAME_TO for value in _all(mail, name))


def _is_by_machine(mail: Message) -> bool:
    is_report = mail.get_content_type() == "multipart/report"
    is_of_nobody = _word(mail, "Return-Path") == "<>"
    return is_report or _is_automatic(mail) or is_of_nobody or _is_of_server(mail)


def _is_of_server(mail: Message) -> bool:
    return any(MACHINES.match(address) for _, address in getaddresses(_all(mail, "From")))


def _report(mail: Message, tokens: Tokens) -> Report | None:
    blocks = list(_status_blocks(mail))
    actions = {_word(block, "Action") for block in blocks}
    named = _named(mail, tokens)
    if len(named) != 1 or actions & GOT_IT:
        return None
    for action, block in ((_word(block, "Action"), block) for block in blocks):
        if action in ("failed", "delayed"):
            status = _status(block)
            return Report(named.pop(), _verdict(action, status), _shown(status))
    return None


def _named(mail: Message, tokens: Tokens) -> set[str]:
    """Return the tokens of the mails that a report names; it counts only if it is one."""
    named = tokens.in_addresses([_came_to(mail)])
    for part in _parts(mail):
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            named |= tokens.in_ids(_returned_id(part))
    return named


def _returned_id(part: Message) -> str:
    """Return the Message-ID of the mail, or of its headers, that a report gives back."""
    inner = part.get_payload()
    if isinstance(inner, list):
        original = inner[0]
    else:
        decoded = part.get_payload(decode=True)
        original = message_from_bytes(decoded if isinstance(decoded, bytes) else b"")
    return f"{original.get('Message-ID', '')}".strip() if isinstance(original, Message) else ""


def _status_blocks(mail: Message) -> Iterator[Message]:
    for part in _parts(mail):
        inner = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(inner, list):
            yield from (block for block in inner if isinstance(block, Message))


def _status(block: Message) -> str:
    """Return the status code; where it says nothing, the one in the server's own reply."""
    stated = STATUS.match(_word(block, "Status"))
    if stated and not stated[0].endswith(".0.0"):
        return stated[0]
    replied = STATUS.search(f"{block.get('Diagnostic-Code', '')}"[:400])
    return replied[0] if replied else stated[0] if stated else ""


def _verdict(action: str, status: str) -> Verdict:
    if action == "delayed":
        return Verdict.DELAYED
    is_lasting = status.startswith("5") and is_of_mailbox(status)
    return Verdict.NO_MAILBOX if is_lasting else Verdict.SENT_BACK


def _shown(status: str) -> str:
    found = re.match(r"[45]\.[0-7](?=\.)", status)
    return found[0] if found else "no status"


def _is_automatic(mail: Message) -> bool:
    """Tell whether a mailbox sent this by itself (RFC 3834)."""
    word = _word(mail, "Auto-Submitted").partition(";")[0].strip()
    return word not in ("", "no") or "X-Autoreply" in mail or "X-Autorespond" in mail


def _is_answer(mail: Message) -> bool:
    return _is_automatic(mail) and ("In-Reply-To" in mail or "References" in mail)


def _answer(mail: Message, tokens: Tokens) -> Answer | None:
    ids = " ".join(f"{v}" for name in ("In-Reply-To", "References") for v in _all(mail, name))
    named = tokens.in_ids(f"{mail.get('In-Reply-To', '')}") or tokens.in_ids(ids)
    if len(named) != 1:
        return None
    subject = f"{mail.get('Subject', '')}"[:200]
    return Answer(named.pop(), f"{subject}\n{_text(mail)}", _date(mail))


def _text(mail: Message) -> str:
    for part in mail.walk():
        body = part.get_payload(decode=True) if part.get_content_type() == "text/plain" else None
        if isinstance(body, bytes):
            charset = part.get_content_charset("utf-8")
            return body[:LONGEST_ANSWER].decode(charset, errors="replace")
    return ""


def _date(mail: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(f"{mail.get('Date', '')}")
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _parts(mail: Message) -> list[Message]:
    """Return the parts of a mail, not those of a mail inside it."""
    inner = mail.get_payload()
    return [part for part in inner if isinstance(part, Message)] if isinstance(inner, list) else []


def _word(block: Message, name: str) -> str:
    return f"{block.get(name, '')}"[:200].strip().lower()


def _all(mail: Message, name: str) -> list[str]:
    return [f"{value}" for value in mail.get_all(name, [])]
