"""The mailbox for what comes back, on a real IMAP server: what we read, delete and leave alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from demo.bounces import report
from notifications.mail.returning import ImapMailbox, MailboxError
from tests.imap.server import LOGIN, ImapServer, running
from tests.ports import free_port
from tests.world import JORDAN, MONDAY, REQUESTER, living


@pytest.fixture(scope="module")
def started() -> Iterator[ImapServer]:
    with running() as server:
        yield server


@pytest.fixture
def imap(started: ImapServer) -> Iterator[ImapServer]:
    yield started
    started.empty()


def box_at(url: str, server: ImapServer) -> ImapMailbox:
    return ImapMailbox(urlsplit(url), server.tls)


def test_a_mail_that_came_back_is_heard_of_and_its_report_deleted(
    imap: ImapServer, tmp_path: Path
) -> None:
    with living(tmp_path, bounces_url=imap.url) as world:
        world.request()
        [mail] = world.mails(REQUESTER)
        assert mail.sender == "care-desk@example.org", (
            "without an address, mails come from MAIL_FROM"
        )
        for raw in (b"Subject: A question\r\n\r\nHello\r\n", report(mail, "5.1.1"), mail.raw):
            imap.add(raw, world.clock.now)
        for _ in range(2):
            world.passes(minutes=10)
        assert world.mails(JORDAN, "didn’t get through")
        assert len(imap.flags()) == 2
        assert not [flags for flags in imap.flags() if "Seen" in flags or "Deleted" in flags]
        assert "BOUNCES_URL" not in world.app.test_cli_runner().invoke(args=["check"]).output


def test_what_others_marked_as_deleted_stays_until_they_delete_it(imap: ImapServer) -> None:
    for subject in (b"one", b"two"):
        imap.add(b"Content-Type: multipart/report\r\nSubject: " + subject + b"\r\n\r\n\r\n", MONDAY)
    with imap.client() as client:
        client.store("1", "+FLAGS", r"(\Deleted)")
    with box_at(imap.url, imap).opened() as box:
        [letter] = box.letters(MONDAY.date())
        assert b"two" in letter.raw
        box.delete([letter.id])
    [kept] = imap.flags()
    assert "Deleted" in kept


def test_it_looks_only_once_at_what_it_leaves_alone_and_not_at_what_is_old(
    imap: ImapServer,
) -> None:
    imap.add(b"Content-Type: multipart/report\r\n\r\nnew\r\n", MONDAY)
    imap.add(b"Content-Type: multipart/report\r\n\r\nold\r\n", MONDAY - timedelta(days=30))
    mailbox = box_at(imap.url, imap)
    for seen in ([b"new"], []):
        with mailbox.opened() as box:
            letters = list(box.letters((MONDAY - timedelta(days=10)).date()))
            assert [letter.raw.split()[-1] for letter in letters] == seen
            for letter in letters:
                box.leave(letter.id)


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
def test_it_reads_over_tls(imap: ImapServer, scheme: str) -> None:
    port = imap.encrypted if scheme == "imaps" else imap.plain
    with box_at(f"{scheme}://{LOGIN}@127.0.0.1:{port}/", imap).opened() as box:
        assert list(box.letters(MONDAY.date())) == []


def test_it_says_why_it_cannot_read_and_nothing_secret(imap: ImapServer) -> None:
    wrong = {
        f"imap://desk:wrong@127.0.0.1:{imap.plain}/": "refuses the login",
        f"imap://{LOGIN}@127.0.0.1:{imap.plain}/None": "refuses the login or the folder",
        f"imaps://{LOGIN}@127.0.0.1:{imap.plain}/": "SSL",
        f"imap://{LOGIN}@127.0.0.1:{free_port()}/": "ConnectionRefusedError",
    }
    for url, words in wrong.items():
        with pytest.raises(MailboxError, match=words) as refused, box_at(url, imap).opened():
            pass
        assert "desk" not in f"{refused.value}"
