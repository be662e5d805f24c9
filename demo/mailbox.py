"""A real SMTP server that keeps the mails it receives, for the demo and for tests."""

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property, lru_cache
from typing import Any

from aiosmtpd.controller import Controller

from demo.bounces import answer, maildir_at, report

REFUSALS = {
    421: "421 4.3.2 The service is shutting down",
    451: "451 4.3.0 Please try again later",
    550: "550 5.1.1 No such mailbox",
}
#: In the demo, mails to such addresses are accepted and come back.
NOBODY = "nobody@"
#: The standard library reads a header anew whenever somebody asks for it, many times a mail.
READING = default.clone(header_factory=lru_cache(maxsize=64)(default.header_factory))


def utc_now() -> datetime:
    """Return the real time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class StoredMessage:
    """One mail as it was received, with its SMTP envelope."""

    number: int
    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    arrived_at: datetime

    @cached_property
    def parsed(self) -> EmailMessage:
        """Return the parsed mail."""
        return message_from_bytes(self.raw, policy=READING)

    @cached_property
    def subject(self) -> str:
        """Return the decoded subject."""
        return str(self.parsed["Subject"] or "")

    @cached_property
    def text(self) -> str:
        """Return the plain text part; "" if there is none."""
        return self._part("plain")

    @cached_property
    def html(self) -> str:
        """Return the HTML part; "" if there is none."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


class Mailbox:
    """The server. Its switches may be changed while it runs."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.host = host
        self.port = port or _free_port(host)
        self.clock = clock
        #: A status code, or a whole reply such as "550 5.7.1 Relaying denied".
        self.refuse_recipient_with: int | str | None = None
        self.refuse_data_with: int | str | None = None
        self.refuse_sender_with: int | str | None = None
        #: How single addresses are refused.
        self.refuse_address_with: dict[str, int | str] = {}
        #: The status with which all mails, or those to single addresses, come back later.
        self.return_with: str | None = None
        self.return_address_with: dict[str, str] = {}
        #: Whether all mailboxes answer that their owner is away.
        self.answers_away = False
        #: Where they come back to, and answers go: a Maildir, as BOUNCES_URL names it.
        self.returns_to = ""
        #: How long it thinks about a recipient.
        self.latency: float = 0.0
        self.hang_after_data: float = 0.0
        #: How many mails more are kept without a reply: the connection ends instead.
        self.hang_up_after_data: int = 0
        self._messages: list[StoredMessage] = []
        self._arrived = threading.Condition()
        self._count = 0
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """Return the URL for the setting SMTP_URL."""
        return f"smtp://{self.host}:{self.port}"

    @property
    def messages(self) -> list[StoredMessage]:
        """Return a copy of the mails, oldest first."""
        with self._arrived:
            return list(self._messages)

    def start(self) -> None:
        """Listen. A stopped mailbox may be started again and keeps its mails."""
        self._controller = Controller(
            self,
            hostname=self.host,
            port=self.port,
            server_hostname="mailbox.example.org",
        )
        self._controller.start()

    def stop(self) -> None:
        """Stop listening. The mails stay readable."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> "Mailbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for(self, count: int, timeout: float = 60.0) -> list[StoredMessage]:
        """Wait until `count` mails have arrived; TimeoutError tells how many did."""
        with self._arrived:
            if self._arrived.wait_for(lambda: len(self._messages) >= count, timeout):
                return list(self._messages)
            raise TimeoutError(f"{len(self._messages)} of {count} mails came in {timeout} s")

    def begin_with(self, mails: list[StoredMessage]) -> None:
        """Hold the mails of another mailbox, as if they had come here."""
        with self._arrived:
            self._messages[:] = mails
            self._count = max((mail.number for mail in mails), default=0)

    def clear(self) -> None:
        """Delete all mails. Their numbers are not used again."""
        with self._arrived:
            self._messages.clear()

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept a sender, or refuse it if the switch says so."""
        if self.refuse_sender_with is not None:
            return _refusal(self.refuse_sender_with)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or refuse it if the switch says so."""
        await asyncio.sleep(self.latency)
        if self.refuse_recipient_with is not None:
            return _refusal(self.refuse_recipient_with)
        if address in self.refuse_address_with:
            return _refusal(self.refuse_address_with[address])
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Store the mail, then answer: it is delivered even if the client stops waiting."""
        if self.refuse_data_with is not None:
            return _refusal(self.refuse_data_with)
        self.keep(envelope.content, envelope.mail_from, tuple(envelope.rcpt_tos))
        if self.hang_up_after_data:
            self.hang_up_after_data -= 1
            server.transport.abort()
        await asyncio.sleep(self.hang_after_data)
        return "250 2.0.0 Kept"

    def keep(self, raw: bytes, sender: str, recipients: tuple[str, ...]) -> None:
        with self._arrived:
            self._count += 1
            message = StoredMessage(self._count, raw, sender, recipients, self.clock())
            status = self.return_with or self._status_of(recipients[0])
            if status is None:
                self._messages.append(message)
            self._arrived.notify_all()
        if status is not None:
            maildir_at(self.returns_to).add(report(message, status))
        elif self.answers_away:
            back = message.arrived_at.date() + timedelta(days=3)
            text = f"I am away until {back:%B} {back.day}."
            maildir_at(self.returns_to).add(answer(message, text))

    def _status_of(self, address: str) -> str | None:
        """Return the status with which mails to an address come back; None if they do not."""
        is_nobody = address.startswith(NOBODY) and self.returns_to
        return self.return_address_with.get(address, "5.1.1" if is_nobody else None)


def _refusal(status: int | str) -> str:
    if isinstance(status, str):
        return status
    return REFUSALS.get(status, f"{status} Refused by the mailbox")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port
