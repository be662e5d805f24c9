"""Repeated, late and failed mails: mail programs and people can tell one from another."""

from demo.mailbox import StoredMessage
from tests.asking import page_of
from tests.handing_over import PARTNER, agrees, asked_about
from tests.world import DAVID, ELENA, JORDAN, PRIYA, REQUESTER, SAM, World


def header(mail: StoredMessage, name: str) -> str:
    return str(mail.parsed[name] or "")


def test_repeated_calls_are_told_apart_and_belong_together(world: World) -> None:
    world.request(QID12=2)
    for _ in range(3):
        world.passes(minutes=16)
    first, second, third, *_ = world.mails(JORDAN)
    assert "(" not in first.subject
    assert "(alert 2, " in second.subject
    assert "(alert 3, " in third.subject
    assert "This is alert 3, " in third.text
    threads = [header(mail, "References") for mail in (first, second, third)]
    assert threads == ["", header(first, "Message-ID"), header(first, "Message-ID")]
    assert header(third, "Importance") == "high"


def test_only_urgent_requests_are_important_and_never_to_the_requester(world: World) -> None:
    world.request()
    assert not any(header(mail, "Importance") for mail in world.mailbox.messages)
    world.submit(QID12=2, QID2_TEXT="robin.lee@example.org")
    world.work()
    assert header(world.mail("robin.lee@example.org"), "Importance") == ""


def test_the_mark_of_an_urgent_mail_tells_a_support_service_nothing(world: World) -> None:
    """The requester said yes to a name and one way to be reached, not to their safety answer."""
    reference = world.request(QID12=2)
    page_of(world, reference).choose("call_taken")
    page_of(world, reference).choose("called")
    asked_about(world, page_of(world, reference))
    agrees(world, world.open(world.mail(REQUESTER, "would you like to hear from them")), "phone")
    world.passes(days=2)
    assert len(world.mails(PARTNER)) > 1, "a reminder, too"
    assert {header(mail, "Importance") for mail in world.mails(PARTNER)} == {""}
    assert header(world.mail(JORDAN, reference), "Importance") == "high"


def test_a_mail_that_an_outage_kept_back_says_that_it_is_late(world: World) -> None:
    world.mailbox.stop()
    world.submit()
    world.work()
    world.passes(hours=30)
    world.mailbox.start()
    world.passes(hours=1)
    for mail in (world.mails(REQUESTER)[0], world.mails(JORDAN)[0]):
        assert "This email is late. We’re sorry" in mail.text
    world.submit(QID2_TEXT="robin.lee@example.org")
    world.passes(minutes=11)
    assert "late" not in world.mail("robin.lee@example.org").text


def test_one_mail_lists_what_did_not_get_through(world: World) -> None:
    world.mailbox.refuse_address_with = dict.fromkeys((JORDAN, PRIYA), "550 5.1.1 Unknown")
    world.submit()
    for _ in range(8):
        world.passes(minutes=5)
    for reader in (ELENA, DAVID):
        assert len(world.mails(reader, "didn’t get through")) == 1
    mail = world.mail(SAM, "please take a look")
    assert sum("could not be delivered" in mail.text for mail in world.mails(SAM)) == 1
    assert "(jordan-reyes)" in mail.text
    assert "(priya-nair)" in mail.text
