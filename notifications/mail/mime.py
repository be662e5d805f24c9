"""A message as bytes: its headers, and each text as quoted-printable."""

import quopri
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.policy import SMTP

from notifications.mail.compose import Message, header_text


class Headers(HeaderRegistry):
    """The standard library's headers, with each class made once.

    The library makes the class of a header anew for each header, which takes longer than all else
    about a mail.
    """

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        found = self._classes.get(name)
        if found is None:
            found = self._classes[name] = super().__getitem__(name)
        return found


POLICY = SMTP.clone(header_factory=Headers())


def header(name: str, value: str | Address) -> bytes:
    """Return a header with its line break; ValueError when the value contains one."""
    return POLICY.fold_binary(*POLICY.header_store_parse(name, value))


#: Every mail of ours has these.
OURS = (
    header("Auto-Submitted", "auto-generated")
    + header("X-Auto-Response-Suppress", "OOF, AutoReply")
    + header("MIME-Version", "1.0")
)
PLAIN, HTML = (
    header("Content-Type", f'text/{kind}; charset="utf-8"') for kind in ("plain", "html")
)
QUOTED = header("Content-Transfer-Encoding", "quoted-printable")
#: Quoted-printable text cannot contain "=_", so no text of ours contains this.
BOUNDARY = "=_text-or-html"
ALTERNATIVES = header("Content-Type", f'multipart/alternative; boundary="{BOUNDARY}"')


def as_bytes(message: Message, from_us: bytes, to: str, date: str, message_id: str) -> bytes:
    """Return what the mail server gets. `from_us` are the headers that name the sender."""
    own = (
        header("To", to)
        + header("Subject", header_text(message.subject))
        + header("Date", date)
        + header("Message-ID", message_id)
    )
    text = PLAIN + _quoted(message.text)
    if message.html:
        text = _alternatives(text, HTML + _quoted(message.html))
    return from_us + own + OURS + text


def _alternatives(*parts: bytes) -> bytes:
    between = f"\r\n--{BOUNDARY}".encode()
    return ALTERNATIVES + b"".join(between + b"\r\n" + part for part in parts) + between + b"--\r\n"


def _quoted(text: str) -> bytes:
    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    return QUOTED + b"\r\n" + quopri.encodestring(lines).replace(b"\n", b"\r\n")
