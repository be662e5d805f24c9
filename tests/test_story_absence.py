"""Stories of reviewers who are away: others stand in, and nobody waits for them."""

import pytest

from tests.absence import TOMORROW, count, in_files, leave
from tests.world import DAVID, ELENA, JORDAN, PRIYA, RUTH, World

ROBIN = "robin.vale@example.org"


def newest(world: World, to: str) -> str:
    return world.mail(to).subject


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


def test_a_stand_in_is_told_on_the_day_and_only_once(world: World) -> None:
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    assert world.mails(ELENA) == []
    world.passes(hours=22)
    for deputy in (ELENA, DAVID):
        assert newest(world, deputy) == f"{reference}: please step in"
    world.passes(minutes=1)
    assert count(world, ELENA, DAVID) == [1, 1]
    page = world.open(world.mail(ELENA))
    assert page.choose("offered", first=page.values("first")[0]).status == 200


def test_who_returns_hears_what_came_back_meanwhile_and_nothing_that_they_know(
    world: World,
) -> None:
    reference = world.offered()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    world.open(world.mail(world.asked(reference))).choose("declined")
    world.passes(minutes=6)
    world.open(world.mail(world.asked(reference))).choose("declined")
    world.passes(minutes=6)
    assert reference in newest(world, ELENA)
    world.own_page(PRIYA).choose("back")
    world.passes(minutes=1)
    assert newest(world, PRIYA) == f"{reference}: this one is yours now"
    page = world.open(world.mail(PRIYA))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    world.passes(minutes=6)
    assert world.open(world.mail(PRIYA, reference)).choose("offer_withdrawn").status == 200
    before = count(world, PRIYA, JORDAN)
    world.passes(minutes=6)
    leave(world, DAVID)
    world.passes(minutes=6)
    assert count(world, PRIYA, JORDAN) == before, "who took it back knows that it is theirs"


def test_deputies_are_told_each_time_they_stand_in_and_a_return_is_worded_differently(
    world: World,
) -> None:
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    reference = world.request()
    assert world.mails(ELENA, "please step in") == []
    world.own_page(PRIYA).choose("back")
    world.passes(minutes=1)
    back = world.mail(PRIYA, reference)
    assert back.subject == f"{reference}: this one is yours now"
    assert "away" not in back.text
    world.passes(days=1)
    leave(world, PRIYA)
    for deputy in (ELENA, DAVID):
        assert newest(world, deputy) == f"{reference}: please step in"
    leave(world, DAVID)
    world.passes(hours=1)
    assert len(world.mails(ELENA, "please step in")) == 1


def test_the_mail_to_a_coordinator_who_is_back_does_not_mention_absences(world: World) -> None:
    leave(world, PRIYA)
    reference = world.request()
    world.own_page(PRIYA).choose("back")
    world.open(world.mail(JORDAN, reference)).choose("handed_over")
    world.passes(minutes=6)
    assert "away" not in world.mail(PRIYA, reference).text


def test_a_stand_in_who_is_also_called_as_a_deputy_gets_one_mail(world: World) -> None:
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    reference = world.request()
    before = count(world, ELENA, DAVID)
    world.passes(hours=70)
    assert count(world, ELENA, DAVID) == [number + 1 for number in before]
    assert newest(world, ELENA) == f"{reference}: no one has acted, please step in"


def test_a_stand_in_sees_a_request_no_more_once_a_coordinator_is_back(world: World) -> None:
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    told = world.mail(ELENA, reference)
    world.own_page(PRIYA).choose("back")
    world.work()
    assert world.open(told).status == 404


def test_a_stand_in_who_decided_something_keeps_seeing_the_request(world: World) -> None:
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    reference = world.request()
    page = world.open(world.mail(ELENA, reference))
    page.choose("offered", first=page.values("first")[0])
    world.own_page(PRIYA).choose("back")
    world.passes(minutes=6)
    assert world.engine.casebook.load(reference).reviewing.may_act("elena-fischer")
    assert not world.engine.casebook.load(reference).reviewing.may_act("david-okafor")


def test_a_stand_in_who_was_called_because_no_one_acted_keeps_seeing_the_request(
    world: World,
) -> None:
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator)
    reference = world.request()
    world.passes(hours=70)
    assert world.mails(ELENA, "no one has acted")
    world.own_page(PRIYA).choose("back")
    world.work()
    assert world.open(world.mail(ELENA, reference)).status == 200


def test_nobody_is_told_at_night_that_they_stand_in(world: World) -> None:
    world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    world.passes(hours=14)  # The absence begins at midnight; it is 0:11 AM in New York.
    assert world.mails(ELENA) == []
    world.passes(hours=8)
    assert len(world.mails(ELENA)) == 1


def test_a_reviewer_who_leaves_before_the_first_mail_is_not_mailed(world: World) -> None:
    world.submit()
    world.work()
    leave(world, JORDAN)
    before = len(world.mails(JORDAN))
    world.passes(minutes=11)
    assert len(world.mails(JORDAN)) == before
    assert "please review" in newest(world, PRIYA)


def test_a_mail_that_waited_for_the_morning_is_dropped_when_it_is_no_longer_true(
    world: World,
) -> None:
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
    assert "please step in" in newest(world, ELENA)


def another(world: World) -> str:
    """Let somebody else ask; returns the reference."""
    other = {"QID1_TEXT": "Robin Vale", "QID2_TEXT": ROBIN, "QID3_TEXT": "860-555-0177"}
    world.submit(**other)
    world.work()
    world.passes(minutes=11)
    return world.references[-1]


def test_a_leaving_reviewer_hands_over_unattended_requests_with_one_tap(world: World) -> None:
    leave(world, PRIYA)
    reference = world.request()
    leave(world, JORDAN, first=f"{TOMORROW}")
    assert "Before you leave" in newest(world, JORDAN)
    page = world.open(world.mail(JORDAN))
    assert f"No other coordinator is there for {reference} while you’re away" in page.text
    own = world.open(world.mail(JORDAN, "your page at")).person.look(f"{world.url}/me").text
    assert own.index("Who takes these") < own.index("Did your plans change?")
    late = another(world)
    page = page.choose("hand_over", shown=page.values("shown"))
    assert page.status == 200
    assert page.values("shown") == [late], "it came after the page was shown"
    world.passes(minutes=6)
    assert world.events(reference) == ["submitted", "handed_over"]
    assert reference in newest(world, ELENA)
    assert reference in newest(world, DAVID)


def test_a_leaving_reviewer_reads_nowhere_from_which_requests_another_is_kept(world: World) -> None:
    """Or they could say that they leave, look, and take it back."""
    reference = world.request(QID11_TEXT="Priya Nair")
    page = world.own_page(JORDAN).choose("away_until", first=f"{TOMORROW}", last=f"{TOMORROW}")
    assert page.status == 200
    assert reference not in page.text
    world.work()
    assert world.mails(JORDAN, "before you leave") == []
    world.passes(days=1)
    assert reference in newest(world, ELENA), "it waits for nobody meanwhile"


def test_two_reviewers_who_leave_on_the_same_day_are_both_asked_to_hand_over(world: World) -> None:
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    for coordinator in (JORDAN, PRIYA):
        page = world.open(world.mail(coordinator, "before you leave"))
        page.choose("hand_over", shown=page.values("shown"))
    world.passes(minutes=6)
    assert world.events(reference) == ["submitted", "handed_over", "handed_over"]
    assert reference in newest(world, ELENA)


def test_the_link_of_before_you_leave_opens_what_it_asks_and_nothing_else_of_its_reader(
    world: World,
) -> None:
    """Whoever it was forwarded to could say that its reader is away, and deputies would see."""
    reference = world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    page = world.open(world.mail(JORDAN, "before you leave"))
    assert reference in page.text
    assert "Will you be away?" not in page.text
    assert "You’re away" not in page.text
    refused = page.choose("away_open", first="")
    assert "Ask for a link of your own" in refused.text
    assert world.engine.casebook.absent == frozenset()
    assert "Ask for a link of your own" in page.person.look(f"{world.url}/board").text
    assert page.choose("hand_over", shown=[reference]).status == 200
    assert world.events(reference) == ["submitted", "handed_over"]


def test_no_handover_is_requested_while_another_reviewer_is_present(world: World) -> None:
    world.request()
    leave(world, JORDAN, first=f"{TOMORROW}")
    assert world.mails(JORDAN, "before you leave") == []


def test_an_absent_reviewer_may_still_act_and_a_returning_one_is_mailed_again(world: World) -> None:
    reference = world.request()
    leave(world, JORDAN)
    page = world.open(world.mail(JORDAN, reference))
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    assert world.own_page(JORDAN).choose("back").status == 200
    assert world.engine.casebook.absent == frozenset()
    assert world.count("absences") == 0


def test_an_absent_person_may_enter_a_later_absence(world: World) -> None:
    leave(world, JORDAN, last="2026-11-27")
    leave(world, JORDAN, first="2026-12-21", last="2026-12-31")
    page = world.own_page(JORDAN)
    assert "You’re away until Friday, Nov 27." in page.text
    assert "You’re away from Monday, Dec 21, until Thursday, Dec 31." in page.text
    assert world.engine.casebook.absent == {"jordan-reyes"}
    page = page.choose("back", first="2026-12-21")
    assert "Dec " not in page.text
    assert "away until Friday, Nov 27" in page.text


def test_a_plan_within_an_absence_promises_no_mail(world: World) -> None:
    page = world.own_page(JORDAN).choose("away_until", first="2026-12-21", last="2026-12-31")
    assert "I’m not going away We’ll email you on those days too." in page.text
    page = page.choose("away_open")
    assert "on those days too" not in page.text
    assert "Delete this plan Your other days away stay as they are." in page.text
    assert "I’m back We’ll email you again." in page.text
    page = page.choose("back", first="2026-12-21")
    assert "Dec " not in page.text
    assert "away until you say you’re back" in page.text


@pytest.mark.parametrize("last", ["2026-11-26", "2026-12-31", ""])
def test_a_new_end_date_replaces_the_old_one(world: World, last: str) -> None:
    leave(world, JORDAN, last="2026-12-04")
    world.passes(days=1)
    leave(world, JORDAN, last=last)
    assert world.count("absences") == 1
    until = {"2026-11-26": "Thursday, Nov 26", "": "you say you’re back"}
    assert (
        f"You’re away until {until.get(last, 'Thursday, Dec 31')}." in world.own_page(JORDAN).text
    )


def test_a_later_absence_is_kept_when_somebody_comes_back(world: World) -> None:
    leave(world, JORDAN, first="2026-12-21", last="2026-12-31")
    leave(world, JORDAN)
    world.own_page(JORDAN).choose("back")
    assert world.engine.casebook.absent == set()
    world.passes(days=28)
    assert "jordan-reyes" in world.engine.casebook.absent


def test_an_absence_ends_by_itself_and_is_forgotten(world: World) -> None:
    leave(world, JORDAN, last=f"{TOMORROW}")
    assert "away until Tuesday, Nov 24" in world.own_page(JORDAN).text
    assert world.engine.casebook.absent == {"jordan-reyes"}
    world.passes(days=2)
    assert world.engine.casebook.absent == frozenset()
    assert world.count("absences") == 0
    assert "You’re available" in world.own_page(JORDAN).text


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


def test_an_unanswered_request_makes_nobody_absent_and_calls_the_deputies(world: World) -> None:
    reference = silent(world)
    world.passes(hours=12)
    assert world.engine.casebook.absent == set()
    [called] = world.mails(ELENA, reference)
    assert "no one has acted" in called.subject
    before = count(world, JORDAN, PRIYA)
    world.passes(days=1)
    assert all(after > n for n, after in zip(before, count(world, JORDAN, PRIYA), strict=True))
    assert world.engine.casebook.load(reference).reviewing.away == ()


def test_a_coordinator_who_is_back_hears_when_another_takes_a_request_back(world: World) -> None:
    leave(world, PRIYA)
    reference, _ = world.matched()
    world.own_page(PRIYA).choose("back")
    assert world.mails(PRIYA, reference) == []
    world.open(world.mail(JORDAN, reference)).choose("taken_back")
    world.passes(minutes=6)
    assert "back with you" in world.mail(PRIYA, reference).subject


def test_an_absence_of_others_wakes_nobody_before_quiet_hours_end(world: World) -> None:
    in_files(world, 'end = "07:00"', 'end = "09:30"')
    world.request()
    for coordinator in (JORDAN, PRIYA):
        leave(world, coordinator, first=f"{TOMORROW}")
    world.passes(hours=22)  # It is 8:11 AM in New York.
    assert world.mails(ELENA) == []
    world.passes(hours=1.5)
    assert len(world.mails(ELENA)) == 1
