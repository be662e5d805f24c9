"""Mail by Microsoft 365: what goes over the wire, and whose fault a refusal is."""

import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import AuthResult

from app import create_app
from demo.mailbox import Mailbox
from demo.microsoft import CLIENT_ID, CLIENT_SECRET, TENANT, Microsoft
from demo.serving import served
from notifications.mail.microsoft import App, GraphMailer
from notifications.mail.refusals import (
    MailError,
    NoAddress,
    RecipientRefused,
    RelayRefused,
    ServerAway,
    TransientMailError,
    Unreachable,
)
from tests.mail_server import ANA, ID, MESSAGE, NOW, Inbox, certificate, mailing, serving
from tests.world import JORDAN, REQUESTER, World

DESK = "care-desk@example.org"


class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def microsoft() -> Microsoft:
    return Microsoft(Mailbox())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailer(microsoft: Microsoft, clock: Clock) -> Iterator[GraphMailer]:
    with served(microsoft.app()) as place:
        app = App.from_url(microsoft.url(place))
        assert app is not None
        sender = f"Care Desk <{DESK}>"
        with closing(GraphMailer(app, sender, "answers@example.org", clock=clock)) as mailer:
            yield mailer


def send(mailer: GraphMailer) -> None:
    mailer.connect()
    mailer.send(MESSAGE, to=ANA, message_id=ID)


def test_it_sends_the_whole_message_as_the_mailbox(
    mailer: GraphMailer, microsoft: Microsoft
) -> None:
    send(mailer)
    (mail,) = microsoft.mailbox.messages
    assert (mail.recipients, mail.parsed["Message-ID"]) == ((ANA,), ID)
    assert mail.parsed["From"] == f"Care Desk <{DESK}>"
    assert mail.html
    assert microsoft.sent_as == [DESK]


def test_it_keeps_its_token_until_shortly_before_it_expires(
    mailer: GraphMailer, microsoft: Microsoft, clock: Clock
) -> None:
    send(mailer)
    send(mailer)
    assert len(microsoft.tokens) == 1
    clock.now += timedelta(minutes=56)
    send(mailer)
    assert len(microsoft.tokens) == 2


def test_a_token_that_ended_early_costs_no_mail(mailer: GraphMailer, microsoft: Microsoft) -> None:
    send(mailer)
    microsoft.tokens.append("another")
    send(mailer)
    assert len(microsoft.mailbox.messages) == 2


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "ErrorInvalidRecipients", RecipientRefused),
        (400, "ErrorMimeContentInvalid", RelayRefused),
        (403, "ErrorAccessDenied", RelayRefused),
        (404, "ErrorInvalidUser", RelayRefused),
        (413, "ErrorMessageSizeExceeded", RelayRefused),
        (429, "ErrorThrottled", TransientMailError),
        (500, "", ServerAway),
        (503, "ErrorServerBusy", ServerAway),
        (302, "", RelayRefused),
    ],
)
def test_only_a_recipient_who_does_not_exist_is_the_recipients_fault(
    mailer: GraphMailer, microsoft: Microsoft, status: int, code: str, error: type[MailError]
) -> None:
    microsoft.refuse_with = (status, code, {})
    with pytest.raises(MailError) as refused:
        send(mailer)
    assert type(refused.value) is error
    assert "@" not in str(refused.value)


def test_it_waits_as_long_as_microsoft_asks(
    mailer: GraphMailer, microsoft: Microsoft, clock: Clock
) -> None:
    microsoft.refuse_with = (429, "ErrorThrottled", {"Retry-After": "120"})
    with pytest.raises(TransientMailError):
        send(mailer)
    microsoft.refuse_with = None
    with pytest.raises(Unreachable, match="no mail yet"):
        send(mailer)
    clock.now += timedelta(minutes=2)
    send(mailer)
    assert len(microsoft.mailbox.messages) == 1


def test_a_wrong_secret_is_ours_to_mend() -> None:
    microsoft = Microsoft(Mailbox())
    with served(microsoft.app()) as place:
        app = App(TENANT, CLIENT_ID, "an-old-secret", place, place)
        with pytest.raises(RelayRefused, match="refused the app: 401"):
            GraphMailer(app, DESK, "", clock=lambda: NOW).connect()
    with pytest.raises(TransientMailError):
        GraphMailer(app, DESK, "", clock=lambda: NOW).connect()
    assert "secret" not in repr(app)


def test_what_is_no_address_is_refused_before_it_leaves(mailer: GraphMailer) -> None:
    with pytest.raises(NoAddress):
        mailer.send(MESSAGE, to="ana@example.org, lee@example.org", message_id=ID)


# SMTP with a token instead of a password


class SignedIn(Inbox):
    """A mail server that takes only tokens which the stand-in gave."""

    def __init__(self, microsoft: Microsoft) -> None:
        super().__init__()
        self.microsoft = microsoft

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        """Check what smtplib sends (developers.google.com/gmail/imap/xoauth2-protocol)."""
        given = b64decode(args[1]).decode()
        if given == f"user={DESK}\1auth=Bearer {self.microsoft.tokens[-1]}\1\1":
            return AuthResult(success=True)
        await server.challenge_auth("eyJzdGF0dXMiOiI0MDAifQ==", encode_to_b64=False)
        return AuthResult(success=False, handled=False)


def test_smtp_signs_in_with_a_token(tmp_path: Path) -> None:
    microsoft = Microsoft(Mailbox())
    inbox = SignedIn(microsoft)
    pem, trusting = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    options = {"tls_context": tls, "auth_required": True}
    with served(microsoft.app()) as place, serving(inbox, **options) as port:
        secret = quote(CLIENT_SECRET, safe="")
        query = f"tenant={TENANT}&client_id={CLIENT_ID}&client_secret={secret}&login={place}"
        url = f"smtp+starttls://{quote(DESK)}@127.0.0.1:{port}?{query}"
        with mailing(url, tls=trusting) as mailer:
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert len(inbox.raw) == 1
        stranger = url.replace(quote(DESK), "somebody%40example.org")
        with mailing(stranger, tls=trusting) as mailer, pytest.raises(RelayRefused):
            mailer.send(MESSAGE, to=ANA, message_id=ID)


def test_a_request_goes_its_way_by_microsoft_365_alone(world: World) -> None:
    microsoft = Microsoft(world.mailbox)
    with served(microsoft.app()) as place:
        settings = replace(
            world.app.extensions["settings"], smtp_url="", mail_url=microsoft.url(place)
        )
        worker = create_app(settings, world.clock).extensions["worker"]()
        world.submit()
        worker.run_once()
        microsoft.refuse_with = (403, "ErrorAccessDenied", {})
        world.clock.now += timedelta(minutes=11)
        worker.run_once()
        assert world.mails(JORDAN) == []
        microsoft.refuse_with = None
        world.clock.now += timedelta(minutes=6)
        worker.run_once()
        worker.close()
    assert world.mails(REQUESTER)
    assert world.open(world.mail(JORDAN)).status == 200
