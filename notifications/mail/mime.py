"""Write messages as mail programs expect them (RFC 5322)."""

import re
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from functools import lru_cache

from notifications.mail.compose import Message, header_text
from notifications.mail.refusals import NoAddress, RelayRefused

#: What we mail to: plain ASCII, nothing quoted, nothing that a header parser would decode.
ADDRESS = re.compile(r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")

#: We make these ourselves; one that looks different is a mistake in our code.
MESSAGE_ID = re.compile(r"<[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]{1,189}>")


#: Most headers say the same in each mail.
HEADERS_KEPT = 32


class Headers(HeaderRegistry):
    """The standard library's headers: each class is made once, and what many mails say as well."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, type[BaseHeader]] = {}
        self._made = lru_cache(HEADERS_KEPT)(super().__call__)

    def __call__(self, name: str, value: str) -> BaseHeader:
        return self._made(name, value)

    def __getitem__(self, name: str) -> type[BaseHeader]:
        found = self._classes.get(name)
        if found is None:
            found = self._classes[name] = super().__getitem__(name)
        return found


POLICY = SMTP.clone(header_factory=Headers())


class Writer:
    """Writes the messages of one sender."""

    def __init__(self, mail_from: str, reply_to: str, clock: Callable[[], datetime]) -> None:
        self.sender = _sender(mail_from, "MAIL_FROM")
        self._reply_to = _sender(reply_to, "MAIL_REPLY_TO") if reply_to else None
        self._clock = clock

    def write(
        self, message: Message, to: str, message_id: str, *, may_be_answered: bool = False
    ) -> bytes:
        """Return a message for one recipient; NoAddress if nobody can mail to it.

        `may_be_answered` lets mailboxes answer that their owner is away.
        """
        if ADDRESS.fullmatch(to) is None:
            raise NoAddress("This is not an address that we can mail to")
        if MESSAGE_ID.fullmatch(message_id) is None:
            raise ValueError("A Message-ID looks like <42.a1b2@care-desk.example.org>")
        mail = self._mail(message, to, message_id)
        mail["X-Auto-Response-Suppress"] = "AutoReply" if may_be_answered else "OOF, AutoReply"
        return mail.as_bytes()

    def _mail(self, message: Message, to: str, message_id: str) -> EmailMessage:
        mail = EmailMessage(policy=POLICY)
        mail["From"] = str(self.sender)
        mail["To"] = to
        mail["Subject"] = header_text(message.subject)
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = message_id
        if message.thread:
            mail["In-Reply-To"] = mail["References"] = message.thread
        if message.is_important:
            mail["Importance"] = "high"
        if self._reply_to is not None:
            mail["Reply-To"] = str(self._reply_to)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text, cte="quoted-printable")
        if message.html:
            mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return mail


def _sender(text: str, setting: str) -> Address:
    """Read "Care Desk <care-desk@example.org>"."""
    found = getaddresses([header_text(text, longest=400)])
    name, address = found[0] if len(found) == 1 else ("", "")
    if ADDRESS.fullmatch(address) is None:
        raise RelayRefused(f"{setting} holds no address that can be used")
    return Address(header_text(name), addr_spec=address)
