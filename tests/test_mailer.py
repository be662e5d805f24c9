"""SMTP: what goes over the wire, and what each answer of a server means. The servers are real."""

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as SMTPServer
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from notifications.mail import mime
from notifications.mail.compose import Message
from notifications.mail.mailer import (
    Mailer,
    MailError,
    MailMisconfigured,
    RecipientRefused,
    SmtpServer,
    TransientMailError,
)

NOW = datetime(2026, 11, 23, 14, 14, tzinfo=UTC)
ANA = "ana@example.org"
MESSAGE = Message("PS-7K3QF: the next step", "Hello,\n\n.dot first\nça va\n", "<p>Hello,</p>\n")
ID = "<7.a1b2@care-desk.example.org>"
LOGIN = LoginPassword(b"desk@example.org", b"p@ss:/word")


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


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@contextmanager
def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    controller = Controller(inbox, hostname="127.0.0.1", port=0, **options)
    controller.port = free_port()
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as port:
        yield port


@contextmanager
def mailing(url: str, **options: Any) -> Iterator[Mailer]:
    wanted: dict[str, Any] = {"clock": lambda: NOW, "timeout": 5, "data_timeout": 5, **options}
    sender = wanted.pop("mail_from", "Care Desk <care-desk@example.org>")
    with closing(Mailer(url, sender, "Answers <answers@example.org>", **wanted)) as mailer:
        yield mailer


@pytest.fixture
def mailer(port: int) -> Iterator[Mailer]:
    with mailing(f"smtp://127.0.0.1:{port}") as mailer:
        yield mailer


class TestOnTheWire:
    def test_it_sends_the_headers_that_were_promised(self, mailer: Mailer, inbox: Inbox) -> None:
        mailer.send(MESSAGE, to=ANA, message_id=ID)
        headers = dict(inbox.last().items())
        assert headers.pop("Content-Type").startswith("multipart/alternative")
        assert headers == {
            "From": "Care Desk <care-desk@example.org>",
            "To": ANA,
            "Subject": "PS-7K3QF: the next step",
            "Date": "Mon, 23 Nov 2026 14:14:00 +0000",
            "Message-ID": ID,
            "Reply-To": "Answers <answers@example.org>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "MIME-Version": "1.0",
        }
        assert inbox.envelopes[-1].rcpt_tos == [ANA]
        assert inbox.envelopes[-1].mail_from == "care-desk@example.org"

    def test_it_sends_text_and_html_unharmed(self, mailer: Mailer, inbox: Inbox) -> None:
        long = MESSAGE.text + "https://care-desk.example.org/open/" + "x" * 3000 + "\n.\nend\n"
        mailer.send(Message("S", long, MESSAGE.html), to=ANA, message_id=ID)
        text, html = (part.get_content() for part in inbox.last().iter_parts())
        assert text.replace("\r\n", "\n") == long
        assert html.replace("\r\n", "\n") == MESSAGE.html
        assert b"\n" not in inbox.raw[-1].replace(b"\r\n", b"")
        assert max(map(len, inbox.raw[-1].split(b"\r\n"))) < 1000

    def test_it_sends_plain_text_alone_when_there_is_no_html(
        self, mailer: Mailer, inbox: Inbox
    ) -> None:
        mailer.send(Message("S", "Please look.", ""), to=ANA, message_id=ID)
        assert inbox.last().get_content_type() == "text/plain"
        assert inbox.last().get_content().strip() == "Please look."

    def test_it_reuses_its_connection(self, mailer: Mailer, inbox: Inbox) -> None:
        for number in range(5):
            mailer.send(MESSAGE, to=ANA, message_id=f"<{number}@example.org>")
        assert len(inbox.raw) == 5
        assert len(inbox.sessions) == 1

    def test_it_connects_again_after_closing(self, mailer: Mailer, inbox: Inbox) -> None:
        mailer.send(MESSAGE, to=ANA, message_id=ID)
        mailer.close()
        mailer.close()
        mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert len(inbox.raw) == 2

    def test_it_connects_again_when_the_server_hung_up_in_between(self, inbox: Inbox) -> None:
        with serving(inbox, timeout=0.2) as port, mailing(f"smtp://127.0.0.1:{port}") as mailer:
            mailer.send(MESSAGE, to=ANA, message_id=ID)
            threading.Event().wait(0.5)
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert len(inbox.raw) == 2

    @pytest.mark.parametrize("to", ["a..b@example.org", "a" * 64 + "@" + "b" * 180 + ".example"])
    def test_it_never_mangles_an_unusual_address(
        self, mailer: Mailer, inbox: Inbox, to: str
    ) -> None:
        mailer.send(MESSAGE, to=to, message_id=ID)
        assert inbox.envelopes[-1].rcpt_tos == [to]
        assert b"=?" not in inbox.raw[-1]

    def test_it_never_mangles_a_long_message_id(self, mailer: Mailer, inbox: Inbox) -> None:
        long = "<" + "x" * 120 + "@care-desk.example.org>"
        mailer.send(MESSAGE, to=ANA, message_id=long)
        assert inbox.last()["Message-ID"].strip() == long

    def test_it_sends_a_subject_in_any_script(self, mailer: Mailer, inbox: Inbox) -> None:
        subject = "Müller, 日本語 und „Zitate“ " * 3
        mailer.send(Message(subject, "t", "h"), to=ANA, message_id=ID)
        assert inbox.last()["Subject"] == subject.strip()
        assert inbox.raw[-1].isascii()


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_arrives_as_it_was_written(text: str, html: str) -> None:
    message, from_us = Message("A word", text, html), mime.header("From", "a@example.org")
    raw = mime.as_bytes(message, from_us, ANA, "Mon, 23 Nov 2026 14:14:00 +0000", ID)
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 78

    read = message_from_bytes(raw, policy=policy.default)
    assert not read.defects
    for part, written in zip(read.iter_parts(), (text, html), strict=True):
        got = part.get_payload(decode=True)
        assert isinstance(got, bytes)
        assert got.splitlines() == written.encode().splitlines() or not written


def test_no_header_holds_a_line_break() -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        mime.header("To", f"{ANA}\r\nBcc: eve@evil.example")


INJECTIONS = [
    "x\r\nBcc: eve@evil.example",
    "x\nBcc: eve@evil.example",
    "x\rBcc: eve@evil.example",
    "x\r\n\r\nNew body",
    "x\r\n Bcc: eve@evil.example",
    "=?UTF-8?Q?=0A?=Bcc: eve@evil.example",
    "=?UTF-8?Q?=0D=0ABcc:_eve@evil.example?=",
    "=?utf-8?b?CkJjYzogZXZlQGV2aWwuZXhhbXBsZQ==?=",
    "=\x00?UTF-8?Q?=0A?=Bcc: eve@evil.example",
    "=\u200b?UTF-8?Q?=0A?=Bcc: eve@evil.example",
    "==??UTF-8?Q?=0A?=Bcc: eve@evil.example",
    "x\x0bBcc: eve@evil.example",
    "x\x0cBcc: eve@evil.example",
    "x\x1cBcc: eve@evil.example",
    "x\x85Bcc: eve@evil.example",
    "x\u2028Bcc: eve@evil.example",
    "x\u2029Bcc: eve@evil.example",
    "x\x00\x01\x7f\x1b[31m",
    "\ud800x",
    'x" <eve@evil.example>, "',
    "x, eve@evil.example",
    "x\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>",
    "é" * 5000,
    "=?" * 5000,
    "é =?UTF-8?Q?=0A?=Bcc: eve@evil.example " * 4,
]
EXPECTED_HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Type",
    "MIME-Version",
}


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
class TestInjection:
    def check(self, inbox: Inbox) -> None:
        head = inbox.raw[-1].split(b"\r\n\r\n")[0]
        names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] > b" "]
        assert sorted(names) == sorted(EXPECTED_HEADERS)
        assert {key for key, _ in inbox.last().items()} == EXPECTED_HEADERS
        assert [e.rcpt_tos for e in inbox.envelopes] == [[ANA]]
        assert [a.addr_spec for a in inbox.last()["To"].addresses] == [ANA]
        assert [a.addr_spec for a in inbox.last()["From"].addresses] == ["care-desk@example.org"]

    def test_no_subject_adds_a_header(self, mailer: Mailer, inbox: Inbox, text: str) -> None:
        mailer.send(Message(text, "t", "h"), to=ANA, message_id=ID)
        self.check(inbox)

    def test_no_message_id_adds_a_header(self, mailer: Mailer, inbox: Inbox, text: str) -> None:
        with pytest.raises(ValueError, match="Message-ID looks like"):
            mailer.send(MESSAGE, to=ANA, message_id=f"<{text}@example.org>")
        assert inbox.raw == []

    def test_no_display_name_adds_a_header(self, port: int, inbox: Inbox, text: str) -> None:
        name = text.replace('"', "")
        try:
            with mailing(
                f"smtp://127.0.0.1:{port}", mail_from=f'"{name}" <care-desk@example.org>'
            ) as mailer:
                mailer.send(MESSAGE, to=ANA, message_id=ID)
        except MailMisconfigured:
            return
        self.check(inbox)

    def test_no_body_ends_the_mail(self, mailer: Mailer, inbox: Inbox, text: str) -> None:
        body = text.encode(errors="replace").decode()
        mailer.send(Message("S", f"{body}\r\n.\r\nQUIT\r\n", body), to=ANA, message_id=ID)
        self.check(inbox)

    def test_no_address_adds_a_recipient(self, mailer: Mailer, inbox: Inbox, text: str) -> None:
        for to in (text, f"{text}@example.org", f"ana@example.org{text}", f"<{text}>", f"a@{text}"):
            with pytest.raises(RecipientRefused):
                mailer.send(MESSAGE, to=to, message_id=ID)
        assert inbox.raw == []


@pytest.mark.parametrize(
    "to", ["", "ana", "@", "ana@", "@example.org", "zoë@example.org", "ana@exämple.org", "a b@c.d"]
)
def test_it_refuses_what_is_no_plain_address(mailer: Mailer, to: str) -> None:
    with pytest.raises(RecipientRefused) as caught:
        mailer.send(MESSAGE, to=to, message_id=ID)
    assert to == "" or to not in str(caught.value)


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("MAIL", "451 4.3.0 later, ana@example.org", TransientMailError),
        ("MAIL", "550 5.7.1 not you, ana@example.org", MailMisconfigured),
        ("MAIL", "530 5.7.0 log in first", MailMisconfigured),
        ("RCPT", "450 4.2.1 greylisted ana@example.org", TransientMailError),
        ("RCPT", "451 later", TransientMailError),
        ("RCPT", "452 4.2.2 full", TransientMailError),
        ("RCPT", "550 5.1.1 ana@example.org unknown", RecipientRefused),
        ("RCPT", "553 no", RecipientRefused),
        ("RCPT", "530 5.7.0 log in first", MailMisconfigured),
        ("DATA", "451 4.7.1 later ana@example.org", TransientMailError),
        ("DATA", "452 full", TransientMailError),
        ("DATA", "552 5.3.4 too big", RecipientRefused),
        ("DATA", "554 5.7.1 ana@example.org spam", RecipientRefused),
    ],
)
def test_it_says_what_a_refusal_means(
    mailer: Mailer, inbox: Inbox, step: str, answer: str, error: type[MailError]
) -> None:
    inbox.answers[step] = answer
    with pytest.raises(MailError, match=answer[:3]) as caught:
        mailer.send(MESSAGE, to=ANA, message_id=ID)
    assert type(caught.value) is error
    assert "@" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert inbox.raw == []
    inbox.answers.clear()
    mailer.send(MESSAGE, to=ANA, message_id=ID)
    assert len(inbox.raw) == 1


Script = list[bytes | None]


@contextmanager
def scripted(replies: Script, then_wait: float = 0) -> Iterator[int]:
    """Serve one connection: a greeting, then one reply for each command; None hangs up."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as lines:
            for reply in replies:
                if reply is None:
                    return
                connection.sendall(reply)
                if reply.startswith(b"354"):
                    while lines.readline() not in (b".\r\n", b""):
                        pass
                else:
                    lines.readline()
            gone.wait(then_wait)

    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            gone.set()
            thread.join(5)


HELLO: Script = [b"220 here\r\n", b"250 hello\r\n"]
OK: Script = [b"250 ok\r\n"]


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([None], TransientMailError),
        ([b"421 busy\r\n", None], TransientMailError),
        ([b"450 busy\r\n", None], TransientMailError),
        ([b"554 we do not talk to you\r\n", None], MailMisconfigured),
        ([b"rubbish\r\n", None], TransientMailError),
        ([b"220 " + b"x" * 10_000 + b"\r\n", None], MailError),
        ([b"220 here\r\n", None], TransientMailError),
        ([*HELLO, b"421 4.3.2 closing\r\n", None], TransientMailError),
        ([*HELLO, None], TransientMailError),
        ([*HELLO, *OK, b"421 closing\r\n", None], TransientMailError),
        ([*HELLO, *OK, None], TransientMailError),
        ([*HELLO, *OK, *OK, b"451 no\r\n", None], TransientMailError),
        ([*HELLO, *OK, *OK, b"554 no\r\n", None], RecipientRefused),
        ([*HELLO, *OK, *OK, b"354 go\r\n", None], TransientMailError),
        ([*HELLO, *OK, *OK, b"354 go\r\n", b"421 closing\r\n", None], TransientMailError),
        ([*HELLO, *OK, *OK, b"250 odd\r\n", None], TransientMailError),
    ],
)
def test_it_survives_a_server_that_breaks_off(replies: Script, error: type[MailError]) -> None:
    with (
        scripted(replies) as port,
        mailing(f"smtp://127.0.0.1:{port}") as mailer,
        pytest.raises(error),
    ):
        mailer.send(MESSAGE, to=ANA, message_id=ID)


@pytest.mark.parametrize(
    "replies", [[], HELLO, [*HELLO, *OK], [*HELLO, *OK, *OK, b"354 go\r\n"]], ids=range(4)
)
def test_it_gives_up_on_a_silent_server(replies: Script) -> None:
    with (
        scripted(replies, then_wait=5) as port,
        mailing(f"smtp://127.0.0.1:{port}", timeout=0.2, data_timeout=0.2) as mailer,
        pytest.raises(TransientMailError),
    ):
        mailer.send(MESSAGE, to=ANA, message_id=ID)


def test_it_waits_longer_for_the_reply_that_ends_the_mail(inbox: Inbox) -> None:
    class Slow(Inbox):
        async def handle_DATA(self, *args: Any) -> str:
            await asyncio.sleep(0.6)
            return await super().handle_DATA(*args)

    slow = Slow()
    with (
        serving(slow) as port,
        mailing(f"smtp://127.0.0.1:{port}", timeout=0.3, data_timeout=5) as mailer,
    ):
        mailer.send(MESSAGE, to=ANA, message_id=ID)
        mailer.send(MESSAGE, to=ANA, message_id=ID)
    assert len(slow.raw) == 2


def test_nobody_listening_means_later() -> None:
    with (
        mailing(f"smtp://127.0.0.1:{free_port()}") as mailer,
        pytest.raises(TransientMailError, match="ConnectionRefused"),
    ):
        mailer.send(MESSAGE, to=ANA, message_id=ID)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server and of a client that trusts it."""
    folder: Path = tmp_path_factory.mktemp("tls")
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
    (folder / "both.pem").write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


def let_in(*given: Any) -> AuthResult:
    return AuthResult(success=given[-1] == LOGIN)


def turn_away(*given: Any) -> AuthResult:
    return AuthResult(success=False, handled=False)


class TestTlsAndLogin:
    URL = "desk%40example.org:p%40ss%3A%2Fword@127.0.0.1"

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
    def test_it_logs_in_over_tls(
        self, inbox: Inbox, tls: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str
    ) -> None:
        with (
            serving(inbox, **self.options(scheme, tls[0], let_in)) as port,
            mailing(f"{scheme}://{self.URL}:{port}", tls=tls[1]) as mailer,
        ):
            mailer.send(MESSAGE, to=ANA, message_id=ID)
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert len(inbox.raw) == 2

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
    def test_a_refused_login_is_an_alarm(
        self, inbox: Inbox, tls: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str
    ) -> None:
        with (
            serving(inbox, **self.options(scheme, tls[0], turn_away)) as port,
            mailing(f"{scheme}://{self.URL}:{port}", tls=tls[1]) as mailer,
            pytest.raises(MailMisconfigured, match="535"),
        ):
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert inbox.raw == []

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
    def test_a_certificate_that_nobody_vouches_for_is_an_alarm(
        self, inbox: Inbox, tls: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str
    ) -> None:
        with (
            serving(inbox, **self.options(scheme, tls[0], let_in)) as port,
            mailing(f"{scheme}://{self.URL}:{port}") as mailer,
            pytest.raises(MailMisconfigured, match="SSLCertVerificationError"),
        ):
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert inbox.raw == []

    def test_it_never_goes_on_without_tls_that_was_asked_for(
        self, mailer: Mailer, inbox: Inbox, port: int
    ) -> None:
        for scheme in ("smtp+starttls", "smtps"):
            with (
                mailing(f"{scheme}://127.0.0.1:{port}") as strict,
                pytest.raises(MailMisconfigured),
            ):
                strict.send(MESSAGE, to=ANA, message_id=ID)
        assert inbox.raw == []

    def options(
        self, scheme: str, context: ssl.SSLContext, door: Callable[..., AuthResult]
    ) -> dict[str, Any]:
        if scheme == "smtps":
            return {"ssl_context": context, "authenticator": door, "auth_require_tls": False}
        return {"tls_context": context, "authenticator": door, "auth_required": True}


class TestSettings:
    def test_it_reads_a_server_s_address(self) -> None:
        url = "smtp+starttls://desk%40example.org:p%40ss@mail.example.org"
        assert SmtpServer.from_url(url) == SmtpServer(
            "smtp+starttls", "mail.example.org", 587, "desk@example.org", "p@ss"
        )

    @pytest.mark.parametrize(
        "url", ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:x", "smtp"]
    )
    def test_it_refuses_an_address_of_another_kind(self, url: str) -> None:
        with pytest.raises(MailMisconfigured, match="SMTP_URL"):
            SmtpServer.from_url(url)

    @pytest.mark.parametrize("sender", ["", "Care Desk", "a@b, c@d", "zoë@example.org"])
    def test_it_refuses_a_sender_without_address(self, sender: str) -> None:
        with pytest.raises(MailMisconfigured, match="MAIL_FROM"):
            Mailer("smtp://127.0.0.1", sender, "", clock=lambda: NOW)

    def test_it_can_do_without_a_reply_address(self, inbox: Inbox, port: int) -> None:
        with closing(
            Mailer(f"smtp://127.0.0.1:{port}", "desk@example.org", "", clock=lambda: NOW)
        ) as mailer:
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert inbox.last()["From"] == "desk@example.org"
        assert inbox.last()["Reply-To"] is None
