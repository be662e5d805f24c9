"""Stories of promises: counted from Submit, kept over outages, told honestly."""

from datetime import timedelta

from tests.world import DAVID, ELENA, JORDAN, PRIYA, REQUESTER, World
from workflow.model import PromiseKind, State


def arrives_late(world: World, **late: float) -> str:
    """Somebody submits, and nothing tells us for a while; returns the reference."""
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    world.submit()
    world.qualtrics.behavior.drop_rate = 0.0
    world.passes(**late)
    return world.only_case().reference


def subjects(world: World, to: str) -> list[str]:
    return [mail.subject for mail in world.mails(to, "PS-")]


# From Submit


def test_what_arrives_two_days_late_says_how_little_is_left(world: World) -> None:
    reference = arrives_late(world, hours=48)
    world.passes(minutes=11)
    assert "(23 hours left)" in world.mail(JORDAN).text
    assert len(world.mails(JORDAN)) == 1, "its nudges are past, and not made up for"
    assert world.mails(ELENA) == []
    case = world.case(reference)
    assert case.promises[0].due_at == case.submitted_at + timedelta(hours=72)
    assert "by Thursday, November 26, 10:00 AM" in world.mail(REQUESTER).text

    world.until_handled(reference)
    assert len(world.mails(ELENA)) == 1, "the deputies are called 60 hours after Submit"


def test_what_arrives_overdue_calls_the_deputies_at_once_and_apologizes_once(world: World) -> None:
    reference = arrives_late(world, hours=80)
    for reviewer in (JORDAN, PRIYA):
        [review] = world.mails(reviewer)
        assert "It reached us late and is overdue since" in review.text
    for deputy in (ELENA, DAVID):
        assert subjects(world, deputy) == [f"{reference}: nobody has acted, please step in"]
    [confirmed] = world.mails(REQUESTER)
    assert "Your request has arrived" in confirmed.text
    assert "We are late already, and we are sorry" in confirmed.text


def test_the_promise_of_the_first_contact_is_told_apart_from_one_that_was_late_on_arrival(
    world: World,
) -> None:
    reference = arrives_late(world, hours=80)
    while world.clock.now < world.case(reference).submitted_at + timedelta(hours=121):
        world.until_handled(reference)
    assert [m.subject.split(": ")[1] for m in world.mails(REQUESTER)] == [
        "what happens next",
        "we are running late",
    ]


def test_who_cannot_be_mailed_and_arrives_overdue_is_told_by_the_reviewers(world: World) -> None:
    world.work()
    world.qualtrics.behavior.drop_rate = 1.0
    world.submit(QID4=["2"])
    world.passes(hours=80)
    assert world.only_case().promise(PromiseKind.TELL, "delayed") is not None
    assert world.mails(REQUESTER) == []


def test_a_second_delay_gives_nobody_more_time_to_tell_of_the_first(world: World) -> None:
    reference = world.request(QID4=["2"])
    submitted = world.case(reference).submitted_at
    while world.clock.now < submitted + timedelta(hours=121):
        world.until_handled(reference)
    telling = world.case(reference).promise(PromiseKind.TELL, "delayed")
    assert telling is not None
    assert telling.due_at == submitted + timedelta(hours=96)
    assert "now; it was due on Friday, November 27" in world.mail(ELENA, "please tell them").text


def test_a_second_delay_and_the_nudge_to_tell_of_the_first_are_one_mail(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=73)
    told = len(world.mails(JORDAN, "please pass on"))
    assert told == 1
    world.passes(hours=50)
    assert len(world.mails(JORDAN, "please pass on")) == told + 1


def test_a_worker_that_comes_back_at_night_lets_nudges_wait_until_morning(world: World) -> None:
    world.request(QID4=["2"])
    world.passes(hours=74 + 11)  # It is 11:11 PM in New York.
    assert [len(world.mails(person)) for person in (JORDAN, ELENA)] == [1, 0]
    world.passes(hours=8)
    assert len(world.mails(JORDAN, "overdue, please decide")) == 1
    assert len(world.mails(ELENA, "nobody has acted")) == 1
    assert len(world.mails(JORDAN, "please pass on")) == 1


def test_after_a_week_without_a_worker_everybody_hears_once_where_things_stand(
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
    called = len(world.mails(ELENA, "nobody has acted"))
    world.passes(hours=25)  # The first contact is due in a day, and nobody has told of the delay.
    assert len(world.mails(ELENA, "nobody has acted")) == called + 1


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
    assert "the last moment is Saturday, November 28, 10:00 AM" in world.mail(ELENA).text
    assert world.case(reference).state is State.MATCHED
