"""What each answer of a mail server means, with TLS and login. The servers are real."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from notifications.mail.mailer import Mailer
from notifications.mail.refusals import (
    MailError,
    RecipientRefused,
    RelayRefused,
    ServerAway,
    TransientMailError,
)
from tests.mail_server import ANA, ID, MESSAGE, Inbox, certificate, mailing, serving
from tests.ports import free_port

LOGIN = LoginPassword(b"desk@example.org", b"p@ss:/word")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with serving(inbox) as port:
        yield port


@pytest.fixture
def mailer(port: int) -> Iterator[Mailer]:
    with mailing(f"smtp://127.0.0.1:{port}") as mailer:
        yield mailer


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("MAIL", "451 4.3.0 later, ana@example.org", ServerAway),
        ("MAIL", "550 5.7.1 not you, ana@example.org", RelayRefused),
        ("MAIL", "530 5.7.0 log in first", RelayRefused),
        ("RCPT", "450 4.2.1 greylisted ana@example.org", TransientMailError),
        ("RCPT", "451 later", TransientMailError),
        ("RCPT", "452 4.2.2 full", TransientMailError),
        ("RCPT", "550 5.1.1 ana@example.org unknown", RecipientRefused),
        ("RCPT", "553 no", RecipientRefused),
        ("RCPT", "550 5.2.1 closed", RecipientRefused),
        ("RCPT", "550 5.1.8 bad sender domain", RelayRefused),
        ("RCPT", "550 5.7.1 relaying denied", RelayRefused),
        ("RCPT", "554 5.7.1 no", RelayRefused),
        ("RCPT", "554 no", RelayRefused),
        ("RCPT", "552 5.2.2 full", TransientMailError),
        ("RCPT", "552 full", TransientMailError),
        ("RCPT", "530 5.7.0 log in first", RelayRefused),
        ("RCPT", "451 4.7.1 later ana@example.org", ServerAway),
        ("RCPT", "421 closing", ServerAway),
        ("DATA", "451 4.7.1 later ana@example.org", ServerAway),
        ("DATA", "452 full", ServerAway),
        ("DATA", "552 5.3.4 too big", RelayRefused),
        ("DATA", "550 5.1.1 unknown", RecipientRefused),
        ("DATA", "550 no", RelayRefused),
        ("DATA", "554 5.7.1 ana@example.org spam", RelayRefused),
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
def scripted(
    replies: Script, then_wait: float = 0, heard: list[bytes] | None = None
) -> Iterator[int]:
    """Serve one connection: a greeting, then one reply for each command; None hangs up.

    The commands are added to what was `heard`.
    """
    commands = [] if heard is None else heard

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
                    commands.append(lines.readline().strip())
            gone.wait(then_wait)

    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            gone.set()
            thread.join(60)


HELLO: Script = [b"220 here\r\n", b"250 hello\r\n"]
OK: Script = [b"250 ok\r\n"]


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([None], TransientMailError),
        ([b"421 busy\r\n", None], TransientMailError),
        ([b"450 busy\r\n", None], TransientMailError),
        ([b"554 we do not talk to you\r\n", None], RelayRefused),
        ([b"rubbish\r\n", None], TransientMailError),
        ([b"220 " + b"x" * 10_000 + b"\r\n", None], MailError),
        ([b"220 here\r\n", None], TransientMailError),
        ([*HELLO, b"421 4.3.2 closing\r\n", None], TransientMailError),
        ([*HELLO, None], TransientMailError),
        ([*HELLO, *OK, b"421 closing\r\n", None], TransientMailError),
        ([*HELLO, *OK, None], TransientMailError),
        ([*HELLO, *OK, *OK, b"451 no\r\n", None], TransientMailError),
        ([*HELLO, *OK, *OK, b"554 no\r\n", None], RelayRefused),
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
            await asyncio.sleep(1.5)
            return await super().handle_DATA(*args)

    slow = Slow()
    with (
        serving(slow) as port,
        mailing(f"smtp://127.0.0.1:{port}", timeout=1, data_timeout=60) as mailer,
    ):
        mailer.send(MESSAGE, to=ANA, message_id=ID)
        mailer.send(MESSAGE, to=ANA, message_id=ID)
    assert len(slow.raw) == 2


def test_a_refused_connection_means_try_again_later() -> None:
    with (
        mailing(f"smtp://127.0.0.1:{free_port()}") as mailer,
        pytest.raises(TransientMailError, match="ConnectionRefused"),
    ):
        mailer.send(MESSAGE, to=ANA, message_id=ID)


def test_a_server_that_can_is_asked_not_to_repeat_the_text_when_a_mail_comes_back() -> None:
    ok, heard = b"250 OK\r\n", list[bytes]()
    script: Script = [b"220 Hello\r\n", b"250-Hello\r\n250 DSN\r\n", ok, ok, b"354 Go on\r\n", ok]
    with scripted(script, heard=heard) as port, mailing(f"smtp://127.0.0.1:{port}") as mailer:
        mailer.send(MESSAGE, to=ANA, message_id=ID)
    assert b"MAIL FROM:<care-desk@example.org> RET=HDRS" in [
        one.replace(b"mail", b"MAIL") for one in heard
    ]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server and of a client that trusts it."""
    path, client = certificate(tmp_path_factory.mktemp("tls"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, client


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
            pytest.raises(RelayRefused, match="535"),
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
            pytest.raises(RelayRefused, match="SSLCertVerificationError"),
        ):
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert inbox.raw == []

    def test_it_never_goes_on_without_tls_that_was_asked_for(
        self, mailer: Mailer, inbox: Inbox, port: int
    ) -> None:
        for scheme in ("smtp+starttls", "smtps"):
            with (
                mailing(f"{scheme}://127.0.0.1:{port}") as strict,
                pytest.raises(RelayRefused),
            ):
                strict.send(MESSAGE, to=ANA, message_id=ID)
        assert inbox.raw == []

    def options(
        self, scheme: str, context: ssl.SSLContext, door: Callable[..., AuthResult]
    ) -> dict[str, Any]:
        if scheme == "smtps":
            return {"ssl_context": context, "authenticator": door, "auth_require_tls": False}
        return {"tls_context": context, "authenticator": door, "auth_required": True}
