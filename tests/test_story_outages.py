"""Stories of outages: everybody hears once how things are, and nobody hears it twice."""

import re
from datetime import timedelta
from threading import Thread

from tests.beginnings import beginning
from tests.outages import arrives_late, subjects
from tests.world import DAVID, ELENA, JORDAN, MONDAY, PRIYA, RUTH, Browser, World
from workflow.model import PromiseKind, State


@beginning
def fourteen(world: World) -> list[str]:
    """Bring fourteen requests to different states; returns their references."""
    for number in range(14):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    references = world.references
    for reference in references[4:]:
        page = world.open(world.mail(JORDAN, reference))
        page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    for reference in references[8:]:
        world.open(world.mail(world.asked(reference), reference)).choose("accepted")
    world.passes(minutes=6)
    for reference in references[12:]:
        world.open(world.mail(world.asked(reference), "your yes")).choose("contacted")
    world.passes(minutes=6)
    return references


def test_after_a_week_without_a_worker_everybody_gets_one_combined_reminder(
    world: World,
) -> None:
    references = fourteen(world)
    states = {world.case(reference).state for reference in references}
    assert states == {State.IN_REVIEW, State.OFFERED, State.MATCHED, State.IN_CONTACT}
    before = len(world.mailbox.messages)

    world.passes(days=7)

    after = world.mailbox.messages[before:]
    for reviewer in (JORDAN, PRIYA, ELENA, DAVID):
        [told] = [m for m in after if reviewer in m.recipients and "waiting for you" in m.subject]
        assert [r for r in references if r in told.text] == references[:12]
        lapsed = [] if reviewer in (ELENA, DAVID) else references[4:8]
        assert told.text.count("the supporter didn’t answer in time") == len(lapsed)
        assert told.text.count("late, due") == 12 - len(lapsed), "they have a day to choose again"
        assert [m for m in after if reviewer in m.recipients] == [told]
    for number in range(14):
        assert len([m for m in after if f"person.{number}@example.org" in m.recipients]) <= 1

    world.work()
    assert world.mailbox.messages[before:] == after
    told = world.mail(ELENA, "waiting for you")
    assert "Jamie" not in told.text
    assert world.open(told).status == 200, "it leads to their own page"


def test_after_an_outage_a_supporter_of_two_requests_gets_one_mail_with_both_links(
    world: World,
) -> None:
    for number in range(2):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    one, other = world.references
    both = [
        set(world.open(world.mail(JORDAN, reference)).values("first")) for reference in (one, other)
    ]
    takes_two = {
        id for id, listed in world.engine.program.supporters.items() if listed.capacity > 1
    }
    chosen = min(both[0] & both[1] & takes_two)
    for reference in (one, other):
        world.open(world.mail(JORDAN, reference)).choose("offered", first=chosen)
    world.passes(minutes=6)
    supporter = world.asked(one)
    for reference in (one, other):
        world.open(world.mail(supporter, reference)).choose("accepted")
    world.passes(minutes=6)
    before = len(world.mailbox.messages)

    world.passes(days=7)

    [told] = [m for m in world.mailbox.messages[before:] if supporter in m.recipients]
    assert "2 waiting for you" in told.subject
    assert told.text.count("get in touch, late, due") == 2
    links = dict(re.findall(r"Open (PS-\w+): (http\S+)", told.text))
    assert sorted(links) == sorted([one, other])
    browser = Browser()
    for reference in (one, other):
        assert browser.open(links[reference]).choose("contacted").status == 200
        assert world.case(reference).state is State.IN_CONTACT
    note = browser.open(told.text.split("Open your page:")[1].split()[0])
    assert other not in note.text, "it may have been passed on"
    browser.close()
    assert f"{other} You’re in touch" in world.own_page(supporter).text


def test_nobody_is_reminded_twice_when_an_outage_ends_just_before_the_next_reminder(
    world: World,
) -> None:
    reference, supporter = world.matched()
    due = world.case(reference).promise(PromiseKind.CONTACT)
    assert due is not None
    overdue = due.due_at + timedelta(days=2)  # nudges are daily by now, at this time of the day
    before = len(world.mails(supporter))
    world.clock.now = overdue - timedelta(minutes=2)
    world.work()
    assert len(world.mails(supporter)) == before + 1
    for _ in range(10):
        world.passes(minutes=1)
    assert len(world.mails(supporter)) == before + 1
    world.clock.now = overdue + timedelta(days=1, minutes=1)
    world.work()
    assert len(world.mails(supporter)) == before + 2


def test_a_single_request_keeps_its_own_mail_with_its_own_link(world: World) -> None:
    reference = world.request()
    world.passes(days=7)
    assert subjects(world, JORDAN)[-1] == f"{reference}: overdue, please decide"
    assert reference in world.open(world.mail(JORDAN)).text
    assert world.mails(JORDAN, "waiting for you") == []


def test_the_combined_reminder_leaves_out_requests_decided_meanwhile(world: World) -> None:
    for number in range(3):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(minutes=11)
    world.mailbox.refuse_data_with = 451
    world.passes(hours=24)
    decided = world.mails(JORDAN)[0]
    world.open(decided).choose("closed", outcome="not_a_request")
    world.mailbox.refuse_data_with = None
    world.passes(minutes=5)
    told = world.mail(JORDAN, "waiting for you")
    assert "2 waiting for you" in told.subject
    assert decided.subject.split(":")[0] not in told.text


def test_two_workers_send_the_combined_reminder_once(world: World) -> None:
    fourteen(world)
    before = len(world.mailbox.messages)
    other = world.app.extensions["worker"]()
    world.clock.now += timedelta(days=7)
    threads = [Thread(target=worker.run_once, daemon=True) for worker in (world.worker, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    world.passes(minutes=2)
    other.close()
    after = world.mailbox.messages[before:]
    for reviewer in (JORDAN, PRIYA, ELENA, DAVID):
        told = [m for m in after if reviewer in m.recipients and "waiting for you" in m.subject]
        assert len(told) == 1, [m.subject for m in after if reviewer in m.recipients]


def test_retries_at_different_times_do_not_split_what_an_outage_delayed(world: World) -> None:
    world.mailbox.refuse_data_with = 451
    for number in range(4):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
        world.passes(minutes=50)
    world.passes(hours=24)
    for _ in range(20):
        world.passes(minutes=7)
    before = len(world.mailbox.messages)
    world.mailbox.refuse_data_with = None
    world.clock.now = MONDAY.replace(day=25, hour=13)
    for _ in range(40):
        world.passes(minutes=2)
    after = [m for m in world.mailbox.messages[before:] if JORDAN in m.recipients]
    nudges = [m for m in after if "waiting for you" in m.subject or "overdue" in m.subject]
    assert len(nudges) == 1


def test_deputies_are_called_once_a_day_at_most(world: World) -> None:
    world.request()
    while world.clock.now < MONDAY + timedelta(days=6):
        world.passes(hours=3)
    for deputy in (ELENA, DAVID):
        days = [m.arrived_at.date() for m in world.mails(deputy, "no one has acted")]
        assert len(days) == len(set(days))
        daily = [m for m in world.mails(deputy) if m.arrived_at.date() == days[-1]]
        assert len(daily) == 1, [m.subject for m in daily]


def test_deputies_who_get_a_late_request_are_not_also_called_about_it(world: World) -> None:
    for coordinator in (JORDAN, PRIYA):
        world.own_page(coordinator).choose("away_open")
    reference = arrives_late(world, hours=80)
    assert subjects(world, ELENA) == [f"{reference}: overdue, please review"]


def test_deputies_hear_once_about_an_urgent_request_that_arrives_overdue(world: World) -> None:
    reference = arrives_late(world, QID12=3, hours=80)
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        assert subjects(world, person) == [f"{reference}: please act now"]


def test_no_mail_says_that_nothing_was_missed_while_something_is_late(world: World) -> None:
    reference = world.request()
    while world.clock.now < MONDAY + timedelta(days=5):
        world.passes(hours=3)
    for person in (ELENA, RUTH):
        assert world.mails(person, f"{reference}: no one has acted, please step in")
    assert not [m for m in world.mailbox.messages if "Nothing is late yet" in m.text]


def test_deputies_are_called_on_the_last_day_even_if_just_called_about_the_review(
    world: World,
) -> None:
    reference = world.request()
    while world.clock.now < MONDAY + timedelta(hours=96):
        world.passes(hours=1)
    before = len(world.mails(ELENA, reference))
    page = world.open(world.mails(JORDAN, reference)[0])
    page.choose("offered", first=page.values("first")[0])
    world.passes(hours=12)
    assert len(world.mails(ELENA, reference)) == before, "they were called an hour before"
    while world.clock.now < MONDAY + timedelta(hours=119):
        world.passes(hours=1)
    assert len(world.mails(ELENA, reference)) == before + 1
    assert "Time is running out" in world.mail(ELENA, reference).text


def test_several_upcoming_first_contacts_are_not_described_as_silence(world: World) -> None:
    for number in range(2):
        world.submit(QID2_TEXT=f"person.{number}@example.org", QID3_TEXT="")
    world.work()
    world.passes(hours=59)
    for reference in world.references:
        page = world.open(world.mail(JORDAN, reference))
        page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    for reference in world.references:
        world.open(world.mail(world.asked(reference), reference)).choose("accepted")
    world.clock.now = MONDAY + timedelta(days=4, minutes=1)
    world.work()
    told = world.mail(ELENA, "waiting for you")
    assert told.text.count("a colleague must get in touch soon, due tomorrow (Saturday)") == 2
    assert "no one has acted" not in told.text
