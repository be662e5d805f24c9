"""Stories of mails that the mail server accepts and sends back later."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from mailbox import Maildir
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from demo.bounces import answer, maildir_at, report
from store import workers
from store.database import StorageBusy
from tests.returns import living_with_returns, passes_in_steps
from tests.test_story_board import board
from tests.test_story_relay import health
from tests.twice import again, confirm, merge
from tests.world import JORDAN, PRIYA, REQUESTER, SAM, World
from workflow.model import OfferState, PromiseKind

IMPOSTOR = "somebody.else@example.net"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living_with_returns(tmp_path) as alive:
        yield alive


def box(world: World) -> Maildir:
    return maildir_at(world.mailbox.returns_to)


def results(world: World, email: str) -> list[str]:
    return [result for name, result in world.rows("outbox", "email", "result") if name == email]


def states(world: World, reference: str) -> list[OfferState]:
    return [offer.state for offer in world.case(reference).offers]


def ask(world: World, reference: str) -> list[str]:
    """Ask a supporter, with a stand-in; returns their addresses."""
    page = world.open(world.mail(JORDAN))
    first, second = page.values("first")[:2]
    page.choose("offered", first=first, backup=second)
    people = [world.engine.program.person(one) for one in (first, second)]
    return [person.email for person in people if person]


def test_reviewers_hear_that_a_mistyped_address_got_nothing(world: World) -> None:
    world.mailbox.return_address_with[REQUESTER] = "5.1.1"
    world.request()
    passes_in_steps(world, 30)
    world.passes(minutes=1)
    assert "couldn’t be delivered" in world.mail(JORDAN, "didn’t get through").text
    assert results(world, "received") == ["undeliverable"]
    assert not list(box(world)), "a report that was read quotes the requester's address"
    assert world.mails(SAM) == []


def test_a_mail_names_itself_in_its_envelope_and_tells_nothing_there(world: World) -> None:
    reference = world.request()
    senders = {mail.sender for mail in world.mailbox.messages}
    assert len(senders) == len(world.mailbox.messages) > 2
    known = {token for (token,) in world.rows("outbox", "message_id")}
    for sender in senders:
        local, _, domain = sender.partition("@")
        assert (local.partition("+")[0], domain) == ("bounces", "example.org")
        assert local.partition("+")[2] in known
        assert reference.lower() not in sender.lower()


def test_an_offer_that_came_back_goes_to_the_next_supporter(world: World) -> None:
    reference = world.request()
    world.mailbox.return_address_with[ask(world, reference)[0]] = "5.1.1"
    passes_in_steps(world, 50)
    assert states(world, reference) == [OfferState.UNDELIVERABLE, OfferState.OPEN]
    assert world.mails(world.asked(reference))
    world.passes(minutes=1)
    assert "could not be delivered" in world.mail(SAM).text


@pytest.mark.parametrize(("status", "hours"), [("5.7.1", 48), ("5.1.1", 4)])
def test_a_server_that_sends_back_everything_uses_up_no_offer(
    world: World, status: str, hours: int
) -> None:
    reference = world.request()
    asked, _ = ask(world, reference)
    world.mailbox.return_with = status
    world.passes(minutes=6)
    world.ask_for_link(PRIYA)
    passes_in_steps(world, hours * 60, step=hours * 15)
    assert states(world, reference) == [OfferState.OPEN, OfferState.STANDING_BY]
    assert "mail_settings" in health(world)
    assert "undeliverable" not in {result for (result,) in world.rows("outbox", "result")}
    world.mailbox.return_with = None
    world.passes(minutes=1)
    world.passes(minutes=61)
    assert len(world.mails(asked)) == 1
    world.passes(minutes=11)
    assert "mail_settings" not in health(world)


def test_mails_that_anybody_can_cause_turn_health_neither_red_nor_green(world: World) -> None:
    """Or a stranger who types addresses would see there which of them we know."""
    reference = world.request()
    world.mailbox.return_with = "5.7.1"
    for one in (REQUESTER, PRIYA):
        world.ask_for_link(one)
    world.passes(minutes=2)
    assert "mail_settings" not in health(world)
    ask(world, reference)
    again(world, QID1_TEXT="Robin Ash", QID2_TEXT="robin@example.org", QID3_TEXT="860-555-0177")
    passes_in_steps(world, 10)
    assert "mail_settings" in health(world)
    world.mailbox.return_with = None
    world.ask_for_link(REQUESTER)
    world.passes(minutes=1)
    world.passes(minutes=11)
    assert world.mails(REQUESTER)
    assert "mail_settings" in health(world)


def test_the_time_to_answer_stands_still_from_when_an_offer_came_back(world: World) -> None:
    reference = world.request()
    ask(world, reference)
    world.mailbox.return_with = "5.7.1"
    world.passes(minutes=6)
    world.passes(minutes=2)
    world.mailbox.refuse_recipient_with = "550 5.7.1 Relaying denied"
    passes_in_steps(world, 72 * 60, step=24 * 60)
    assert states(world, reference) == [OfferState.OPEN, OfferState.STANDING_BY]
    world.mailbox.return_with = world.mailbox.refuse_recipient_with = None
    world.passes(minutes=6)
    assert world.mails(JORDAN, "review")


def test_a_mail_that_comes_back_for_a_day_is_told_another_way(world: World) -> None:
    world.mailbox.return_address_with[REQUESTER] = "5.7.1"
    world.request()
    passes_in_steps(world, 20 * 60, step=300)
    assert world.mails(JORDAN, "didn’t get through") == []
    passes_in_steps(world, 8 * 60, step=240)
    world.passes(minutes=1)
    assert world.mails(JORDAN, "didn’t get through")
    assert "5.7" in world.mail(SAM, "sent it back").text


def test_what_is_no_report_on_one_of_our_mails_stays_as_it_is(world: World) -> None:
    world.request()
    [mail] = world.mails(REQUESTER)
    forged = report(mail, "5.1.1")
    token = mail.sender.partition("+")[2].partition("@")[0].encode()
    by_hand = b"Subject: Re: A question\r\nIn-Reply-To: %s\r\n\r\nWho reads this?\r\n"
    strangers = [
        b"Subject: A question\r\n\r\nWho reads this?\r\n",
        by_hand % f"{mail.parsed['Message-ID']}".encode(),
        mail.raw,
        forged.replace(token, b"0" * 31 + b"g"),
        b"Content-Type: multipart/report; boundary=\r\n\r\n" + bytes(range(256)) * 40,
        b"",
    ]
    for one in strangers:
        box(world).add(one)
    passes_in_steps(world, 30)
    assert "undeliverable" not in {result for (result,) in world.rows("outbox", "result")}
    kept = list(box(world).itervalues())
    assert len(kept) == len(strangers)
    assert {one.get_subdir() for one in kept} == {"new"}


def test_what_machines_write_about_one_of_our_mails_is_deleted_though_nothing_follows(
    world: World,
) -> None:
    """It quotes the requester's address, and no forgetting would reach it."""
    world.request()
    [mail] = world.mails(REQUESTER)
    forged, id = report(mail, "5.1.1"), f"{mail.parsed['Message-ID']}".encode()
    qmail = b"I wasn't able to deliver it to %s.\r\n\r\nMessage-ID: %s\r\n"
    notice = b"From: MAILER-DAEMON@old.example.net\r\nSubject: failure notice\r\n\r\n" + qmail
    for one in (
        forged.replace(b"multipart/report", b"multipart/mixed"),
        forged.replace(b"Action: failed", b"Action: relayed"),
        forged.replace(b"message/delivery-status", b"message/rfc822"),
        forged[: len(forged) // 3],
        notice % (REQUESTER.encode(), id),
        answer(mail, "I am away.").replace(b"In-Reply-To: " + id, b"To: " + mail.sender.encode()),
    ):
        box(world).add(one)
    passes_in_steps(world, 30)
    assert "undeliverable" not in {result for (result,) in world.rows("outbox", "result")}
    assert not list(box(world))


def test_a_report_on_a_mail_that_was_forgotten_is_deleted_and_does_nothing(world: World) -> None:
    world.request()
    [mail] = world.mails(REQUESTER)
    token = mail.sender.partition("+")[2].partition("@")[0].encode()
    box(world).add(report(mail, "5.1.1").replace(token, b"0" * 32))
    passes_in_steps(world, 10)
    assert not list(box(world))


def test_a_delay_ends_nothing_and_is_shown_to_reviewers(world: World) -> None:
    world.request()
    [mail] = world.mails(REQUESTER)
    box(world).add(report(mail, "4.4.1", action="delayed"))
    world.passes(hours=4)
    assert results(world, "received") == ["sent"]
    assert not list(box(world))
    page = world.open(world.mail(JORDAN))
    assert "We emailed the requester on Monday, Nov 23, 10 AM, and it" in page.text


def test_a_mailbox_that_nobody_can_read_for_an_hour_is_an_alarm(world: World) -> None:
    world.work()
    path = Path(urlsplit(world.mailbox.returns_to).path)
    shutil.move(path, path.with_name("away"))
    passes_in_steps(world, 60, step=20)
    assert "return_mailbox" not in health(world)
    passes_in_steps(world, 40, step=20)
    assert "return_mailbox" in health(world)
    assert "BOUNCES_URL" in world.mail(SAM).text
    checked = world.app.test_cli_runner().invoke(args=["check"]).output
    assert "BOUNCES_URL: the mailbox cannot be read" in checked
    shutil.move(path.with_name("away"), path)
    passes_in_steps(world, 40, step=20)
    assert "return_mailbox" not in health(world)


def test_an_automatic_answer_is_a_hint_and_no_absence(world: World) -> None:
    reference = world.request()
    asked, _ = ask(world, reference)
    world.passes(minutes=6)
    text = "Thank you. I am away until December 3."
    for mail in (world.mail(asked), world.mail(REQUESTER)):
        box(world).add(answer(mail, text))
    world.passes(minutes=2)
    assert len(world.rows("auto_replies", "person")) == 1
    assert not world.engine.casebook.absent
    assert states(world, reference)[0] is OfferState.OPEN
    said = "says that they’re away until Thursday, Dec 3"
    assert said in world.open(world.mail(JORDAN)).text
    assert said in board(world, JORDAN).text
    assert not list(box(world)), "they name who asked, and whose request it was"
    world.clock.now += timedelta(days=11)
    world.work()
    assert not world.rows("auto_replies")


@pytest.mark.file("another one holds its lock")
def test_an_automatic_answer_that_came_while_the_database_was_locked_is_read_afterwards(
    world: World,
) -> None:
    world.request()
    world.passes(minutes=2)
    box(world).add(answer(world.mail(JORDAN), "I am away until December 3."))
    world.clock.now += timedelta(minutes=2)
    world.store._patience = 0.1
    with closing(sqlite3.connect(world.store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StorageBusy):
            world.worker.rounds["returned"]()
        other.execute("rollback")
    world.passes(minutes=2)
    assert len(world.rows("auto_replies", "person")) == 1


def test_only_mails_to_people_of_the_program_ask_for_automatic_answers(world: World) -> None:
    world.request()
    asked = {m.recipients[0]: m.parsed["X-Auto-Response-Suppress"] for m in world.mailbox.messages}
    assert (asked[REQUESTER], asked[JORDAN]) == ("OOF, AutoReply", "AutoReply")
    assert {m.parsed["Auto-Submitted"] for m in world.mailbox.messages} == {"auto-generated"}


def test_one_worker_at_a_time_reads_and_a_report_waits_until_its_mail_is_marked(
    world: World,
) -> None:
    world.request()
    [mail] = world.mails(REQUESTER)
    box(world).add(report(mail, "4.4.1", action="delayed"))
    (received,) = (id for id, email in world.rows("outbox", "id", "email") if email == "received")
    with workers.only_one(world.store, "return-mailbox") as is_ours:
        assert is_ours
        world.passes(minutes=2)
        assert len(list(box(world))) == 1
    with world.store.write() as db:
        db.execute("update outbox set result = 'sending' where id = ?", [received])
    world.passes(minutes=2)
    assert len(list(box(world))) == 1
    with world.store.write() as db:
        db.execute("update outbox set result = 'sent' where id = ?", [received])
    world.passes(minutes=2)
    assert not list(box(world))


def test_reminders_that_left_as_one_mail_come_back_as_one(world: World) -> None:
    world.request()
    world.submit(QID1_TEXT="Robin Hale", QID2_TEXT="robin@example.org", QID3_TEXT="860-555-0111")
    world.passes(minutes=11)
    world.mailbox.return_address_with[JORDAN] = "5.1.1"
    passes_in_steps(world, 72 * 60, step=12 * 60)
    lost = [
        case
        for case, email, person, result in world.rows(
            "outbox", "case_id", "email", "person", "result"
        )
        if (email, person, result) == ("review_nudge", "jordan-reyes", "undeliverable")
    ]
    assert set(lost) == {1, 2}


def test_no_correction_counts_whose_question_came_back(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(REQUESTER))
    world.mailbox.return_address_with[REQUESTER] = "5.1.1"
    page.choose("contact_corrected", phone="860-555-0188", how=["call"])
    world.work()
    passes_in_steps(world, 40)
    case = world.case(reference)
    assert case.promise(PromiseKind.CORRECTION) is None
    assert case.promise(PromiseKind.TELL, "was_this_you") is not None
    task = world.mail(JORDAN, "pass on a message")
    world.passes(hours=30)
    assert world.case(reference).confirmation is not None, "nobody could stop it"
    page = world.open(task)
    assert "We can’t ask at the first address" in page.text
    page.choose("contact_confirmed", confirmation=page.values("confirmation")[0])
    case = world.case(reference)
    assert (case.confirmation, case.promise(PromiseKind.TELL)) == (None, None)


# Reports that are not true


def test_a_forged_report_opens_no_request_at_an_address_that_counts_no_more(world: World) -> None:
    """Who reads a mail knows by what its report names it, and could have it mailed again."""
    older = world.request(QID2_TEXT=IMPOSTOR)
    arrived = world.mails(IMPOSTOR)[0]
    newer = again(world)
    merge(world, older, newer)
    world.work()
    confirm(world, IMPOSTOR)
    assert world.open(arrived).status == 410
    count = len(world.mails(REQUESTER))
    box(world).add(report(arrived, "4.4.7"))
    passes_in_steps(world, 120)
    assert world.open(arrived).status == 410
    mails = world.mails(REQUESTER)[count:]
    assert [mail.subject for mail in mails] == [arrived.subject], "it was mailed again"
    assert f"Request {older}" in world.open(mails[0]).text


def test_a_forged_report_does_not_take_back_that_a_link_was_revoked(world: World) -> None:
    reference = world.request()
    (arrived,) = world.mails(REQUESTER)
    assert world.open(arrived).status == 200
    world.app.test_cli_runner().invoke(args=["revoke", reference])
    box(world).add(report(arrived, "4.4.7"))
    passes_in_steps(world, 120)
    assert len(world.mails(REQUESTER)) == 2, "it was mailed again"
    assert {world.open(mail).status for mail in world.mails(REQUESTER)} == {410}
    world.open(arrived).choose("fresh")
    world.until_links_are_mailed()
    assert world.open(world.mail(REQUESTER, "new link")).status == 200
