"""The demo's mailbox, a real SMTP server; its pages and its clock."""

import re
import smtplib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from demo.app import create_demo
from demo.bounces import maildir_at
from demo.clock import MovableClock
from demo.mailbox import Mailbox
from demo.qualtrics.stand_in import StandIn
from tests.world import EXAMPLE

NEW_YORK = ZoneInfo("America/New_York")
MORNING = "To the next morning, 8:30 AM"
ROBIN = "robin.lee@example.org"
QSF = "/qsf/SV_8peerSupport01"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def clock(tmp_path: Path) -> MovableClock:
    return MovableClock(tmp_path / "clock")


@pytest.fixture
def pages(mailbox: Mailbox, clock: MovableClock) -> FlaskClient:
    app = create_demo(StandIn(clock=clock), mailbox, clock, "http://127.0.0.1:8000", EXAMPLE)
    return app.test_client()


def mail(subject: str, to: str = ROBIN) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Care Desk <care-desk@example.org>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Please look: http://127.0.0.1:8000/open/token\n")
    message.add_alternative(
        '<p class="x">Please <a href="http://127.0.0.1:8000/open/token">look</a></p>',
        subtype="html",
    )
    return message


def send(mailbox: Mailbox, subject: str, to: str = ROBIN, timeout: float = 5) -> None:
    with smtplib.SMTP(mailbox.host, mailbox.port, timeout=timeout) as server:
        server.send_message(mail(subject, to))


def test_it_stores_a_mail_unchanged(mailbox: Mailbox) -> None:
    before = datetime.now(UTC)
    send(mailbox, "Grüße – a request")
    (message,) = mailbox.messages
    assert message.raw.count(b"\r\n") == message.raw.count(b"\n")
    assert (message.sender, message.recipients) == ("care-desk@example.org", (ROBIN,))
    assert before <= message.arrived_at <= datetime.now(UTC)
    assert message.subject == "Grüße – a request"
    assert "open/token" in message.text
    assert '<p class="x">' in message.html


def test_it_waits_for_mail(mailbox: Mailbox) -> None:
    sender = threading.Timer(0.1, send, (mailbox, "A request"))
    sender.start()
    assert [message.subject for message in mailbox.wait_for(1)] == ["A request"]
    sender.join(60)
    with pytest.raises(TimeoutError, match="1 of 2"):
        mailbox.wait_for(2, timeout=0.05)


@pytest.mark.parametrize("status", [421, 451, 550])
def test_it_refuses_recipients(mailbox: Mailbox, status: int) -> None:
    mailbox.refuse_recipient_with = status
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mailbox, "A request")
    assert refused.value.recipients[ROBIN][0] == status
    assert mailbox.messages == []
    mailbox.refuse_recipient_with = None
    send(mailbox, "A request")
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("status", [421, 451, 550])
def test_it_refuses_data(mailbox: Mailbox, status: int) -> None:
    mailbox.refuse_data_with = status
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(mailbox, "A request")
    assert refused.value.smtp_code == status
    assert mailbox.messages == []


def test_it_hangs_between_the_data_and_the_reply(mailbox: Mailbox) -> None:
    mailbox.hang_after_data = 0.3
    began = time.monotonic()
    send(mailbox, "Slow")
    assert time.monotonic() - began >= 0.3
    mailbox.hang_after_data = 5
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(mailbox, "Too slow", timeout=2)
    assert [message.subject for message in mailbox.messages] == ["Slow", "Too slow"]


def test_it_hangs_up_after_the_data_as_often_as_it_is_told(mailbox: Mailbox) -> None:
    mailbox.hang_up_after_data = 1
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mailbox, "Kept without a word")
    send(mailbox, "Kept")
    assert [message.subject for message in mailbox.messages] == ["Kept without a word", "Kept"]


def test_it_thinks_about_a_recipient(mailbox: Mailbox) -> None:
    mailbox.latency = 0.1
    began = time.monotonic()
    send(mailbox, "Slow")
    assert time.monotonic() - began >= 0.1


def test_it_can_be_stopped_and_started_again(mailbox: Mailbox) -> None:
    send(mailbox, "Before")
    mailbox.stop()
    with pytest.raises(ConnectionRefusedError):
        send(mailbox, "Meanwhile")
    mailbox.start()
    send(mailbox, "After")
    assert [message.subject for message in mailbox.messages] == ["Before", "After"]


def test_its_pages_link_people_to_their_mails(mailbox: Mailbox, pages: FlaskClient) -> None:
    for subject, to in [("First", ROBIN), ("Other", "sam.ortiz@example.org"), ("Second", ROBIN)]:
        send(mailbox, subject, to)
    people = pages.get("/mail/").text
    assert people.index(ROBIN) < people.index("sam.ortiz@example.org")
    assert "2 emails" in people
    inbox = pages.get(f"/mail/to/{ROBIN}").text
    assert inbox.index("Second") < inbox.index("First")
    assert "Other" not in inbox
    assert pages.get("/mail/9").status_code == 404


def test_a_mail_is_shown_as_text_and_in_a_sandbox(mailbox: Mailbox, pages: FlaskClient) -> None:
    send(mailbox, "<script>A request</script>")
    page = pages.get("/mail/1").text
    assert "<script>" not in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "&lt;base target=_blank&gt;&lt;p class=" in page
    assert '<a href="http://127.0.0.1:8000/open/token" rel="noopener" target="_blank">' in page


def test_the_home_page_links_to_every_page(pages: FlaskClient) -> None:
    page = pages.get("/").text
    form = "/jfe/form/SV_8peerSupport01"
    for link in (
        form,
        f"{form}?source=flyer-emergency-department",
        "/mail/",
        "/clock/",
        "/trouble/",
        "/intranet",
        "/flyer",
        QSF,
    ):
        assert f'href="{link}"' in page
        assert pages.get(link).status_code == 200


def test_an_intranet_shows_the_page_for_everybody_and_a_flyer_hangs_in_a_unit(
    pages: FlaskClient,
) -> None:
    assert '<iframe src="http://127.0.0.1:8000/help"' in pages.get("/intranet").text
    flyer = pages.get("/flyer")
    assert flyer.mimetype == "application/pdf"
    assert flyer.data.startswith(b"%PDF-")


def test_the_clock_moves_for_everybody_who_uses_its_file(clock: MovableClock) -> None:
    other = MovableClock(clock.path)
    assert abs(other() - datetime.now(UTC)) < timedelta(seconds=1)
    for step in (timedelta(days=5), timedelta(minutes=15)):
        clock.move(step)
    ahead = timedelta(days=5, minutes=15)
    assert abs(other() - datetime.now(UTC) - ahead) < timedelta(seconds=1)
    assert other().tzinfo is UTC


def test_the_clock_page_moves_the_clock(pages: FlaskClient, clock: MovableClock) -> None:
    assert "This is the real time." in pages.get("/clock/").text
    page = pages.post("/clock/", data={"step": "+24 hours"}, follow_redirects=True)
    assert "1 day ahead" in page.text
    assert clock.offset() == timedelta(days=1)
    assert pages.post("/clock/", data={"step": "-1 hour"}).status_code == 400


def test_the_clock_page_shows_the_time_in_the_programs_zone(
    pages: FlaskClient, clock: MovableClock
) -> None:
    here = clock().astimezone(NEW_YORK)
    assert f"{here:%A, %B %-d, }" in pages.get("/clock/").text
    assert re.search(r"\d:\d\d\s[AP]M E[SD]T", pages.get("/clock/").text)


def test_the_clock_page_shows_quiet_hours_and_moves_to_the_morning(
    pages: FlaskClient, clock: MovableClock
) -> None:
    night = clock().astimezone(NEW_YORK).replace(hour=23, minute=15)
    clock.move(night + timedelta(days=1) - clock())
    assert "Quiet hours until 7:00 AM:</strong> reminders and calls wait until then" in (
        pages.get("/clock/").text
    )
    page = pages.post("/clock/", data={"step": MORNING}, follow_redirects=True).text
    assert "8:30\N{NO-BREAK SPACE}AM" in page.partition("<form")[0]
    assert "Quiet hours" not in page
    at = clock()
    pages.post("/clock/", data={"step": MORNING})
    assert timedelta(hours=22) < clock() - at < timedelta(hours=26), "the morning after"
    assert clock().astimezone(NEW_YORK).hour == 8


def test_the_clock_page_shows_this_computers_time_while_the_program_cannot_be_read(
    mailbox: Mailbox, clock: MovableClock, tmp_path: Path
) -> None:
    for written in (None, "nonsense", 'time_zone = "Europe/Nowhere"'):
        if written:
            (tmp_path / "program.toml").write_text(written)
        app = create_demo(StandIn(clock=clock), mailbox, clock, "http://127.0.0.1:8000", tmp_path)
        page = app.test_client().get("/clock/").text
        assert f"{clock().astimezone():%A, %B %-d, }" in page
        assert app.test_client().post("/clock/", data={"step": MORNING}).status_code == 302


def test_the_trouble_page_sets_switches(mailbox: Mailbox, pages: FlaskClient) -> None:
    wanted = {
        "events": "get lost",
        "rights": "everything",
        "api": "is out of order",
        "mail": "asks to try again later",
    }
    page = pages.post("/trouble/", data=wanted, follow_redirects=True).text
    for choice in wanted.values():
        assert f'value="{choice}" checked' in page
    assert mailbox.refuse_recipient_with == 451
    assert pages.post("/trouble/", data={"events": "get lost"}).status_code == 400


def test_mails_to_nobody_and_from_a_server_that_sends_all_back_land_in_the_maildir(
    mailbox: Mailbox, pages: FlaskClient, tmp_path: Path
) -> None:
    mailbox.returns_to = f"maildir://{tmp_path / 'returned'}"
    calm = {"events": "arrive", "rights": "everything", "api": "answers"}
    for choice, to in (
        ("accepts mail", "nobody@example.org"),
        ("accepts mail and sends all of it back", ROBIN),
        ("accepts mail, and everyone answers that they are away", ROBIN),
    ):
        pages.post("/trouble/", data=calm | {"mail": choice})
        send(mailbox, "Look", to)
    kept = [one.as_string() for one in maildir_at(mailbox.returns_to)]
    assert {("5.1.1" in one, "5.7.1" in one, "I am away" in one) for one in kept} == {
        (True, False, False), (False, True, False), (False, False, True),
    }  # fmt: skip
    assert [one.subject for one in mailbox.messages] == ["Look"]
