"""What coordinators record for supporters who told them by phone."""

import pytest

from tests.world import JORDAN, REQUESTER, World
from workflow.model import Outcome, State


def test_reviewers_record_what_supporters_told_them_by_phone(world: World) -> None:
    reference = world.offered()
    for told in ("accepted", "contacted"):
        world.open(world.mail(JORDAN)).choose(told)
    page = world.open(world.mail(JORDAN)).choose("completed", outcome="supported")
    assert "Jordan Reyes answered for them" in page.text
    assert world.case(reference).outcome is Outcome.SUPPORTED


def test_a_late_yes_told_by_phone_is_recorded(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    supporter = world.asked(reference)
    while world.case(reference).state is State.OFFERED:
        world.until_handled(reference)
    page = world.open(world.mail(JORDAN)).choose("accepted")
    assert "Jordan Reyes answered for them" in page.text
    assert world.asked(reference) == supporter


@pytest.mark.parametrize(
    ("reader", "choice", "told"),
    [
        (REQUESTER, {"choice": "withdrawn"}, "don’t contact your colleague"),
        (JORDAN, {"choice": "taken_back"}, "is covered now"),
        ("", {"choice": "completed", "outcome": "supported", "hard": "yes"}, "(860) 555-0120"),
    ],
)
def test_who_said_yes_by_phone_before_we_mailed_them_hears_the_rest_like_anyone(
    world: World, reader: str, choice: dict[str, str], told: str
) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.open(world.mail(JORDAN)).choose("accepted")
    world.passes(minutes=6)
    supporter = world.asked(reference)
    (matched,) = world.mails(supporter)
    assert "what comes next" in matched.subject, "they were never asked by mail"
    if not reader:
        world.open(matched).choose("contacted")
    page = world.open(world.mail(reader or supporter))
    assert page.choose(**choice).status == 200
    world.passes(minutes=6)
    world.passes(hours=23)
    assert told in world.mail(supporter).text
