"""Stories of promises: counted from the submission, kept through outages, reported honestly."""

from datetime import timedelta

from tests.outages import arrives_late, subjects
from tests.world import DAVID, ELENA, JORDAN, MONDAY, PRIYA, REQUESTER, World
from workflow import words
from workflow.model import PromiseKind, State

# From Submit


def test_a_request_that_arrives_two_days_late_says_how_little_time_is_left(world: World) -> None:
    reference = arrives_late(world, hours=48)
    world.passes(minutes=11)
    assert "23 hours left" in world.mail(JORDAN).text
    assert len(world.mails(JORDAN)) == 1, "its nudges are past, and not made up for"
    assert world.mails(ELENA) == []
    case = world.case(reference)
    assert case.promises[0].due_at == case.submitted_at + timedelta(hours=72)
    assert "by tomorrow (Thursday), 10 AM" in world.mail(REQUESTER).text

    world.until_handled(reference)
    assert len(world.mails(ELENA)) == 1, "the deputies are called 60 hours after Submit"


def test_an_overdue_arrival_calls_the_deputies_immediately_and_apologizes_once(
    world: World,
) -> None:
    reference = arrives_late(world, hours=80)
    for reviewer in (JORDAN, PRIYA):
        [review] = world.mails(reviewer)
        assert "It reached us late, and the time to decide" in review.text
        assert review.subject == f"{reference}: overdue, please review"
    for deputy in (ELENA, DAVID):
        assert subjects(world, deputy) == [f"{reference}: no one has acted, please step in"]
    [confirmed] = world.mails(REQUESTER)
    assert "We got your request" in confirmed.text
    assert "We’re running late. We’re sorry" in confirmed.text


def test_a_late_first_contact_is_reported_although_the_request_arrived_late(
    world: World,
) -> None:
    reference = arrives_late(world, hours=80)
    while world.clock.now < world.case(reference).submitted_at + timedelta(hours=121):
        world.until_handled(reference)
    assert [m.subject.split(": ")[1] for m in world.mails(REQUESTER)] == [
        "what happens next",
        "we’re running late",
    ]


def test_a_person_who_waits_too_long_reads_which_help_is_open_at_that_moment(world: World) -> None:
    reference = world.request()
    while world.clock.now < MONDAY + timedelta(hours=121):
        world.until_handled(reference)
    on_thursday, on_saturday = (m.text for m in world.mails(REQUESTER, "running late"))
    assert "Ombuds Office (open now)" in on_thursday
    assert "Ombuds Office" not in on_saturday
    for told in (on_thursday, on_saturday):
        assert "Behavioral Health Clinic for Staff (open now)" in told


def test_reviewers_tell_a_person_without_mail_that_the_request_arrived_overdue(
    world: World,
) -> None:
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    world.submit(QID4=["2"])
    world.passes(hours=80)
    assert world.only_case().promise(PromiseKind.TELL, "delayed") is not None
    assert world.mails(REQUESTER) == []


def test_a_second_delay_gives_nobody_more_time_to_report_the_first(world: World) -> None:
    reference = world.request(QID4=["2"])
    submitted = world.case(reference).submitted_at
    while world.clock.now < submitted + timedelta(hours=121):
        world.until_handled(reference)
    telling = world.case(reference).promise(PromiseKind.TELL, "delayed")
    assert telling is not None
    assert telling.due_at == submitted + timedelta(hours=96)
    assert "t was due Friday, Nov 27, 10 AM" in world.open(world.mail(ELENA)).text


def test_a_second_delay_and_the_reminder_to_report_the_first_are_one_mail(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=73)
    before = len(world.mails(JORDAN))
    assert "there’s a message to pass on" in world.mail(JORDAN).text
    world.passes(hours=50)
    assert len(world.mails(JORDAN)) == before + 1
    assert world.mail(JORDAN).text.count("there’s a message to pass on") == 1


def test_when_a_worker_restarts_at_night_reminders_wait_until_morning(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=74 + 11)  # It is 11:11 PM in New York.
    assert [len(world.mails(person)) for person in (JORDAN, ELENA)] == [1, 0]
    world.passes(hours=8)
    assert [len(world.mails(person)) for person in (JORDAN, ELENA)] == [2, 1]
    told = world.mail(JORDAN).text
    assert "needs a decision, late, due" in told
    assert "there’s a message to pass on" in told
    assert "no one has acted" in world.mail(ELENA).subject


def test_after_a_week_without_a_worker_one_request_means_one_mail_per_person(
    world: World,
) -> None:
    world.request()
    everybody = (JORDAN, PRIYA, ELENA, DAVID, REQUESTER)
    before = {person: len(world.mails(person)) for person in everybody}
    world.passes(days=7)
    assert {person: len(world.mails(person)) - before[person] for person in everybody} == (
        dict.fromkeys(everybody, 1)
    )


def test_the_deputies_are_called_once_when_several_promises_call_them(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=73)
    called = len(world.mails(ELENA, "no one has acted"))
    world.passes(hours=25)  # The first contact is due in a day, and nobody has told of the delay.
    assert len(world.mails(ELENA, "no one has acted")) == called + 1


def test_the_deputies_hear_a_day_before_the_first_contact_is_due(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    world.passes(hours=59)
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    world.open(world.mail(world.asked(reference))).choose("accepted")
    case = world.case(reference)
    contact, first = case.promise(PromiseKind.CONTACT), case.promise(PromiseKind.FIRST_CONTACT)
    assert contact is not None
    assert first is not None
    assert first.due_at == case.submitted_at + timedelta(days=5)

    called = len(world.mails(ELENA))
    world.clock.now = first.due_at - timedelta(hours=24, minutes=1)
    world.work()
    assert len(world.mails(ELENA)) == called
    world.passes(minutes=1)
    assert len(world.mails(ELENA)) == called + 1
    assert "until tomorrow (Saturday), 10 AM" in world.mail(ELENA).text
    assert "first contact due" in world.mail(ELENA).subject
    assert world.case(reference).state is State.MATCHED


# Somebody steps back


def test_whoever_takes_over_reads_what_to_tell_a_person_without_mail(world: World) -> None:
    world.own_page(PRIYA).choose("away_open")
    reference, _ = world.matched(QID4=["2"])
    world.open(world.mails(JORDAN, reference)[0]).choose("handed_over")
    world.passes(minutes=6)
    told = world.mail(ELENA)
    assert told.subject == f"{reference}: this one is yours now"
    telling = world.case(reference).promise(PromiseKind.TELL, "matched")
    assert telling is not None
    due = words.day_and_time(telling.due_at, world.engine.program.zone, world.clock())
    assert f"Please pass on a message, due {due}" in told.text
    assert "There’s nothing to decide" not in told.text


def test_whoever_takes_over_an_overdue_request_reads_since_when_it_is_overdue(world: World) -> None:
    reference = world.request()
    world.passes(hours=73)
    for person in (JORDAN, PRIYA):
        world.open(world.mails(person, reference)[0]).choose("handed_over")
        world.passes(minutes=6)
    told = world.mail(ELENA, "back with you").text
    assert "it was due today (Thursday), 10 AM" in told
    assert "by Thursday" not in told


# At night


def test_an_undeliverable_mail_at_night_is_reported_in_the_morning(world: World) -> None:
    reference = world.offered()
    world.clock.now = MONDAY.replace(day=24, hour=3)  # 10 PM in New York
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.mailbox.refuse_address_with[world.asked(reference)] = 550
    world.passes(minutes=6)
    world.passes(minutes=6)
    world.passes(hours=1)
    assert world.mails(JORDAN, "didn’t get through") == []
    world.passes(hours=8)
    assert len(world.mails(JORDAN, "didn’t get through")) == 1


def test_an_outage_that_ends_at_night_wakes_nobody(world: World) -> None:
    reference = world.request()
    before = len(world.mailbox.messages)
    world.clock.now = MONDAY.replace(day=26, hour=7)  # Thursday, 2 AM in New York
    world.work()
    assert len(world.mailbox.messages) == before
    world.until_handled(reference)
    assert world.clock.now.hour == 12
    assert len(world.mails(JORDAN)) == 2
    assert len(world.mails(ELENA)) == 1


def test_a_reminder_delayed_into_the_night_waits_for_the_morning(
    world: World,
) -> None:
    world.request()
    world.mailbox.refuse_data_with = 451
    world.passes(hours=24)
    before = len(world.mailbox.messages)
    world.mailbox.refuse_data_with = None
    world.clock.now = MONDAY.replace(day=25, hour=7)
    world.work()
    assert len(world.mailbox.messages) == before
    world.passes(hours=5)
    assert len(world.mails(JORDAN)) == 2


def test_an_urgent_call_delayed_by_an_outage_is_sent_at_night(world: World) -> None:
    world.submit(QID12=2)
    world.work()
    before = len(world.mails(JORDAN))
    world.clock.now = MONDAY.replace(day=25, hour=7)
    world.work()
    assert len(world.mails(JORDAN)) == before + 1


def test_a_stand_in_is_not_asked_at_midnight_when_an_absence_begins(world: World) -> None:
    reference = world.offered()
    world.clock.now = MONDAY.replace(hour=22)
    first = world.asked(reference)
    world.own_page(first).choose("away_until", first="2026-11-24", last="2026-11-30")
    before = len(world.mailbox.messages)
    world.clock.now = MONDAY.replace(day=24, hour=5, minute=1)  # One minute past midnight
    world.work()
    assert world.asked(reference) != first
    assert len(world.mailbox.messages) == before
    world.clock.now = MONDAY.replace(day=24, hour=12, minute=1)
    world.work()
    assert world.mails(world.asked(reference))
