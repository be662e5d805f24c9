"""What goes over the wire when a mail is sent. The servers are real."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from notifications.mail.compose import Message
from notifications.mail.mailer import Mailer, SmtpServer
from notifications.mail.refusals import RecipientRefused, RelayRefused
from tests.mail_server import ANA, ID, MESSAGE, NOW, Inbox, mailing, serving


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
        with serving(inbox, timeout=1) as port, mailing(f"smtp://127.0.0.1:{port}") as mailer:
            mailer.send(MESSAGE, to=ANA, message_id=ID)
            threading.Event().wait(1.5)
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
        except RelayRefused:
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
def test_it_refuses_anything_but_a_plain_address(mailer: Mailer, to: str) -> None:
    with pytest.raises(RecipientRefused) as caught:
        mailer.send(MESSAGE, to=to, message_id=ID)
    assert to == "" or to not in str(caught.value)


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
        with pytest.raises(RelayRefused, match="SMTP_URL"):
            SmtpServer.from_url(url)

    @pytest.mark.parametrize("sender", ["", "Care Desk", "a@b, c@d", "zoë@example.org"])
    def test_it_refuses_a_sender_without_address(self, sender: str) -> None:
        with pytest.raises(RelayRefused, match="MAIL_FROM"):
            Mailer("smtp://127.0.0.1", sender, "", clock=lambda: NOW)

    def test_it_can_do_without_a_reply_address(self, inbox: Inbox, port: int) -> None:
        with closing(
            Mailer(f"smtp://127.0.0.1:{port}", "desk@example.org", "", clock=lambda: NOW)
        ) as mailer:
            mailer.send(MESSAGE, to=ANA, message_id=ID)
        assert inbox.last()["From"] == "desk@example.org"
        assert inbox.last()["Reply-To"] is None
