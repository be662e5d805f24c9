"""A message as bytes: its headers, and each text as quoted-printable."""

import quopri
from collections.abc import Iterable
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP

from notifications.mail.compose import Message, header_text


class Headers(HeaderRegistry):
    """The standard library's headers, with each class made once.

    The library makes the class of a header anew each time that a header is set, which takes longer
    than all else about a mail.
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


def header(name: str, value: str | Address) -> BaseHeader:
    """Return a header that any number of mails may have."""
    made: BaseHeader = POLICY.header_factory(name, value)
    return made


ENCODING = header("Content-Transfer-Encoding", "quoted-printable")
PLAIN, HTML = (
    header("Content-Type", f'text/{kind}; charset="utf-8"') for kind in ("plain", "html")
)
#: Quoted-printable text cannot contain "=_", so no mail contains this boundary.
ALTERNATIVES = header("Content-Type", 'multipart/alternative; boundary="=_text-or-html"')
#: Every mail of ours has these.
OURS = (
    header("Auto-Submitted", "auto-generated"),
    header("X-Auto-Response-Suppress", "OOF, AutoReply"),
    header("MIME-Version", "1.0"),
)


def as_bytes(
    message: Message, from_us: Iterable[BaseHeader], to: str, date: str, message_id: str
) -> bytes:
    """Return what the mail server gets. `from_us` are the headers that name the sender."""
    mail = EmailMessage(policy=POLICY)
    _add(mail, from_us)
    mail["To"] = to
    mail["Subject"] = header_text(message.subject)
    mail["Date"] = date
    mail["Message-ID"] = message_id
    _add(mail, OURS)
    if message.html:
        _add(mail, (ALTERNATIVES,))
        parts = ((PLAIN, message.text), (HTML, message.html))
        mail.set_payload([_with_text(MIMEPart(POLICY), *part) for part in parts])
    else:
        _with_text(mail, PLAIN, message.text)
    return mail.as_bytes()


def _with_text(part: MIMEPart, kind: BaseHeader, text: str) -> MIMEPart:
    _add(part, (kind, ENCODING))
    lines = b"\n".join(text.encode().splitlines()) + b"\n"
    part.set_payload(quopri.encodestring(lines).decode("ascii"))
    return part


def _add(part: MIMEPart, headers: Iterable[BaseHeader]) -> None:
    for one in headers:
        part[one.name] = one
