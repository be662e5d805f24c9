"""SMTP, and nothing but SMTP: hand over one message and say what the answer means."""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from notifications.mail.compose import Message
from notifications.mail.microsoft import FOR_SMTP, App, Tokens
from notifications.mail.mime import Writer
from notifications.mail.refusals import (
    MailError,
    RecipientRefused,
    RelayRefused,
    ServerAway,
    TransientMailError,
    Unreachable,
)

#: All waits of one send together stay below this; claim a message for longer.
SEND_LIMIT = timedelta(minutes=20)

DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}

#: What a server refuses; about the others a mailbox is never the reason.
RECIPIENT, MESSAGE, CONNECTION = "the recipient", "the message", "the connection"

#: Enhanced status codes (RFC 3463) by which a mailbox is the reason: its address, but for the
#: sender's own (X.1.7, X.1.8), or that it is closed. All others concern the server or us.
OF_MAILBOX = re.compile(r"\.(1\.(?![78]$)\d+|2\.1)$")
#: A full mailbox passes.
OF_FULL_MAILBOX = re.compile(r"\.2\.2$")
#: What the same means, at RCPT, for servers without enhanced status codes (RFC 5321).
UNKNOWN_MAILBOX, FULL_MAILBOX = {550, 551, 553}, {452, 552}
#: Enhanced status codes by which a mailbox or its address is the reason to wait.
OF_RECIPIENT = re.compile(r"\.[12]\.\d+$")
#: The server closes, whatever it was asked (RFC 5321).
CLOSING = 421


@dataclass(frozen=True)
class SmtpServer:
    """Where to hand in mail, read from SMTP_URL."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    #: Signs in with a token of Microsoft 365 instead of the password.
    app: App | None = None

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
        return cls(parts.scheme, parts.hostname, port, user, password, App.from_url(url))


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
        self._writer = Writer(mail_from, reply_to, clock)
        #: Where undeliverable mails come back to, perhaps with a star for what names the mail.
        self._returns_to = returns_to or self._writer.sender.addr_spec
        self._timeout = timeout
        self._data_timeout = data_timeout
        self._tls = tls
        self._smtp: smtplib.SMTP | None = None
        app = self._server.app
        self._tokens = Tokens(app, FOR_SMTP, clock) if app else None

    def connect(self) -> None:
        """Open a connection unless there is one; MailError when the server is not there."""
        if self._smtp is None:
            self._smtp = self._connect()

    def send(
        self, message: Message, *, to: str, message_id: str, may_be_answered: bool = False
    ) -> None:
        """Return once the server has taken responsibility for the message; else MailError."""
        mail = self._writer.write(message, to, message_id, may_be_answered=may_be_answered)
        try:
            self._hand_over(self._connection(), to, token_of(message_id), mail)
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
            raise Unreachable(f"The mail server hung up: {_kind(error)}") from None
        except smtplib.SMTPResponseException as error:
            reply = (error.smtp_code, b"")
            raise _refusal(reply, CONNECTION) from None
        except (ssl.SSLError, smtplib.SMTPException, UnicodeError) as error:
            raise RelayRefused(f"The mail server cannot be used: {_kind(error)}") from None
        except OSError as error:
            raise Unreachable(f"No connection to the mail server: {_kind(error)}") from None

    def _open(self) -> smtplib.SMTP:
        # Without a name of our choosing smtplib asks the DNS for this machine's and tells it.
        host, port, us = self._server.host, self._server.port, self._writer.sender.domain
        if self._server.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, us, timeout=self._timeout, context=self._context())
        return smtplib.SMTP(host, port, us, timeout=self._timeout)

    def _log_in(self, smtp: smtplib.SMTP) -> smtplib.SMTP:
        try:
            if self._server.scheme == "smtp+starttls":
                smtp.starttls(context=self._context())
            smtp.ehlo_or_helo_if_needed()
            if self._tokens is not None:
                self._log_in_with_token(smtp, self._tokens)
            elif self._server.user:
                smtp.login(self._server.user, self._server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in_with_token(self, smtp: smtplib.SMTP, tokens: Tokens) -> None:
        words = f"user={self._server.user}\1auth=Bearer {tokens.current()}\1\1"

        def answer(challenge: bytes | None = None) -> str:
            return "" if challenge else words  # A question is the reason of a refusal.

        try:
            smtp.auth("XOAUTH2", answer)
        except smtplib.SMTPResponseException:
            tokens.drop()  # It may have ended early; the next connection asks for a new one.
            raise


def token_of(message_id: str) -> str:
    """Return the part of our Message-ID that names the mail."""
    return message_id.strip("<> ").partition("@")[0]


def is_of_mailbox(status: str) -> bool:
    """Tell whether an enhanced status code says that a mailbox does not exist or is closed."""
    return OF_MAILBOX.search(status) is not None


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
        if what == CONNECTION:
            return Unreachable
        return ServerAway if _is_away(code, status, what) else TransientMailError
    if status:
        is_mailbox = what in (RECIPIENT, MESSAGE) and is_of_mailbox(status)
    else:
        is_mailbox = what == RECIPIENT and code in UNKNOWN_MAILBOX
    return RecipientRefused if is_mailbox else RelayRefused


def _is_away(code: int, status: str, what: str) -> bool:
    """Tell whether the server itself is the reason that a mail must wait."""
    if status:
        return not OF_RECIPIENT.search(status)
    return what != RECIPIENT or code == CLOSING


def _kind(error: Exception) -> str:
    """Name an error without its words, which may repeat an address or a login."""
    return type(error).__name__
