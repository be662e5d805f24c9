"""Stories of urgent requests: everybody is called until somebody takes the call."""

from datetime import UTC, datetime, timedelta

from tests.world import DAVID, ELENA, JORDAN, PAGER, PRIYA, RUTH, SAM, World
from workflow.model import PromiseKind, State

#: At 2 AM in New York.
SUNDAY = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)


def test_an_urgent_request_calls_everybody_until_somebody_takes_the_call(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    for person in (JORDAN, PRIYA, ELENA, DAVID, PAGER):
        assert len(world.mails(person)) == 1, person
    ring = world.mail(PAGER)
    assert reference not in ring.subject + ring.text
    assert "/open/" not in ring.text
    world.passes(minutes=15)
    world.passes(minutes=15)
    assert len(world.mails(JORDAN)) == 3

    page = world.open(world.mail(JORDAN))
    assert "can’t be undone" in page.text
    page.choose("call_taken")
    world.passes(minutes=45)
    assert len(world.mails(PRIYA)) == 3
    world.passes(minutes=16)
    assert world.events(reference)[-1] == "call_lapsed"
    assert len(world.mails(PRIYA)) == 4, "the calls start again at once"

    page = world.open(world.mail(PRIYA))
    result = page.choose("offered", first=page.values("first")[0])
    assert 'value="undone"' not in result.answer.text
    world.work()
    assert world.mails(world.asked(reference)), "it goes out right away"
    world.passes(minutes=15)
    assert len(world.mails(PRIYA)) == 5, "nobody has called yet"
    world.open(world.mail(world.asked(reference))).choose("accepted")
    world.passes(minutes=15)
    assert len(world.mails(PRIYA)) == 6, "nor has the supporter"
    world.open(world.mail(JORDAN, "act now")).choose("call_taken")
    count = len(world.mails(JORDAN))
    world.passes(minutes=45)
    assert len(world.mails(JORDAN)) == count


def test_when_nobody_acts_more_people_are_called_and_not_more_often(world: World) -> None:
    """A whole urgent Sunday: each mail that nobody reads makes the next one worth less."""
    on_call = (JORDAN, PRIYA, ELENA, DAVID, PAGER)
    world.clock.now = SUNDAY
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    for minutes, count, outside in ((15, 2, 0), (15, 3, 0), (15, 4, 1), (15, 5, 2)):
        world.passes(minutes=minutes)
        assert [len(world.mails(person)) for person in on_call] == [count] * 5
        assert len(world.mails(RUTH)) == outside, "the third reminder reaches the outside person"
    page = world.open(world.mail(RUTH))
    assert "No one has taken the call yet." in page.text
    assert "and the backup contact too" in page.text
    assert "The next email goes out today (Sunday), 4:15 AM" in page.text
    world.passes(seconds=31)
    alarm = world.mail(SAM, "Please phone")
    assert reference not in alarm.subject + alarm.text
    while world.clock.now < SUNDAY + timedelta(days=1):
        world.until_handled(reference)
    for person in on_call:
        assert len(world.mails(person)) == 12, "once an hour after the first, then every four"
    assert len(world.mails(SAM)) == 2, "a day each"
    assert len(world.mailbox.messages) < 80
    page = world.open(world.mail(RUTH)).choose("call_taken")
    assert page.status == 200
    assert "The next email goes out" not in page.text


def test_after_the_call_nobody_is_woken_again_and_the_review_continues(
    world: World,
) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    review = world.case(reference).promise(PromiseKind.REVIEW)
    page = world.open(world.mail(JORDAN)).choose("call_taken")
    assert "Jordan Reyes is calling the requester" in page.text
    page.again().choose("called")
    mails = len(world.mailbox.messages)
    world.passes(hours=8)
    assert len(world.mailbox.messages) == mails, "no urgent mail any more"
    case = world.case(reference)
    assert (case.state, case.is_urgent, case.was_call_taken) == (State.IN_REVIEW, True, True)
    assert case.promise(PromiseKind.REVIEW) == review
    page = world.open(world.mail(PRIYA))
    assert "Jordan Reyes spoke with the requester" in page.text
    assert 'value="called"' not in page.answer.text
    world.passes(hours=17)
    assert world.mails(PRIYA, f"{reference}: please decide"), "the review is reminded of as usual"


def test_the_caller_sees_first_how_to_reach_the_person(world: World) -> None:
    world.submit(QID12=2)
    world.work()
    page = world.open(world.mail(JORDAN)).choose("call_taken")
    calling = page.text.split("Jordan Reyes is calling them.")[1]
    assert calling.startswith(" I know this person You step back")
    assert calling.index("Show name and contact") < calling.index("How did the call go?")
    assert page.text.count("Show name and contact") == 1
    assert "looking at this" not in page.text, "everybody can see that they are"
    other = world.open(world.mail(PRIYA)).text
    assert other.index("How did the call go?") < other.index("Show name and contact")
    assert "I’m looking at this" in other
    assert "Jordan Reyes is looking" not in other, "the page says that they call"


def test_when_the_caller_steps_back_the_others_are_called_again(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    world.open(world.mail(JORDAN)).choose("call_taken")
    world.open(world.mail(JORDAN)).choose("handed_over")
    world.work()
    assert world.case(reference).promise(PromiseKind.URGENT) is not None
    assert len(world.mails(PRIYA, "act now")) == 2
    assert len(world.mails(JORDAN)) == 1


def test_the_second_to_take_the_call_is_told_who_is_calling(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    pages = [world.open(world.mail(person)) for person in (JORDAN, PRIYA)]
    pages[0].choose("call_taken")
    late = pages[1].choose("call_taken")
    assert late.status == 409
    assert "Jordan Reyes is calling" in late.text


def test_a_safety_answer_that_nobody_can_read_is_urgent(world: World) -> None:
    world.submit(QID12=7)
    world.work()
    assert world.only_case().is_urgent
    assert world.only_case().promise(PromiseKind.URGENT) is not None


def test_asking_a_supporter_after_the_call_ends_the_urgent_calls(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    world.open(world.mail(JORDAN)).choose("call_taken")
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    count = len(world.mails(PRIYA))
    world.passes(hours=3)
    assert world.case(reference).promise(PromiseKind.URGENT) is None
    assert len(world.mails(PRIYA)) == count


def test_the_caller_can_report_the_call_after_others_are_back(world: World) -> None:
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        world.own_page(person).choose("away_open")
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    assert world.open(world.mail(RUTH)).choose("call_taken").status == 200
    world.own_page(ELENA).choose("back")
    world.work()
    page = world.open(world.mail(RUTH))
    assert page.status == 200
    page.choose("called")
    assert world.events(reference)[-1] == "called"
    assert world.open(world.mail(RUTH)).status == 404, "now it is Elena's"
