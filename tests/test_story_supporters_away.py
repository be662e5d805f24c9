"""Stories of supporters who are away: others are asked, and nobody waits for them."""

import pytest

from tests.absence import TOMORROW, leave
from tests.world import JORDAN, PRIYA, World
from workflow.model import OfferState, State

AMARA = "amara.cole@example.org"


def test_a_supporter_who_is_away_is_not_proposed_and_the_page_does_not_say_why(
    world: World,
) -> None:
    world.request()
    first = world.open(world.mail(JORDAN)).values("first")[0]
    person = world.engine.program.person(first)
    assert person is not None
    leave(world, person.email)
    page = world.open(world.mail(JORDAN))
    assert first not in page.values("first")
    assert "not free right now" in page.text
    assert person.name not in page.text
    assert "away" not in page.text.replace("right away", "")
    assert page.choose("offered", first=first).status == 409


@pytest.mark.parametrize(("first", "is_proposed"), [("2026-11-25", False), ("2026-11-26", True)])
def test_a_supporter_who_leaves_before_the_contact_is_due_is_not_proposed(
    world: World, first: str, is_proposed: bool
) -> None:
    world.request()
    leave(world, AMARA, first=first, last="2026-12-04")
    page = world.open(world.mail(JORDAN))
    assert ("amara-cole" in page.values("first")) == is_proposed


def test_an_open_offer_goes_to_the_stand_in_when_the_supporter_leaves(world: World) -> None:
    reference = world.offered()
    first = world.asked(reference)
    leave(world, first)
    assert world.asked(reference) != first
    assert world.events(reference)[-1] == "supporter_gone"
    assert world.case(reference).state is State.OFFERED
    assert "there’s nothing left to do" in world.open(world.mail(first, reference)).text
    second = world.asked(reference)
    leave(world, second)
    assert world.case(reference).state is State.IN_REVIEW
    assert "no longer on the list" in world.mail(JORDAN).text


def test_a_supporter_who_accepted_and_leaves_keeps_the_request_until_it_is_taken_back(
    world: World,
) -> None:
    reference, supporter = world.matched()
    leave(world, supporter, first=f"{TOMORROW}", last="2026-12-04")
    for reviewer in (JORDAN, PRIYA):
        mail = world.mail(reviewer, "someone is away")
        assert "away from Tuesday, Nov 24, until Friday, Dec 4" in mail.text
    assert world.case(reference).state is State.MATCHED
    reminded = len(world.mails(supporter))
    world.passes(days=1)
    assert len(world.mails(supporter)) == reminded, "no reminder goes to somebody who is away"
    assert len(world.mails(JORDAN, "someone is away")) == 1
    page = world.open(world.mail(JORDAN, "someone is away"))
    assert "away until Friday, Dec 4" in page.text
    page.choose("taken_back")
    assert world.case(reference).state is State.IN_REVIEW
    assert world.case(reference).offers[0].state is OfferState.ENDED


def test_reviewers_hear_when_a_supporter_who_accepted_extends_an_absence(world: World) -> None:
    _, supporter = world.matched()
    leave(world, supporter, first=f"{TOMORROW}", last="2026-11-25")
    leave(world, supporter, first=f"{TOMORROW}", last="2027-01-31")
    mails = world.mails(JORDAN, "someone is away")
    assert "until Wednesday, Nov 25" in mails[0].text
    assert "until Sunday, Jan 31" in mails[1].text
    assert len(mails) == 2


def test_nobody_hears_in_the_morning_about_a_supporter_who_stays(world: World) -> None:
    _, supporter = world.matched()
    world.passes(hours=12)
    leave(world, supporter, first=f"{TOMORROW}")
    world.own_page(supporter).choose("back", first=f"{TOMORROW}")
    world.passes(hours=12)
    assert world.mails(JORDAN, "someone is away") == []


def test_reviewers_hear_when_an_absent_supporter_does_not_answer(world: World) -> None:
    reference, supporter = world.matched()
    leave(world, supporter)
    world.passes(hours=48)
    assert reference in world.mail(JORDAN, "Please check on").text
    assert world.case(reference).state is State.MATCHED
