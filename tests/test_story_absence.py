"""Stories of those who are away: others stand in, and nobody waits for them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.world import DAVID, ELENA, JORDAN, PRIYA, RUTH, World
from workflow.model import OfferState, State

#: The world's clock begins on this Monday.
TODAY = date(2026, 11, 23)
TOMORROW = TODAY + timedelta(days=1)
AMARA = "amara.cole@example.org"
ROBIN = "robin.vale@example.org"
PHONE_OF_JORDAN = 'phone = "860-555-0101"'


def leave(world: World, address: str, first: str = "", last: str = "") -> None:
    """Say on one's own page that one is away."""
    choice = "away_until" if last else "away_open"
    page = world.own_page(address).choose(choice, first=first, last=last)
    assert page.status == 200, page.text
    world.work()


def newest(world: World, to: str) -> str:
    return world.mail(to).subject


def count(world: World, *people: str) -> list[int]:
    return [len(world.mails(person)) for person in people]


# Coordinators


def test_a_coordinator_who_is_away_is_left_out_and_the_other_reviews(world: World) -> None:
    leave(world, JORDAN)
    before = count(world, JORDAN, ELENA)
    reference = world.request()
    assert reference in newest(world, PRIYA)
    world.passes(hours=25)
    assert count(world, JORDAN, ELENA) == before, "the other is there, and nobody else is needed"


def test_the_deputies_review_when_both_are_away_and_then_the_outside_person(world: World) -> None:
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    reference = world.request()
    page = world.open(world.mail(ELENA, reference))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    for deputy in (ELENA, DAVID):
        leave(world, deputy)
    world.passes(days=1)
    assert world.engine.casebook.load(reference).reviewing.reviewers[0].email == RUTH


def test_who_stands_in_is_told_on_the_day_and_only_once(world: World) -> None:
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    assert world.mails(ELENA) == []
    world.passes(hours=22)
    for deputy in (ELENA, DAVID):
        assert newest(world, deputy) == f"{reference}: please stand in"
    world.passes(minutes=1)
    assert count(world, ELENA, DAVID) == [1, 1]
    page = world.open(world.mail(ELENA))
    assert page.choose("offered", first=page.values("first")[0]).status == 200


def test_who_stands_in_again_is_told_again_and_whoever_is_back_in_other_words(
    world: World,
) -> None:
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    reference = world.request()
    assert world.mails(ELENA, "please stand in") == []
    world.own_page(PRIYA).choose("back")
    world.passes(minutes=1)
    back = world.mail(PRIYA, reference)
    assert back.subject == f"{reference}: this is with you now"
    assert "away" not in back.text
    world.passes(days=1)
    leave(world, PRIYA)
    for deputy in (ELENA, DAVID):
        assert newest(world, deputy) == f"{reference}: please stand in"
    leave(world, DAVID)
    world.passes(hours=1)
    assert len(world.mails(ELENA, "please stand in")) == 1


def test_a_coordinator_of_whom_nobody_is_away_reads_nothing_of_absences(world: World) -> None:
    leave(world, PRIYA)
    reference = world.request()
    world.own_page(PRIYA).choose("back")
    world.open(world.mail(JORDAN, reference)).choose("handed_over")
    world.work()
    assert "away" not in world.mail(PRIYA, reference).text


def test_who_stands_in_and_is_called_as_a_deputy_hears_it_once(world: World) -> None:
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    reference = world.request()
    before = count(world, ELENA, DAVID)
    world.passes(hours=70)
    assert count(world, ELENA, DAVID) == [number + 1 for number in before]
    assert newest(world, ELENA) == f"{reference}: nobody has acted, please step in"


def test_nobody_is_told_at_night_that_they_stand_in(world: World) -> None:
    world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    world.passes(hours=14)  # The absence begins at midnight; it is 0:11 AM in New York.
    assert world.mails(ELENA) == []
    world.passes(hours=8)
    assert len(world.mails(ELENA)) == 1


def test_who_leaves_before_the_first_mail_does_is_not_mailed(world: World) -> None:
    world.submit()
    world.work()
    leave(world, JORDAN)
    before = len(world.mails(JORDAN))
    world.passes(minutes=11)
    assert len(world.mails(JORDAN)) == before
    assert "please review" in newest(world, PRIYA)


def test_what_waited_for_the_morning_is_not_mailed_when_it_is_not_so_any_more(world: World) -> None:
    world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    world.passes(hours=14)  # After midnight.
    world.own_page(PRIYA).choose("back")
    world.passes(hours=8)
    assert world.mails(ELENA) == []
    assert world.engine.casebook.absent == {"jordan-reyes"}


def test_nobody_reads_on_the_day_itself_that_they_leave_tomorrow(world: World) -> None:
    leave(world, PRIYA)
    world.request()
    world.passes(hours=12)  # Late in the evening.
    leave(world, JORDAN, first=f"{TOMORROW}")
    world.passes(hours=10)
    assert world.mails(JORDAN, "before you leave") == []
    assert "please stand in" in newest(world, ELENA)


def another(world: World) -> str:
    """Let somebody else ask; returns the reference."""
    other = {"QID1_TEXT": "Robin Vale", "QID2_TEXT": ROBIN, "QID3_TEXT": "860-555-0177"}
    world.submit(**other)
    world.work()
    world.passes(minutes=11)
    return world.references[-1]


def test_who_leaves_hands_over_what_nobody_else_looks_after_with_one_tap(world: World) -> None:
    leave(world, PRIYA)
    reference = world.request()
    leave(world, JORDAN, first=f"{TOMORROW}")
    assert "Before you leave" in newest(world, JORDAN)
    page = world.open(world.mail(JORDAN))
    assert f"No other coordinator looks after {reference} while you are away" in page.text
    late = another(world)
    page = page.choose("hand_over", shown=page.values("shown"))
    assert page.status == 200
    assert page.values("shown") == [late], "it came after the page was shown"
    world.work()
    assert world.events(reference) == ["submitted", "handed_over"]
    assert reference in newest(world, ELENA)
    assert reference in newest(world, DAVID)


def test_both_are_asked_to_hand_over_who_leave_on_the_same_day(world: World) -> None:
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    for coordinator in (JORDAN, PRIYA):
        page = world.open(world.mail(coordinator, "before you leave"))
        page.choose("hand_over", shown=page.values("shown"))
    world.work()
    assert world.events(reference) == ["submitted", "handed_over", "handed_over"]
    assert reference in newest(world, ELENA)


def test_nobody_is_asked_to_hand_over_what_somebody_else_looks_after(world: World) -> None:
    world.request()
    leave(world, JORDAN, first=f"{TOMORROW}")
    assert world.mails(JORDAN, "before you leave") == []


def test_who_is_away_may_still_act_and_who_is_back_is_mailed_again(world: World) -> None:
    reference = world.request()
    leave(world, JORDAN)
    page = world.open(world.mail(JORDAN, reference))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert world.own_page(JORDAN).choose("back").status == 200
    assert world.engine.casebook.absent == frozenset()
    assert world.count("absences") == 0


def test_somebody_who_is_away_may_say_when_they_will_be_again(world: World) -> None:
    leave(world, JORDAN, last="2026-11-27")
    leave(world, JORDAN, first="2026-12-21", last="2026-12-31")
    page = world.own_page(JORDAN)
    assert "You are away until Friday, November 27." in page.text
    assert "You are away from Monday, December 21, until Thursday, December 31." in page.text
    assert world.engine.casebook.absent == {"jordan-reyes"}
    page = page.choose("back", first="2026-12-21")
    assert "December" not in page.text
    assert "away until Friday, November 27" in page.text


def test_a_plan_within_an_absence_promises_no_mail(world: World) -> None:
    page = world.own_page(JORDAN).choose("away_until", first="2026-12-21", last="2026-12-31")
    assert "I am not going away We write to you then, too." in page.text
    page = page.choose("away_open")
    assert "then, too" not in page.text
    assert "Forget this plan What else stands here stays." in page.text
    assert "I am back We write to you again." in page.text
    page = page.choose("back", first="2026-12-21")
    assert "December" not in page.text
    assert "away until you say that you are back" in page.text


@pytest.mark.parametrize("last", ["2026-11-26", "2026-12-31", ""])
def test_whoever_says_anew_until_when_they_are_away_is_away_until_then(
    world: World, last: str
) -> None:
    leave(world, JORDAN, last="2026-12-04")
    world.passes(days=1)
    leave(world, JORDAN, last=last)
    assert world.count("absences") == 1
    until = {"2026-11-26": "Thursday, November 26", "": "you say that you are back"}
    assert (
        f"You are away until {until.get(last, 'Thursday, December 31')}."
        in world.own_page(JORDAN).text
    )


def test_who_is_back_keeps_what_they_said_of_later(world: World) -> None:
    leave(world, JORDAN, first="2026-12-21", last="2026-12-31")
    leave(world, JORDAN)
    world.own_page(JORDAN).choose("back")
    assert world.engine.casebook.absent == set()
    world.passes(days=28)
    assert "jordan-reyes" in world.engine.casebook.absent


def test_an_absence_ends_by_itself_and_is_forgotten(world: World) -> None:
    leave(world, JORDAN, last=f"{TOMORROW}")
    assert "away until Tuesday, November 24" in world.own_page(JORDAN).text
    assert world.engine.casebook.absent == {"jordan-reyes"}
    world.passes(days=2)
    assert world.engine.casebook.absent == frozenset()
    assert world.count("absences") == 0
    assert "You are here" in world.own_page(JORDAN).text


@pytest.mark.parametrize(
    ("choice", "first", "last"),
    [
        ("", "", ""),
        ("away_until", "", ""),
        ("away_until", "2026-11-22", "2026-11-25"),
        ("away_until", "2026-11-26", "2026-11-25"),
        ("away_open", "next week", ""),
        ("nonsense", "", ""),
    ],
)
def test_days_that_do_not_fit_are_refused_and_nothing_changes(
    world: World, choice: str, first: str, last: str
) -> None:
    page = world.own_page(JORDAN).choose(choice, first=first, last=last)
    assert page.status == 400
    assert world.count("absences") == 0


# Silence


def silent(world: World) -> str:
    """Let both coordinators leave a request alone until the deputies are called."""
    reference = world.request()
    for hours in (24, 24, 12):
        world.passes(hours=hours)
    return reference


def test_silence_takes_nobody_for_away_and_calls_the_deputies(world: World) -> None:
    reference = silent(world)
    world.passes(hours=12)
    assert world.engine.casebook.absent == set()
    [called] = world.mails(ELENA, reference)
    assert "nobody has acted" in called.subject
    before = count(world, JORDAN, PRIYA)
    world.passes(days=1)
    assert all(after > n for n, after in zip(before, count(world, JORDAN, PRIYA), strict=True))
    assert world.engine.casebook.load(reference).reviewing.away == ()


def test_who_was_away_all_the_time_hears_when_a_deputy_takes_a_request_back(world: World) -> None:
    leave(world, PRIYA)
    reference, _ = world.matched()
    world.own_page(PRIYA).choose("back")
    assert world.mails(PRIYA, reference) == []
    board = world.own_page(ELENA).person.look(f"{world.url}/board")
    board.choose(reference).choose("taken_back")
    world.work()
    assert "back with you" in world.mail(PRIYA, reference).subject


# Supporters


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
    assert "not available just now" in page.text
    assert person.name not in page.text
    assert "away" not in page.text
    assert page.choose("offered", first=first).status == 409


@pytest.mark.parametrize(("first", "is_proposed"), [("2026-11-25", False), ("2026-11-26", True)])
def test_a_supporter_is_not_proposed_who_leaves_before_the_contact_would_be_due(
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
    assert "covered" in world.open(world.mail(first, reference)).text
    second = world.asked(reference)
    leave(world, second)
    assert world.case(reference).state is State.IN_REVIEW
    assert "not available any more" in world.mail(JORDAN).text


def test_a_supporter_who_said_yes_and_leaves_is_kept_until_a_reviewer_takes_back(
    world: World,
) -> None:
    reference, supporter = world.matched()
    leave(world, supporter, first=f"{TOMORROW}", last="2026-12-04")
    for reviewer in (JORDAN, PRIYA):
        mail = world.mail(reviewer, "somebody is away")
        assert "away from Tuesday, November 24, until Friday, December 4" in mail.text
    assert world.case(reference).state is State.MATCHED
    reminded = len(world.mails(supporter))
    world.passes(days=1)
    assert len(world.mails(supporter)) == reminded, "no reminder goes to somebody who is away"
    assert len(world.mails(JORDAN, "somebody is away")) == 1
    page = world.open(world.mail(JORDAN, "somebody is away"))
    assert "away until Friday, December 4" in page.text
    page.choose("taken_back")
    assert world.case(reference).state is State.IN_REVIEW
    assert world.case(reference).offers[0].state is OfferState.ENDED


def test_reviewers_hear_when_a_supporter_who_said_yes_is_away_for_longer(world: World) -> None:
    _, supporter = world.matched()
    leave(world, supporter, first=f"{TOMORROW}", last="2026-11-25")
    leave(world, supporter, first=f"{TOMORROW}", last="2027-01-31")
    mails = world.mails(JORDAN, "somebody is away")
    assert "until Wednesday, November 25" in mails[0].text
    assert "until Sunday, January 31" in mails[1].text
    assert len(mails) == 2


def test_nobody_hears_in_the_morning_of_a_supporter_who_stays(world: World) -> None:
    _, supporter = world.matched()
    world.passes(hours=12)
    leave(world, supporter, first=f"{TOMORROW}")
    world.own_page(supporter).choose("back", first=f"{TOMORROW}")
    world.passes(hours=12)
    assert world.mails(JORDAN, "somebody is away") == []


def test_silence_of_a_supporter_who_is_away_reaches_the_reviewers(world: World) -> None:
    reference, supporter = world.matched()
    leave(world, supporter)
    world.passes(hours=48)
    assert reference in world.mail(JORDAN, "needs a look").text
    assert world.case(reference).state is State.MATCHED


# The admins' files


def in_files(world: World, old: str, new: str, file: str = "program.toml") -> None:
    world.work()
    path = world.folder / "config" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    world.work()


def test_admins_can_say_it_in_the_files(world: World) -> None:
    in_files(world, 'phone = "860-555-0101"', 'phone = "860-555-0101"\naway_until = 2026-11-30')
    assert world.engine.casebook.absent == {"jordan-reyes"}
    page = world.own_page(JORDAN)
    assert "You are away until Monday, November 30" in page.text
    assert "an admin changes it there" in page.text
    world.passes(days=8)
    assert world.engine.casebook.absent == frozenset()


def test_what_the_files_say_and_what_somebody_said_stand_side_by_side(world: World) -> None:
    leave(world, JORDAN, last="2026-12-04")
    in_files(world, PHONE_OF_JORDAN, f"{PHONE_OF_JORDAN}\naway_until = 2026-11-24")
    page = world.own_page(JORDAN)
    assert "You are away until Tuesday, November 24." in page.text
    assert "You are away until Friday, December 4." in page.text
    assert "I am back from this What else stands here stays." in page.text
    assert "We write to you again" not in page.text
    assert page.choose("back", first=page.values("first")[0]).status == 200
    assert world.count("absences") == 0
    assert world.engine.casebook.absent == {"jordan-reyes"}


def test_admins_can_say_it_of_supporters_too(world: World) -> None:
    rows = (world.folder / "config/supporters.csv").read_text().splitlines()
    told = [rows[0] + ",away_from,away_until", rows[1] + ",2026-11-20,", *rows[2:]]
    (world.folder / "config/supporters.csv").write_text("\n".join(told) + "\n")
    world.work()
    assert world.engine.casebook.absent == {"amara-cole"}


def test_a_return_before_leaving_is_refused_with_its_place(world: World) -> None:
    wrong = 'phone = "860-555-0101"\naway_from = 2026-12-21\naway_until = 2026-12-01'
    in_files(world, 'phone = "860-555-0101"', wrong)
    assert "away_until is before away_from" in world.mail("sam.whitaker@example.org").text
    assert world.engine.casebook.absent == frozenset()


@pytest.fixture
def check(world: World) -> Callable[[], str]:
    return lambda: world.app.test_cli_runner().invoke(args=["check"]).output


def test_check_warns_ahead_when_a_department_would_have_nobody(
    world: World, check: Callable[[], str]
) -> None:
    leave(world, JORDAN, first="2026-11-30", last="2026-12-04")
    assert "nobody is here" not in check()
    leave(world, PRIYA, first="2026-12-03")
    sentence = "Warning: Emergency Medicine: nobody is here from Thursday, December 3 until Friday"
    assert sentence in check()
    assert "Surgery" not in check()


def test_check_warns_ahead_when_the_default_coordinators_are_away(
    world: World, check: Callable[[], str]
) -> None:
    for person in world.engine.program.duties.default_coordinators:
        known = world.engine.program.people[person]
        leave(world, known.email, first="2026-12-03")
    assert "The default coordinators: nobody is here from Thursday, December 3" in check()


def test_nobody_is_woken_since_others_are_away_before_quiet_hours_end(world: World) -> None:
    in_files(world, 'end = "07:00"', 'end = "09:30"')
    world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    world.passes(hours=22)  # It is 8:11 AM in New York.
    assert world.mails(ELENA) == []
    world.passes(hours=1.5)
    assert len(world.mails(ELENA)) == 1
