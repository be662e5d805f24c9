"""SMTP, and nothing but SMTP: hand over one message and say what the answer means."""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from urllib.parse import unquote, urlsplit

from notifications.mail.compose import Message, header_text

#: All waits of one send together stay below this; claim a message for longer.
SEND_LIMIT = timedelta(minutes=20)

DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}

#: What a server refuses; about the others a mailbox is never the reason.
RECIPIENT, MESSAGE = "the recipient", "the message"

#: What we mail to: plain ASCII, nothing quoted, nothing that a header parser would decode.
ADDRESS = re.compile(r"(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")

#: We make these ourselves; one that looks different is a mistake in our code.
MESSAGE_ID = re.compile(r"<[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]{1,189}>")

#: Enhanced status codes (RFC 3463) by which a mailbox is the reason: its address, but for the
#: sender's own (X.1.7, X.1.8), or that it is closed. All others concern the server or us.
OF_MAILBOX = re.compile(r"\.(1\.(?![78]$)\d+|2\.1)$")
#: A full mailbox passes.
OF_FULL_MAILBOX = re.compile(r"\.2\.2$")
#: What the same means, at RCPT, for servers without enhanced status codes (RFC 5321).
UNKNOWN_MAILBOX, FULL_MAILBOX = {550, 551, 553}, {452, 552}


class Headers(HeaderRegistry):
    """The standard library's headers, with the class of each made once and not for each mail."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        found = self._classes.get(name)
        if found is None:
            found = self._classes[name] = super().__getitem__(name)
        return found


POLICY = SMTP.clone(header_factory=Headers())


class MailError(Exception):
    """A message was not accepted. Its text carries no address and no words of the server."""


class TransientMailError(MailError):
    """Trying again later may help."""


class RecipientRefused(MailError):
    """The server says that the recipient's mailbox is the reason: an unknown or closed one."""


class NoAddress(RecipientRefused):
    """Nobody can mail to this text, whatever the server says."""


class RelayRefused(MailError):
    """The reason is ours or the server's: trying again helps once somebody has corrected it."""


@dataclass(frozen=True)
class SmtpServer:
    """Where to hand in mail, read from SMTP_URL."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        """Read `smtp://`, `smtp+starttls://` or `smtps://` with user:password@host:port."""
        try:
            parts = urlsplit(url)
            port = parts.port or DEFAULT_PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise RelayRefused("SMTP_URL is not a mail server's address") from None
        if not parts.hostname:
            raise RelayRefused("SMTP_URL names no host")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname, port, user, password)


class Mailer:
    """Sends messages over one connection that it keeps. Belongs to one thread."""

    def __init__(
        self,
        smtp_url: str,
        mail_from: str,
        reply_to: str,
        *,
        returns_to: str = "",
        clock: Callable[[], datetime],
        timeout: float = 30,
        data_timeout: float = 600,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = SmtpServer.from_url(smtp_url)
        self._sender = _sender(mail_from, "MAIL_FROM")
        self._reply_to = _sender(reply_to, "MAIL_REPLY_TO") if reply_to else None
        #: Where undeliverable mails come back to, perhaps with a star for what names the mail.
        self._returns_to = returns_to or self._sender.addr_spec
        self._clock = clock
        self._timeout = timeout
        self._data_timeout = data_timeout
        self._tls = tls
        self._smtp: smtplib.SMTP | None = None

    def connect(self) -> None:
        """Open a connection unless there is one; MailError when the server is not there."""
        if self._smtp is None:
            self._smtp = self._connect()

    def send(
        self, message: Message, *, to: str, message_id: str, may_be_answered: bool = False
    ) -> None:
        """Return once the server has taken responsibility for the message; else MailError."""
        if ADDRESS.fullmatch(to) is None:
            raise NoAddress("This is not an address that we can mail to")
        if MESSAGE_ID.fullmatch(message_id) is None:
            raise ValueError("A Message-ID looks like <42.a1b2@care-desk.example.org>")
        mail = self._mail(message, to, message_id)
        mail["X-Auto-Response-Suppress"] = "AutoReply" if may_be_answered else "OOF, AutoReply"
        try:
            self._hand_over(self._connection(), to, token_of(message_id), mail.as_bytes())
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise TransientMailError(f"The mail server fell silent: {_kind(error)}") from None

    def close(self) -> None:
        """Say goodbye to the server; the next message opens a new connection."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def _context(self) -> ssl.SSLContext:
        """Return what TLS trusts; reading it is slow, so only a connection that needs it does."""
        return self._tls or ssl.create_default_context()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _mail(self, message: Message, to: str, message_id: str) -> EmailMessage:
        mail = EmailMessage(policy=POLICY)
        mail["From"] = self._sender
        mail["To"] = to
        mail["Subject"] = header_text(message.subject)
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = message_id
        if message.thread:
            mail["In-Reply-To"] = mail["References"] = message.thread
        if message.is_important:
            mail["Importance"] = "high"
        if self._reply_to is not None:
            mail["Reply-To"] = self._reply_to
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text, cte="quoted-printable")
        if message.html:
            mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return mail

    def _hand_over(self, smtp: smtplib.SMTP, to: str, token: str, mail: bytes) -> None:
        # A report on what becomes of the mail then does not repeat its text (RFC 3461).
        options = ["RET=HDRS"] if smtp.has_extn("dsn") else []
        sender = self._returns_to.replace("*", token)
        _expect(2, smtp.mail(sender, options), "the sender")
        _expect(2, smtp.rcpt(to), RECIPIENT)
        _expect(3, smtp.docmd("DATA"), MESSAGE)
        smtp.send(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
        # Until this reply both sides hold the mail; giving up early would send it twice.
        _wait_at_most(smtp, self._data_timeout)
        _expect(2, smtp.getreply(), MESSAGE)

    def _connection(self) -> smtplib.SMTP:
        """Return the connection that we have, if the server still has it, or a new one."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                _wait_at_most(self._smtp, self._timeout)
                if self._smtp.rset()[0] == 250:
                    return self._smtp
            self._drop()
        self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._log_in(self._open())
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, smtplib.SMTPServerDisconnected) as error:
            raise TransientMailError(f"The mail server hung up: {_kind(error)}") from None
        except smtplib.SMTPResponseException as error:
            reply = (error.smtp_code, b"")
            raise _refusal(reply, "the connection") from None
        except (ssl.SSLError, smtplib.SMTPException, UnicodeError) as error:
            raise RelayRefused(f"The mail server cannot be used: {_kind(error)}") from None
        except OSError as error:
            raise TransientMailError(f"No connection to the mail server: {_kind(error)}") from None

    def _open(self) -> smtplib.SMTP:
        # Without a name of our choosing smtplib asks the DNS for this machine's and tells it.
        host, port, us = self._server.host, self._server.port, self._sender.domain
        if self._server.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, us, timeout=self._timeout, context=self._context())
        return smtplib.SMTP(host, port, us, timeout=self._timeout)

    def _log_in(self, smtp: smtplib.SMTP) -> smtplib.SMTP:
        try:
            if self._server.scheme == "smtp+starttls":
                smtp.starttls(context=self._context())
            smtp.ehlo_or_helo_if_needed()
            if self._server.user:
                smtp.login(self._server.user, self._server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def token_of(message_id: str) -> str:
    """Return the part of our Message-ID that names the mail."""
    return message_id.strip("<> ").partition("@")[0]


def is_of_mailbox(status: str) -> bool:
    """Tell whether an enhanced status code says that a mailbox does not exist or is closed."""
    return OF_MAILBOX.search(status) is not None


def _sender(text: str, setting: str) -> Address:
    """Read "Care Desk <care-desk@example.org>"."""
    found = getaddresses([header_text(text, longest=400)])
    name, address = found[0] if len(found) == 1 else ("", "")
    if ADDRESS.fullmatch(address) is None:
        raise RelayRefused(f"{setting} holds no address that can be used")
    return Address(header_text(name), addr_spec=address)


def _wait_at_most(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _expect(hundreds: int, reply: tuple[int, bytes], what: str) -> None:
    """Accept a reply of this hundred, or say what the refusal means."""
    if reply[0] // 100 != hundreds:
        raise _refusal(reply, what)


def _refusal(reply: tuple[int, bytes], what: str) -> MailError:
    code, words = reply
    # Of the server's words only the status code; the rest may repeat an address.
    found = re.match(rb"[245]\.\d{1,3}\.\d{1,3}", words)
    status = found[0].decode() if found else ""
    return _meaning(code, status, what)(f"The mail server refused {what}: {code} {status}".strip())


def _meaning(code: int, status: str, what: str) -> type[MailError]:
    """Tell whose fault a refusal is: the mailbox's, or the server's and ours."""
    is_full = OF_FULL_MAILBOX.search(status) if status else code in FULL_MAILBOX
    if code // 100 != 5 or (is_full and what == RECIPIENT):
        return TransientMailError
    if status:
        is_mailbox = what in (RECIPIENT, MESSAGE) and is_of_mailbox(status)
    else:
        is_mailbox = what == RECIPIENT and code in UNKNOWN_MAILBOX
    return RecipientRefused if is_mailbox else RelayRefused


def _kind(error: Exception) -> str:
    """Name an error without its words, which may repeat an address or a login."""
    return type(error).__name__
