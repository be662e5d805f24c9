"""The mailbox that undeliverable mails come back to: IMAP, or a Maildir on this machine."""

import imaplib
import mailbox
import re
import ssl
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.message import Message
from itertools import islice
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from notifications.mail.returned import HEADERS, may_concern_us

#: Reports name the mail in their first parts; longer ones repeat its text.
LARGEST = 256 * 1024
#: How many mails are looked at in one round, and how many headers are fetched at once.
MOST, CHUNK = 500, 100
TIMEOUT_SECONDS = 30.0
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class MailboxError(Exception):
    """The mailbox cannot be read. The text names neither the login nor what the server said."""


@dataclass(frozen=True)
class Letter:
    """A mail in the mailbox that may be a report or an automatic answer."""

    id: str
    raw: bytes


class OpenMailbox(ABC):
    """A mailbox while it is being read. What is not deleted stays as it is, also unread."""

    def __init__(self, left_alone: set[str]) -> None:
        self._left_alone = left_alone

    @abstractmethod
    def letters(self, since: date) -> Iterator[Letter]:
        """Yield what may concern us and was not left alone before, among at most `MOST` mails."""

    @abstractmethod
    def delete(self, ids: Iterable[str]) -> None:
        """Delete these mails, and no others."""

    def leave(self, id: str) -> None:
        """Remember not to look at a mail again: it does not concern us."""
        self._left_alone.add(id)

    def _new(self, ids: Iterable[str]) -> list[str]:
        """Return the mails that were not left alone, and forget about those that are gone."""
        present = list(ids)
        self._left_alone &= set(present)
        return list(islice((id for id in present if id not in self._left_alone), MOST))


class ReturnMailbox(ABC):
    """Where undeliverable mails come back to, and how to read it."""

    def __init__(self, url: SplitResult) -> None:
        #: The address for the envelope, a star in it for what names the mail; "" for MAIL_FROM.
        self.returns_to = url.query.removeprefix("address=")
        self._left_alone = set[str]()

    @abstractmethod
    def opened(self) -> AbstractContextManager[OpenMailbox]:
        """Open the mailbox; MailboxError, then and while it is read, when that fails."""


def mailbox_at(url: str) -> ReturnMailbox | None:
    """Return the mailbox of the setting BOUNCES_URL; None when there is none."""
    parts = urlsplit(url)
    if not url:
        return None
    return MaildirMailbox(parts) if parts.scheme == "maildir" else ImapMailbox(parts)


class MaildirMailbox(ReturnMailbox):
    """A Maildir, into which a mail server on this machine delivers."""

    def __init__(self, url: SplitResult) -> None:
        super().__init__(url)
        self._path = Path(unquote(url.path))

    @contextmanager
    def opened(self) -> Iterator[OpenMailbox]:
        try:
            yield OpenMaildir(mailbox.Maildir(self._path, create=False), self._left_alone)
        except (mailbox.Error, OSError) as error:
            raise MailboxError(_kind(error)) from None


class OpenMaildir(OpenMailbox):
    def __init__(self, folder: "mailbox.Maildir", left_alone: set[str]) -> None:
        super().__init__(left_alone)
        self._folder = folder

    def letters(self, since: date) -> Iterator[Letter]:
        for id in self._new(sorted(self._folder.keys())):
            try:
                with self._folder.get_file(id) as file:
                    raw = file.read(LARGEST)
            except (KeyError, FileNotFoundError):
                continue  # Another program has taken it away meanwhile.
            if may_concern_us(message_from_bytes(raw)):
                yield Letter(id, raw)
            else:
                self.leave(id)

    def delete(self, ids: Iterable[str]) -> None:
        for id in ids:
            self._folder.discard(id)


class ImapMailbox(ReturnMailbox):
    """A folder on an IMAP server."""

    def __init__(self, url: SplitResult, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(url)
        self._scheme, self._host, self._port = url.scheme, url.hostname or "", url.port
        self._user, self._password = unquote(url.username or ""), unquote(url.password or "")
        self._folder = unquote(url.path.strip("/")) or "INBOX"
        self._tls = tls
        self._validity: object = None

    @contextmanager
    def opened(self) -> Iterator[OpenMailbox]:
        imap: imaplib.IMAP4 | None = None
        try:
            imap = self._connect()
            yield OpenImap(imap, self._left_alone)
        except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
            raise MailboxError(_kind(error)) from None
        finally:
            if imap is not None:
                with suppress(imaplib.IMAP4.error, OSError):
                    imap.logout()

    def _connect(self) -> imaplib.IMAP4:
        tls = self._tls or (None if self._scheme == "imap" else ssl.create_default_context())
        if self._scheme == "imaps":
            imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                self._host, self._port or 993, ssl_context=tls, timeout=TIMEOUT_SECONDS
            )
        else:
            imap = imaplib.IMAP4(self._host, self._port or 143, timeout=TIMEOUT_SECONDS)
        try:
            self._log_in(imap, tls)
        except BaseException:
            imap.shutdown()
            raise
        return imap

    def _log_in(self, imap: imaplib.IMAP4, tls: ssl.SSLContext | None) -> None:
        if self._scheme == "imap+starttls":
            imap.starttls(tls)
        imap.login(self._user, self._password)
        folder = self._folder.replace("\\", "\\\\").replace('"', '\\"')
        _expect_ok(imap.select(f'"{folder}"'))
        validity = imap.response("UIDVALIDITY")
        if validity != self._validity:  # The numbers mean other mails now.
            self._left_alone.clear()
        self._validity = validity


class OpenImap(OpenMailbox):
    def __init__(self, imap: imaplib.IMAP4, left_alone: set[str]) -> None:
        super().__init__(left_alone)
        self._imap = imap

    def letters(self, since: date) -> Iterator[Letter]:
        day = f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"
        (found, *_) = self._uid("SEARCH", "UNDELETED", "SINCE", day)
        ids = found.decode("ascii").split() if isinstance(found, bytes) else []
        new = self._new(ids)
        for start in range(0, len(new), CHUNK):
            headers = self._headers(new[start : start + CHUNK])
            for id in new[start : start + CHUNK]:
                if id in headers and may_concern_us(headers[id]):
                    yield Letter(id, self._whole(id))
                else:
                    self.leave(id)

    def delete(self, ids: Iterable[str]) -> None:
        chosen = ",".join(ids)
        if chosen:
            self._uid("STORE", chosen, "+FLAGS.SILENT", r"(\Deleted)")
            # What it can do it says after the login. Without UIDPLUS, EXPUNGE would delete what
            # others have marked, too.
            if b"UIDPLUS" in b" ".join(_words(self._imap.capability())).upper().split():
                self._uid("EXPUNGE", chosen)

    def _headers(self, ids: list[str]) -> dict[str, Message]:
        wanted = f"(UID BODY.PEEK[HEADER.FIELDS ({' '.join(HEADERS).upper()})])"
        found = self._uid("FETCH", ",".join(ids), wanted)
        return {id: message_from_bytes(raw) for id, raw in _fetched(found)}

    def _whole(self, id: str) -> bytes:
        found = self._uid("FETCH", id, f"(UID BODY.PEEK[]<0.{LARGEST}>)")
        return next((raw for _, raw in _fetched(found)), b"")

    def _uid(self, command: str, *arguments: str) -> Sequence[object]:
        return _expect_ok(self._imap.uid(command, *arguments))


def _fetched(found: Sequence[object]) -> Iterator[tuple[str, bytes]]:
    """Yield number and text from a FETCH; the number stands before or after the text."""
    for one, after in zip(found, [*found[1:], b""], strict=True):
        if isinstance(one, tuple):
            tail = after if isinstance(after, bytes) else b""
            number = re.search(rb"UID (\d+)", one[0]) or re.search(rb"UID (\d+)", tail)
            if number:
                yield number[1].decode(), one[1]


def _words(reply: tuple[str, Sequence[object]]) -> list[bytes]:
    return [one for one in _expect_ok(reply) if isinstance(one, bytes)]


def _expect_ok(reply: tuple[str, Sequence[object]]) -> Sequence[object]:
    if reply[0] != "OK":
        raise imaplib.IMAP4.error("refused")
    return reply[1]


def _kind(error: Exception) -> str:
    """Name an error without its words, which may repeat a login or an address."""
    return "the server refuses the login or the folder" if _is_refusal(error) else _name(error)


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort)


def _name(error: Exception) -> str:
    return type(error).__name__
