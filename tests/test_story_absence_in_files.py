"""Stories of absences that the admins write into their files."""

from collections.abc import Callable

import pytest

from tests.absence import PHONE_OF_JORDAN, PHONE_OF_PRIYA, in_files, leave
from tests.standing_in import at
from tests.world import DAVID, ELENA, JORDAN, PRIYA, World


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


# Others see requests because of it: its person is told first


def both_away(world: World, days: str = "away_until = 2026-12-04") -> None:
    in_files(world, PHONE_OF_JORDAN, f"{PHONE_OF_JORDAN}\n{days}")
    in_files(world, PHONE_OF_PRIYA, f"{PHONE_OF_PRIYA}\n{days}")


def reviewers(world: World, reference: str) -> set[str]:
    return {one.email for one in world.engine.casebook.load(reference).reviewing.reviewers}


def may_act(world: World, reference: str, person: str) -> bool:
    return world.engine.casebook.load(reference).reviewing.may_act(person)


def test_an_absence_that_stands_in_the_files_for_minutes_shows_deputies_nothing(
    world: World,
) -> None:
    reference = world.request()
    at(world, 23, 23, 58)
    both_away(world)
    at(world, 24, 0, 5)
    assert reviewers(world, reference) == {JORDAN, PRIYA}
    assert not may_act(world, reference, "elena-fischer")
    both_away_no_more(world)
    at(world, 24, 9)
    assert world.mails(ELENA, reference) == []
    assert not may_act(world, reference, "elena-fischer")


def both_away_no_more(world: World) -> None:
    for phone in (PHONE_OF_JORDAN, PHONE_OF_PRIYA):
        in_files(world, f"{phone}\naway_until = 2026-12-04", phone)


def test_shortening_an_absence_does_not_let_it_count_sooner(world: World) -> None:
    reference = world.request()
    at(world, 23, 23, 50)
    both_away(world)
    for phone in (PHONE_OF_JORDAN, PHONE_OF_PRIYA):
        in_files(world, f"{phone}\naway_until = 2026-12-04", f"{phone}\naway_until = 2026-12-03")
    at(world, 24, 0, 5)
    assert reviewers(world, reference) == {JORDAN, PRIYA}


def test_who_is_away_by_the_files_is_told_at_once_and_others_stand_in_from_the_next_morning(
    world: World,
) -> None:
    reference = world.request()
    both_away(world)
    told = world.mail(JORDAN, "a change for you").text
    assert "The admins’ files say that you’re away" in told
    assert "until Friday, Dec 4. From Tuesday, Nov 24, 8 AM on, others look after" in told
    assert "If you didn’t expect this, please call a coordinator now" in told
    at(world, 24, 7, 30)
    assert reviewers(world, reference) == {JORDAN, PRIYA}
    at(world, 24, 8, 1)
    assert reviewers(world, reference) == {ELENA, DAVID}
    assert world.mails(ELENA, "please step in")


def test_an_absence_written_on_a_friday_counts_from_monday(world: World) -> None:
    reference = world.request()
    at(world, 27, 18)
    both_away(world)
    at(world, 29, 12)
    assert reviewers(world, reference) == {JORDAN, PRIYA}
    at(world, 30, 8, 1)
    assert reviewers(world, reference) == {ELENA, DAVID}


def test_an_absence_that_is_made_longer_goes_on_without_a_break(world: World) -> None:
    reference = world.request()
    both_away(world, "away_until = 2026-11-25")
    at(world, 24, 9)
    for phone in (PHONE_OF_JORDAN, PHONE_OF_PRIYA):
        in_files(world, f"{phone}\naway_until = 2026-11-25", f"{phone}\naway_until = 2026-12-04")
    for day, hour in ((24, 10), (25, 1), (25, 9), (26, 1), (26, 9)):
        at(world, day, hour)
        assert reviewers(world, reference) == {ELENA, DAVID}, (day, hour)


def test_another_change_of_the_files_does_not_let_an_absence_count_sooner(world: World) -> None:
    reference = world.request()
    both_away(world)
    in_files(world, 'phone = "860-555-0103"', 'phone = "860-555-0199"')
    assert reviewers(world, reference) == {JORDAN, PRIYA}
    at(world, 24, 8, 1)
    assert reviewers(world, reference) == {ELENA, DAVID}


def test_an_urgent_request_still_reaches_deputies_at_once(world: World) -> None:
    world.request()
    both_away(world)
    world.submit(QID12=3)
    world.work()
    assert len(world.mails(ELENA)) == 1
