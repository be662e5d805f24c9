"""A real SMTP server that keeps what it gets, for the demo and for tests."""

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property, lru_cache
from typing import Any

from aiosmtpd.controller import Controller

REFUSALS = {
    421: "421 4.3.2 The service is shutting down",
    451: "451 4.3.0 Please try again later",
    550: "550 5.1.1 No such mailbox",
}
#: The standard library reads a header anew whenever somebody asks for it, many times a mail.
READING = default.clone(header_factory=lru_cache(maxsize=64)(default.header_factory))


def utc_now() -> datetime:
    """Return the real time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class StoredMessage:
    """One mail as it came over the wire, with its envelope."""

    number: int
    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    arrived_at: datetime

    @cached_property
    def parsed(self) -> EmailMessage:
        """Return the mail as an object of the standard library."""
        return message_from_bytes(self.raw, policy=READING)

    @cached_property
    def subject(self) -> str:
        """Return the decoded subject."""
        return str(self.parsed["Subject"] or "")

    @cached_property
    def text(self) -> str:
        """Return the plain part, or nothing."""
        return self._part("plain")

    @cached_property
    def html(self) -> str:
        """Return the HTML part, or nothing."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


class Mailbox:
    """The server: start it, read `messages`, and turn its switches at any time."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.host = host
        self.port = port or _free_port(host)
        self.clock = clock
        self.refuse_recipient_with: int | None = None
        self.refuse_data_with: int | None = None
        self.hang_after_data: float = 0.0
        self._messages: list[StoredMessage] = []
        self._arrived = threading.Condition()
        self._count = 0
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """Return the address as settings want it."""
        return f"smtp://{self.host}:{self.port}"

    @property
    def messages(self) -> list[StoredMessage]:
        """Return a copy of what has arrived, oldest first."""
        with self._arrived:
            return list(self._messages)

    def start(self) -> None:
        """Listen; a mailbox that was stopped may be started again, with what it holds."""
        self._controller = Controller(
            self,
            hostname=self.host,
            port=self.port,
            server_hostname="mailbox.example.org",
        )
        self._controller.start()

    def stop(self) -> None:
        """Close the door; what has arrived stays readable."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> "Mailbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for(self, count: int, timeout: float = 5.0) -> list[StoredMessage]:
        """Wait until `count` mails have arrived; TimeoutError names how many did."""
        with self._arrived:
            if self._arrived.wait_for(lambda: len(self._messages) >= count, timeout):
                return list(self._messages)
            raise TimeoutError(f"{len(self._messages)} of {count} mails came in {timeout} s")

    def clear(self) -> None:
        """Forget all mails; their numbers are not used again."""
        with self._arrived:
            self._messages.clear()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or refuse it as the switch says."""
        if self.refuse_recipient_with is not None:
            return _refusal(self.refuse_recipient_with)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the mail before saying so: a client that gives up waiting has delivered it."""
        if self.refuse_data_with is not None:
            return _refusal(self.refuse_data_with)
        self._keep(envelope.content, envelope.mail_from, tuple(envelope.rcpt_tos))
        await asyncio.sleep(self.hang_after_data)
        return "250 2.0.0 Kept"

    def _keep(self, raw: bytes, sender: str, recipients: tuple[str, ...]) -> None:
        with self._arrived:
            self._count += 1
            message = StoredMessage(self._count, raw, sender, recipients, self.clock())
            self._messages.append(message)
            self._arrived.notify_all()


def _refusal(status: int) -> str:
    return REFUSALS.get(status, f"{status} Refused by the mailbox")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port
