"""Stories of absences that the admins write into their files."""

from collections.abc import Callable

import pytest

from tests.absence import PHONE_OF_JORDAN, in_files, leave
from tests.world import JORDAN, PRIYA, World


def test_admins_can_enter_an_absence_in_the_files(world: World) -> None:
    in_files(world, 'phone = "860-555-0101"', 'phone = "860-555-0101"\naway_until = 2026-11-30')
    assert world.engine.casebook.absent == {"jordan-reyes"}
    page = world.own_page(JORDAN)
    assert "You’re away until Monday, Nov 30" in page.text
    assert "An admin can change it" in page.text
    world.passes(days=8)
    assert world.engine.casebook.absent == frozenset()


def test_absences_from_the_files_and_from_the_page_add_up(world: World) -> None:
    leave(world, JORDAN, last="2026-12-04")
    in_files(world, PHONE_OF_JORDAN, f"{PHONE_OF_JORDAN}\naway_until = 2026-11-24")
    page = world.own_page(JORDAN)
    assert "You’re away until Tuesday, Nov 24." in page.text
    assert "You’re away until Friday, Dec 4." in page.text
    assert "I’m back from this Your other days away stay as they are." in page.text
    assert "We’ll email you again" not in page.text
    assert page.choose("back", first=page.values("first")[0]).status == 200
    assert world.count("absences") == 0
    assert world.engine.casebook.absent == {"jordan-reyes"}


def test_admins_can_enter_absences_of_supporters_too(world: World) -> None:
    rows = (world.folder / "config/supporters.csv").read_text().splitlines()
    told = [rows[0] + ",away_from,away_until", rows[1] + ",2026-11-20,", *rows[2:]]
    (world.folder / "config/supporters.csv").write_text("\n".join(told) + "\n")
    world.work()
    assert world.engine.casebook.absent == {"amara-cole"}


def test_a_return_before_the_departure_is_refused_with_its_place(world: World) -> None:
    wrong = 'phone = "860-555-0101"\naway_from = 2026-12-21\naway_until = 2026-12-01'
    in_files(world, 'phone = "860-555-0101"', wrong)
    assert "away_until is before away_from" in world.mail("sam.whitaker@example.org").text
    assert world.engine.casebook.absent == frozenset()


@pytest.fixture
def check(world: World) -> Callable[[], str]:
    return lambda: world.app.test_cli_runner().invoke(args=["check"]).output


@pytest.mark.file("the server of the tests does not sync, which ends a check")
def test_check_warns_ahead_when_a_department_would_have_nobody(
    world: World, check: Callable[[], str]
) -> None:
    leave(world, JORDAN, first="2026-11-30", last="2026-12-04")
    assert "no one can review" not in check()
    leave(world, PRIYA, first="2026-12-03")
    sentence = "Warning: Emergency Medicine: no one can review from Thursday, Dec 3 until Friday"
    assert sentence in check()
    assert "Surgery" not in check()


@pytest.mark.file("the server of the tests does not sync, which ends a check")
def test_check_warns_ahead_when_the_default_coordinators_are_away(
    world: World, check: Callable[[], str]
) -> None:
    for person in world.engine.program.duties.default_coordinators:
        known = world.engine.program.people[person]
        leave(world, known.email, first="2026-12-03")
    assert "The default coordinators: no one can review from Thursday, Dec 3" in check()
