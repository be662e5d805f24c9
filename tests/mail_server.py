"""A mail server that tests talk to, and a mailer for it."""

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SMTPServer
from aiosmtpd.smtp import Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.mail.compose import Message
from notifications.mail.mailer import Mailer
from tests.ports import free_port

NOW = datetime(2026, 11, 23, 14, 14, tzinfo=UTC)
ANA = "ana@example.org"
MESSAGE = Message("PS-7K3QF: the next step", "Hello,\n\n.dot first\nça va\n", "<p>Hello,</p>\n")
ID = "<7.a1b2@care-desk.example.org>"


class Inbox:
    """Keeps what arrives, as it came over the wire; answers as it is told to."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.envelopes: list[Envelope] = []
        self.sessions: set[int] = set()
        self.answers: dict[str, str] = {}

    async def handle_MAIL(
        self, server: SMTPServer, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTPServer, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTPServer, session: Session, envelope: Envelope) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.original_content, bytes)
        self.raw.append(envelope.original_content)
        self.envelopes.append(envelope)
        self.sessions.add(id(session))
        return "250 OK"

    def last(self) -> EmailMessage:
        mail = message_from_bytes(self.raw[-1], policy=policy.SMTP)
        assert isinstance(mail, EmailMessage)
        return mail


@contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    controller = Controller(inbox, hostname="127.0.0.1", port=0, **options)
    controller.port = free_port()
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def mailing(url: str, **options: Any) -> Iterator[Mailer]:
    wanted: dict[str, Any] = {"clock": lambda: NOW, "timeout": 5, "data_timeout": 5, **options}
    sender = wanted.pop("mail_from", "Care Desk <care-desk@example.org>")
    with closing(Mailer(url, sender, "Answers <answers@example.org>", **wanted)) as mailer:
        yield mailer


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return a file with a server's key and certificate, and the context of who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "both.pem"
    path.touch(mode=0o600)
    path.write_bytes(pem + secret)
    return path, ssl.create_default_context(cadata=pem.decode())
