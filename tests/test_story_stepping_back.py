"""Stories of reviewers who step back or are barred, and who reviews then."""

from datetime import timedelta

import pytest

from people.records import Identity
from tests.world import DAVID, ELENA, JORDAN, MONDAY, PAGER, PRIYA, REQUESTER, RUTH, SAM, World
from workflow.model import State


def test_a_reviewer_who_steps_back_gets_no_more_mail_and_the_others_continue(world: World) -> None:
    reference = world.request()
    assert "stepped back" in world.open(world.mail(JORDAN)).choose("handed_over").text
    count = len(world.mails(JORDAN))
    world.passes(hours=25)
    assert len(world.mails(JORDAN)) == count
    assert len(world.mails(PRIYA)) == 2
    gone = world.open(world.mails(JORDAN)[0])
    assert gone.status == 404
    assert reference not in gone.text


def test_when_all_step_back_the_deputies_take_over_with_full_rights(world: World) -> None:
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        world.open(world.mail(coordinator)).choose("handed_over")
    world.passes(minutes=6)
    page = world.open(world.mail(ELENA))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert world.case(reference).state is State.OFFERED


def test_a_reviewer_who_is_the_requester_or_unwanted_never_learns_of_the_request(
    world: World,
) -> None:
    world.request(QID2_TEXT="Jordan.Reyes@Example.org", QID1_TEXT="J.", QID11_TEXT="priya nayr")
    assert [m.subject for m in world.mails(PRIYA)] == []
    assert len(world.mails("Jordan.Reyes@example.org")) == 1, "only what requesters get"
    assert world.mails(JORDAN) == []
    assert world.mails(ELENA)
    assert world.mails(DAVID)


def test_when_the_deputies_are_barred_too_the_outside_person_reviews(world: World) -> None:
    world.request(
        QID11_TEXT="Jordan Reyes, Priya Nair, Elena Fischer, David Okafor",
    )
    assert len(world.mails(RUTH)) == 1
    for barred in (JORDAN, PRIYA, ELENA, DAVID):
        assert world.mails(barred) == []
    page = world.open(world.mail(RUTH))
    assert page.choose("offered", first=page.values("first")[0]).status == 200


def test_supervisors_of_the_unit_are_barred(world: World) -> None:
    reference = world.request(QID6=2, QID7_TEXT="the operating rooms, nights")
    assert world.mails("marcus.bell@example.org") == []
    assert reference in world.mail(PRIYA).subject


def test_the_last_reviewer_cannot_step_back(world: World) -> None:
    reference = world.request(
        QID11_TEXT="Jordan Reyes, Priya Nair, Elena Fischer, David Okafor",
    )
    page = world.open(world.mail(RUTH)).choose("handed_over")
    assert page.status == 409
    assert "You can’t step back: no one else is left" in page.text
    assert world.engine.casebook.load(reference).reviewing.may_act("ruth-lindqvist")
    assert world.events(reference) == ["submitted"]


def test_a_reviewer_who_stepped_back_is_not_told_about_a_withdrawal(world: World) -> None:
    world.request()
    world.open(world.mail(JORDAN)).choose("handed_over")
    count = len(world.mails(JORDAN))
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.passes(minutes=1)
    assert "withdrawn" in world.mail(PRIYA).text
    assert len(world.mails(JORDAN)) == count


def test_a_reviewer_who_steps_back_is_no_longer_shown_as_looking(world: World) -> None:
    world.request()
    world.open(world.mail(JORDAN)).choose("looking").choose("handed_over")
    assert "has been looking at this" not in world.open(world.mail(PRIYA)).text


def test_nobody_can_step_back_when_only_a_barred_outside_person_is_left(world: World) -> None:
    reference = world.request(QID11_TEXT="Ruth Lindqvist")
    for person in (JORDAN, PRIYA, ELENA):
        assert world.open(world.mail(person)).choose("handed_over").status == 200
        world.passes(minutes=6)
    page = world.open(world.mail(DAVID)).choose("handed_over")
    assert page.status == 409
    assert "You can’t step back: no one else is left" in page.text
    world.work()
    assert world.mails(RUTH) == []
    assert [p.email for p in world.engine.casebook.load(reference).reviewing.reviewers] == [DAVID]


def test_the_last_present_reviewer_cannot_step_back_while_all_others_are_away(world: World) -> None:
    world.own_page(PRIYA).choose("away_open")
    reference = world.request(QID11_TEXT="Elena Fischer, David Okafor, Ruth Lindqvist")
    assert world.open(world.mail(JORDAN)).choose("handed_over").status == 409
    world.own_page(PRIYA).choose("back")
    assert world.open(world.mail(JORDAN)).choose("handed_over").status == 200
    world.passes(minutes=6)
    assert reference in world.mail(PRIYA).subject


NOBODY_MAY_SEE = "no one on our lists may see"
ALL_OF_THEM = "Jordan Reyes, Priya Nair, Elena Fischer, David Okafor"


def test_the_admins_hear_about_a_request_that_nobody_may_see_and_nobody_sees_it(
    world: World,
) -> None:
    world.submit(QID1_TEXT="Ruth Lindqvist", QID2_TEXT=RUTH, QID3_TEXT=None, QID11_TEXT=ALL_OF_THEM)
    world.work()
    reference = world.only_case().reference
    world.passes(minutes=11)
    assert len(world.mails(RUTH)) == 1, "only what requesters get"
    assert "988" in world.mail(RUTH).text
    told = world.mail(SAM)
    assert NOBODY_MAY_SEE in told.text
    assert reference not in told.subject + told.text
    assert "Lindqvist" not in told.subject + told.text
    count = len(world.mails(SAM))
    world.passes(hours=2)
    assert len(world.mails(SAM)) == count
    world.passes(days=1)
    assert len(world.mails(SAM)) == count + 1, "each day as long as it lasts"
    for person in (JORDAN, PRIYA, ELENA, DAVID):
        assert world.mails(person) == []
    assert world.events(reference) == ["submitted"]


def test_the_admins_hear_when_the_last_reviewer_of_a_request_becomes_barred(world: World) -> None:
    reference = world.request(QID11_TEXT=ALL_OF_THEM)
    world.passes(minutes=1)
    assert world.mails(RUTH, reference)
    assert not any(NOBODY_MAY_SEE in mail.text for mail in world.mails(SAM))
    contact = Identity(email=RUTH, is_mail_ok=True)
    world.engine.correct_contact(reference, contact, world.clock())
    world.passes(minutes=1)
    assert NOBODY_MAY_SEE in world.mail(SAM).text


def test_an_alarm_to_the_admins_is_deleted_after_ninety_days(world: World) -> None:
    world.request(QID11_TEXT=f"{ALL_OF_THEM}, Ruth Lindqvist")
    told = world.row("alarms", "occasion")
    world.passes(days=89)
    assert told in world.rows("alarms", "occasion")
    world.passes(days=2)
    assert told not in world.rows("alarms", "occasion")


def test_an_urgent_request_that_nobody_may_see_calls_the_pager_and_alarms_the_admins(
    world: World,
) -> None:
    world.submit(QID12=3, QID11_TEXT=f"{ALL_OF_THEM}, Ruth Lindqvist")
    world.work()
    assert len(world.mails(PAGER)) == 1
    world.passes(minutes=1)
    assert NOBODY_MAY_SEE in world.mail(SAM).text


def test_when_the_deputies_do_not_answer_either_the_outside_person_is_called(world: World) -> None:
    reference = world.request()
    while not world.mails(RUTH):
        assert len(world.mails(ELENA, reference)) < 9
        assert world.clock.now < MONDAY + timedelta(days=8)
        world.passes(hours=1)
    page = world.open(world.mail(RUTH))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert 'value="undone"' in page.again().answer.text, "the page stays theirs"
    assert world.case(reference).state is State.OFFERED


def test_an_answer_in_time_keeps_the_outside_person_out(world: World) -> None:
    reference = world.request()
    for _ in range(4):
        world.passes(days=1)
    page = world.open(world.mail(ELENA))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert world.case(reference).calls_in_vain == 0
    assert world.mails(RUTH) == []


@pytest.mark.parametrize("left_out", ["", "Ruth Lindqvist"])
def test_the_admins_hear_when_the_outside_person_does_not_answer_or_is_barred(
    world: World, left_out: str
) -> None:
    reference = world.request(QID11_TEXT=left_out)
    while not world.mails(SAM):
        assert world.clock.now < MONDAY + timedelta(days=16)
        world.passes(hours=4)
    told = world.mail(SAM)
    assert "no one we called is acting on it" in told.text
    assert reference not in told.subject + told.text
    assert bool(world.mails(RUTH)) is not bool(left_out)
