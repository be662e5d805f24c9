"""Stories of mails that were kept back: what they say is true when they leave."""

from datetime import timedelta

from tests.absence import count
from tests.standing_in import NY, at, say
from tests.world import DAVID, ELENA, JORDAN, PRIYA, REQUESTER, RUTH, World, link_in
from workflow.model import PromiseKind

# Night


def test_a_mail_delayed_since_the_evening_wakes_nobody(world: World) -> None:
    world.request()
    at(world, 23, 18)
    pages = [world.own_page(one) for one in (JORDAN, PRIYA)]
    world.mailbox.refuse_data_with = 451
    for page in pages:
        assert page.choose("away_open").status == 200
    world.work()
    for _ in range(6):
        world.passes(hours=1)
    world.mailbox.refuse_data_with = None
    for _ in range(4):
        world.passes(hours=1)
    for mail in world.mails(ELENA):
        assert 7 <= mail.arrived_at.astimezone(NY).hour < 21, (mail.subject, mail.arrived_at)


# What an outage kept back


def test_the_report_of_an_undelivered_mail_reaches_somebody_who_is_present(world: World) -> None:
    _reference, supporter = world.matched()
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    at(world, 23, 21, 30)
    page = world.open(world.mail(REQUESTER))
    world.mailbox.refuse_address_with[supporter] = 550
    page.choose("rematch_asked")
    world.passes(minutes=6)
    at(world, 23, 21, 36)
    before = count(world, JORDAN, PRIYA)
    at(world, 24, 0, 1)
    at(world, 24, 7, 1)
    assert count(world, JORDAN, PRIYA) == [before[0], before[1] + 1]


# What is true when a mail leaves


PHONE_ONLY: dict[str, object] = {"QID2_TEXT": None, "QID4": ["3"]}


def test_a_stand_in_is_not_told_to_do_nothing_while_a_person_must_be_told(world: World) -> None:
    reference, _ = world.matched(**PHONE_ONLY)
    say(world, JORDAN)
    say(world, PRIYA)
    world.passes(hours=1)
    told = world.mail(ELENA, reference)
    assert "step in" in told.subject
    assert "nothing to do right now" not in told.text


def test_a_stand_in_is_not_told_to_do_nothing_while_the_first_contact_is_late(
    world: World,
) -> None:
    reference, _ = world.matched()
    world.passes(hours=50)
    say(world, JORDAN)
    say(world, PRIYA)
    world.passes(minutes=5)
    told = [m for m in world.mails(ELENA, reference) if "step in" in m.subject]
    assert told
    assert "nothing to do right now" not in told[-1].text


def test_the_call_to_a_deputy_is_about_what_is_late(world: World) -> None:
    reference, _ = world.matched(**PHONE_ONLY)
    for _ in range(40):
        world.passes(hours=3)
        if calls := world.mails(ELENA, reference):
            break
    assert "how the supporter and the requester are doing" not in calls[0].text


def test_a_supporter_who_left_while_mail_was_down_gets_no_reminder(world: World) -> None:
    reference, supporter = world.matched()
    world.own_page(supporter)
    own = world.mail(supporter, "your page")
    contact = world.case(reference).promise(PromiseKind.CONTACT)
    assert contact is not None
    world.mailbox.refuse_data_with = 451
    world.clock.now = contact.due_at + timedelta(minutes=1)
    world.work()
    page = world.open(own).choose("away_open")
    assert "we remind you of nothing" in page.text
    before = len(world.mails(supporter))
    world.mailbox.refuse_data_with = None
    for _ in range(20):
        world.passes(minutes=15)
    assert [mail.subject for mail in world.mails(supporter)[before:]] == []


def test_the_call_to_a_deputy_who_left_meanwhile_reaches_somebody_else(world: World) -> None:
    reference = world.request()
    say(world, DAVID)
    world.clock.now += timedelta(hours=59)
    world.work()
    elena = world.own_page(ELENA)
    world.mailbox.refuse_data_with = 451
    world.until_handled(reference)
    assert [mail.email for mail in world.queue].count("nobody_answered") == 1
    page = elena.person.open(link_in(world.mail(ELENA, "your page")))
    own = page.person.look(f"{world.url}/me")
    assert own.choose("away_open").status == 200
    before = len(world.mailbox.messages)
    world.mailbox.refuse_data_with = None
    for _ in range(8):
        world.passes(minutes=15)
    told = {to for mail in world.mailbox.messages[before:] for to in mail.recipients}
    assert ELENA not in told, "nobody writes to who is away"
    assert RUTH in told, "nobody else was called"


def test_a_stand_in_reads_that_the_first_contact_is_overdue(
    world: World,
) -> None:
    """Their mail about standing in keeps away what was said to those who left."""
    reference, _ = world.matched()
    for coordinator in (JORDAN, PRIYA):
        world.own_page(coordinator)
    contact = world.case(reference).promise(PromiseKind.CONTACT)
    assert contact is not None
    world.mailbox.refuse_data_with = 451
    world.clock.now = contact.due_at + timedelta(hours=1)
    world.work()
    world.passes(hours=5)
    for coordinator in (JORDAN, PRIYA):
        browser = world.open(world.mail(coordinator, "your page")).person
        assert browser.look(f"{world.url}/me").choose("away_open").status == 200
    world.work()
    world.mailbox.refuse_data_with = None
    for _ in range(12):
        world.passes(minutes=10)
    told = [mail.text for mail in world.mails(ELENA, reference)]
    assert any("nothing to do right now" not in text for text in told)


def test_the_report_of_an_undelivered_mail_arrives_even_after_another_mail_meanwhile(
    world: World,
) -> None:
    reference, supporter = world.matched()
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    at(world, 23, 21, 30)
    page = world.open(world.mail(REQUESTER))
    world.mailbox.refuse_address_with[supporter] = 550
    page.choose("rematch_asked")
    world.passes(minutes=6)
    at(world, 23, 21, 36)
    at(world, 24, 6)
    board = world.own_page(PRIYA).person.look(f"{world.url}/board")
    board.choose(reference)
    world.work()
    at(world, 24, 7, 1)
    assert world.mails(PRIYA, "didn’t get through")
