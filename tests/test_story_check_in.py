"""Stories of the check-in: some weeks after the first contact we ask how somebody is doing."""

from datetime import timedelta

import pytest

from demo.mailbox import StoredMessage
from notifications import digest
from tests.program_files import FORGET, change, look
from tests.world import CHECK_IN_DAYS, JORDAN, PRIYA, REQUESTER, SAM, World
from workflow.model import PromiseKind, State

ASKS = "How are you doing?"


@pytest.fixture
def asking(world: World) -> World:
    """A world in which requesters are asked after 14 and 42 days."""
    change(world, "program.toml", 'days = "none"', CHECK_IN_DAYS)
    look(world)
    return world


def check_ins(world: World, to: str = REQUESTER) -> list[StoredMessage]:
    return [mail for mail in world.mails(to) if ASKS in mail.text]


def completed(world: World, supporter: str, outcome: str = "supported") -> None:
    world.open(world.mail(supporter)).choose("completed", outcome=outcome)
    world.passes(minutes=6)


def test_they_are_asked_after_two_and_six_weeks_and_an_answer_is_told_to_nobody(
    asking: World,
) -> None:
    reference, supporter = asking.in_contact()
    asking.passes(days=13)
    assert check_ins(asking) == []
    asking.passes(days=1)
    (mail,) = check_ins(asking)
    assert mail.subject == f"{reference}: a short note"
    first = mail.text.partition("How are you")[0]
    assert "support" not in first.lower()
    assert "colleague" not in first.lower()
    assert asking.engine.program.found_by(supporter)[0].name not in mail.text
    page = asking.open(mail)
    assert "Help that’s open right now" in page.text
    mails = len(asking.mailbox.messages)
    answered = page.choose("check_in_answered")
    assert "Thank you. We have your answer." in answered.text
    assert ASKS not in answered.text
    asking.passes(minutes=10)
    assert len(asking.mailbox.messages) == mails
    assert asking.case(reference).state is State.IN_CONTACT
    asking.passes(days=6)
    completed(asking, supporter)
    asking.passes(days=21)
    assert len(check_ins(asking)) == 1
    asking.passes(days=1)
    assert len(check_ins(asking)) == 2
    page = asking.open(check_ins(asking)[-1])
    assert "check_ins_stopped" not in page.answer.text, "nothing is left to stop"
    asking.passes(days=9)
    assert asking.count("cases") == 0
    assert len(check_ins(asking)) == 2


def test_a_closed_request_with_a_check_in_left_is_nothing_for_coordinators(asking: World) -> None:
    reference, supporter = asking.in_contact()
    completed(asking, supporter)
    assert asking.case(reference).next_at is not None
    assert reference not in asking.own_page(JORDAN).person.look(f"{asking.url}/board").text
    told = digest.facts(asking.engine.casebook, "jordan-reyes", "", asking.clock.now)
    assert told["counts"] == ""


def test_one_tap_stops_it_and_can_be_undone(asking: World) -> None:
    asking.in_contact()
    asking.passes(days=14)
    stopped = asking.open(asking.mail(REQUESTER, ASKS)).choose("check_ins_stopped")
    assert ASKS in stopped.choose("undone").text
    stopped.again().choose("check_ins_stopped")
    asking.passes(days=40)
    assert len(check_ins(asking)) == 1


def test_who_stopped_it_is_not_asked_again_by_the_support_that_they_ask_for_later(
    asking: World,
) -> None:
    reference, supporter = asking.in_contact()
    completed(asking, supporter)
    asking.passes(days=14)
    page = asking.open(asking.mail(REQUESTER, ASKS)).choose("check_ins_stopped")
    asking.passes(minutes=6)
    page.again().choose("reopened")
    asking.passes(minutes=6)
    page = asking.open(asking.mail(JORDAN, "back with you"))
    page.choose("offered", first=page.values("first")[0])
    asking.passes(minutes=6)
    another = asking.asked(reference)
    asking.open(asking.mail(another)).choose("accepted")
    asking.passes(minutes=6)
    asking.open(asking.mail(another)).choose("contacted")
    asking.passes(days=15)
    asking.passes(days=15)
    assert len(check_ins(asking)) == 1


def test_who_would_like_to_talk_again_hears_from_their_supporter(asking: World) -> None:
    reference, supporter = asking.in_contact()
    asking.passes(days=14)
    asking.open(asking.mail(REQUESTER, ASKS)).choose("asked_again")
    assert asking.mails(supporter, "please get in touch") == [], "it can be undone meanwhile"
    asking.passes(minutes=6)
    mail = asking.mail(supporter, "They’d like to talk with you again")
    assert mail.subject == f"{reference}: please get in touch"
    assert "Jamie" not in mail.text
    page = asking.open(mail)
    assert "They’d like to talk with you again. Please get in touch by" in page.text
    assert "will get in touch again by" in asking.open(asking.mail(REQUESTER, ASKS)).text
    told = len(asking.mails(JORDAN))
    page.choose("continued")
    assert asking.case(reference).promise(PromiseKind.CONTACT) is None
    asking.passes(days=4)
    assert len(asking.mails(JORDAN)) == told, "nothing is late"
    asking.open(asking.mail(REQUESTER, ASKS)).choose("check_in_answered")


def test_a_supporter_who_does_not_get_in_touch_again_is_reminded_and_reviewers_hear(
    asking: World,
) -> None:
    reference, supporter = asking.in_contact()
    asking.passes(days=14)
    asking.open(asking.mail(REQUESTER, ASKS)).choose("asked_again")
    asking.passes(hours=25)
    assert asking.mails(supporter, f"{reference}: get in touch by")
    asking.passes(hours=25)
    assert "would like to talk with the supporter again" in asking.mail(JORDAN).text
    page = asking.open(asking.mail(JORDAN))
    assert "The requester would like to talk with the supporter again" in page.text


def test_once_it_is_closed_who_would_like_to_talk_again_opens_it_again(asking: World) -> None:
    reference, supporter = asking.in_contact()
    completed(asking, supporter)
    asking.passes(days=14)
    page = asking.open(asking.mail(REQUESTER, ASKS))
    assert page.answer.text.count('value="reopened"') == 1
    page.choose("reopened")
    asking.passes(minutes=6)
    assert asking.case(reference).state is State.IN_REVIEW
    assert asking.case(reference).check_in is None
    assert "opened again" in asking.mail(PRIYA).text
    asking.passes(days=40)
    assert len(check_ins(asking)) == 1


def test_who_forbade_mail_is_not_asked(asking: World) -> None:
    reference, _ = asking.in_contact(QID4=["2"])
    asking.passes(days=15)
    assert asking.case(reference).promise(PromiseKind.TELL, "check_in") is None
    assert "checked_in" not in asking.events(reference)
    assert asking.mails(REQUESTER) == []


def test_who_did_not_want_support_is_not_asked(asking: World) -> None:
    _, supporter = asking.in_contact()
    completed(asking, supporter, "support_declined")
    asking.passes(days=15)
    assert check_ins(asking) == []


def test_nobody_is_asked_shortly_before_their_request_is_forgotten(asking: World) -> None:
    change(asking, "program.toml", *FORGET)
    look(asking)
    asking.open(asking.mail(SAM, "confirm a change")).choose("in_force")
    look(asking)
    _, supporter = asking.in_contact()
    asking.passes(days=9)
    completed(asking, supporter)
    asking.passes(days=5)
    assert check_ins(asking) == [], "two days would be left to answer"
    asking.passes(days=3)
    assert asking.count("cases") == 0


def test_a_longer_time_to_forget_keeps_nothing_longer_that_is_asked_meanwhile(
    asking: World,
) -> None:
    """A longer time counts for requests that are closed later: others were told the shorter one."""
    reference, supporter = asking.in_contact()
    completed(asking, supporter)
    before = asking.row("cases", "forget_at")
    change(asking, "program.toml", 'forget_after = "30 days"', 'forget_after = "60 days"')
    look(asking)
    asking.passes(days=14)
    assert asking.events(reference)[-1] == "checked_in"
    assert asking.row("cases", "forget_at") == before


def test_what_comes_due_at_night_waits_for_the_morning(asking: World) -> None:
    asking.matched()
    asking.clock.now += timedelta(hours=12)
    supporter = asking.asked(asking.references[0])
    asking.open(asking.mail(supporter)).choose("contacted")
    asking.passes(days=14)
    assert check_ins(asking) == []
    asking.passes(hours=10)
    assert len(check_ins(asking)) == 1


def test_a_mail_that_waited_is_not_sent_to_who_did_not_want_it_any_more(world: World) -> None:
    change(world, "program.toml", 'days = "none"', "days = [7]")
    look(world)
    reference, _ = world.in_contact()
    world.mailbox.refuse_sender_with = 421
    world.passes(days=7)
    assert world.events(reference)[-1] == "checked_in"
    world.open(world.mail(REQUESTER, "the next step")).choose("check_in_answered")
    world.mailbox.refuse_sender_with = None
    world.passes(hours=2)
    assert check_ins(world) == []


def test_none_are_sent_where_the_files_say_so(world: World) -> None:
    reference, _ = world.in_contact()
    world.passes(days=15)
    assert world.case(reference).check_in is None
    assert check_ins(world) == []
