"""Write messages as mail programs expect them (RFC 5322)."""

import re
import secrets
from binascii import b2a_qp
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from notifications.mail.compose import Message, header_text
from notifications.mail.refusals import NoAddress, RelayRefused

#: What we mail to: plain ASCII, nothing quoted, nothing that a header parser would decode.
ADDRESS = re.compile(r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")

#: We make these ourselves; one that looks different is a mistake in our code.
MESSAGE_ID = re.compile(r"<[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]{1,189}>")


class Writer:
    """Writes the messages of one sender.

    The email package takes most of a mail's time to read and fold headers and to write texts in
    Python. So it folds only what may need it, and what is the same in all mails only once.
    """

    def __init__(self, mail_from: str, reply_to: str, clock: Callable[[], datetime]) -> None:
        self.sender = _sender(mail_from, "MAIL_FROM")
        answered_at = _sender(reply_to, "MAIL_REPLY_TO") if reply_to else None
        self._always = _folded("From", str(self.sender))
        if answered_at is not None:
            self._always += _folded("Reply-To", str(answered_at))
        self._clock = clock

    def write(
        self, message: Message, to: str, message_id: str, *, may_be_answered: bool = False
    ) -> bytes:
        """Return a message for one recipient; NoAddress if no one can mail to it.

        `may_be_answered` lets mailboxes answer that their owner is away.
        """
        if ADDRESS.fullmatch(to) is None:
            raise NoAddress("This is not an address that we can mail to")
        ids = filter(None, (message_id, message.thread))
        if not message_id or not all(map(MESSAGE_ID.fullmatch, ids)):
            raise ValueError("A Message-ID looks like <42.a1b2@care-desk.example.org>")
        headers = {
            "To": to,
            "Date": format_datetime(self._clock()),
            "Message-ID": message_id,
            "In-Reply-To": message.thread,
            "References": message.thread,
            "Importance": "high" if message.is_important else "",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "AutoReply" if may_be_answered else "OOF, AutoReply",
            "MIME-Version": "1.0",
        }
        subject = _folded("Subject", header_text(message.subject))
        known = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return f"{self._always}{subject}{known}".encode("ascii") + _body(message)


def _folded(name: str, value: str) -> str:
    """Return a header whose value people wrote, in short lines of ASCII."""
    folded: str = SMTP.fold(*SMTP.header_store_parse(name, value))
    return folded


def _body(message: Message) -> bytes:
    """Return the rest of a message: its text, and its HTML if it has one."""
    text = _part("plain", message.text)
    if not message.html:
        return text
    # Never in what is quoted-printable (RFC 2045).
    boundary = f"=_{secrets.token_hex(8)}"
    begin = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
    parts = (text, _part("html", message.html))
    between = (f"\r\n--{boundary}\r\n".encode() + part for part in parts)
    return begin.encode() + b"".join(between) + f"\r\n--{boundary}--\r\n".encode()


def _part(kind: str, text: str) -> bytes:
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = (line + b"\r\n" for line in text.encode().splitlines())
    return head.encode() + b2a_qp(b"".join(lines), istext=True)


def _sender(text: str, setting: str) -> Address:
    """Read "Care Desk <care-desk@example.org>"."""
    found = getaddresses([header_text(text, longest=400)])
    name, address = found[0] if len(found) == 1 else ("", "")
    if ADDRESS.fullmatch(address) is None:
        raise RelayRefused(f"{setting} holds no address that can be used")
    return Address(header_text(name), addr_spec=address)
