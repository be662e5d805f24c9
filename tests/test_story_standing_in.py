"""Stories of people who stand in: they are told once, by day, and what is true by then."""

from tests.absence import PHONE_OF_JORDAN, count, in_files
from tests.standing_in import at, say
from tests.world import DAVID, ELENA, JORDAN, PRIYA, REQUESTER, RUTH, World
from workflow.model import State


def back(world: World, address: str, first: str = "") -> None:
    extra = {"first": first} if first else {}
    assert world.own_page(address).choose("back", **extra).status == 200
    world.work()


def asked_one(world: World) -> tuple[str, str]:
    """Ask one supporter, without a stand-in."""
    reference = world.request()
    page = world.open(world.mail(JORDAN, reference))
    page.choose("offered", first=page.values("first")[0])
    world.passes(minutes=6)
    return reference, world.asked(reference)


# Relay: one coordinator leaves on the day on which the other comes back


def test_a_returning_coordinator_hears_about_a_request_that_came_back_meanwhile(
    world: World,
) -> None:
    reference, supporter = asked_one(world)
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    at(world, 23, 22)
    say(world, supporter)
    assert world.case(reference).state is State.IN_REVIEW
    before = count(world, JORDAN, PRIYA, ELENA, DAVID)
    at(world, 24, 0, 1)
    at(world, 24, 7, 1)
    at(world, 24, 9, 0)
    assert count(world, JORDAN, PRIYA, ELENA, DAVID) != before, "nobody hears that it is back"
    assert world.mail(PRIYA, reference).subject == f"{reference}: this one is yours now"


# Deputies whose mail was dropped


def test_deputies_who_stand_in_are_told_although_a_coordinator_was_back_for_an_hour(
    world: World,
) -> None:
    reference = world.request()
    for one in (JORDAN, PRIYA):
        say(world, one, first="2026-11-24")
    at(world, 24, 0, 1)
    at(world, 24, 6, 30)
    back(world, PRIYA)
    at(world, 24, 7, 1)
    at(world, 24, 9, 0)
    say(world, PRIYA)
    world.passes(minutes=1)
    assert [p.email for p in world.engine.casebook.load(reference).reviewing.reviewers] == [
        ELENA,
        DAVID,
    ]
    at(world, 24, 9, 55)
    assert world.mails(ELENA, reference), "those who stand in were never told"


def test_deputies_are_told_after_their_first_mail_was_dropped_for_a_coordinator(
    world: World,
) -> None:
    for one in (JORDAN, PRIYA):
        say(world, one)
    world.submit()
    world.work()
    world.passes(minutes=9)
    back(world, PRIYA)
    world.passes(minutes=2)
    world.passes(minutes=20)
    say(world, PRIYA)
    world.passes(minutes=1)
    reference = world.only_case().reference
    assert world.mails(ELENA, reference), "those who review were never told"


# A request that is over


def test_nobody_is_asked_to_stand_in_for_a_request_that_was_withdrawn(world: World) -> None:
    reference = world.request()
    for one in (JORDAN, PRIYA):
        say(world, one, first="2026-11-24")
    at(world, 24, 0, 1)
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.work()
    at(world, 24, 7, 1)
    assert [m.text for m in world.mails(ELENA, reference)] == []


def test_nobody_is_asked_to_stand_in_for_a_request_that_was_completed(world: World) -> None:
    reference, supporter = world.in_contact()
    for one in (JORDAN, PRIYA):
        say(world, one, first="2026-11-24")
    at(world, 24, 0, 1)
    page = world.open(world.mail(supporter, reference))
    page.choose("completed", outcome="supported")
    world.passes(minutes=6)
    assert world.case(reference).state is State.CLOSED
    at(world, 24, 7, 1)
    assert [m.text for m in world.mails(ELENA, reference)] == []


# Words


def test_the_mail_combines_all_known_absences_of_a_supporter(world: World) -> None:
    _reference, supporter = world.matched()
    say(world, supporter, last="2026-11-25")
    say(world, supporter, first="2026-11-26", last="2027-01-31")
    at(world, 23, 12)
    mails = world.mails(JORDAN, "someone is away")
    assert "Jan 31" in mails[-1].text, mails[-1].text


def test_a_change_of_mind_at_night_is_one_mail_in_the_morning(world: World) -> None:
    _reference, supporter = world.matched()
    at(world, 23, 22)
    say(world, supporter, first="2026-11-24", last="2026-11-25")
    say(world, supporter, first="2026-11-24", last="2027-01-31")
    at(world, 24, 7, 1)
    texts = [m.text for m in world.mails(JORDAN, "someone is away")]
    assert len(texts) == 1


def test_reviewers_hear_about_an_absence_that_was_canceled_and_entered_again(world: World) -> None:
    _reference, supporter = world.matched()
    at(world, 23, 22)
    say(world, supporter, first="2026-11-24", last="2026-12-04")
    back(world, supporter, first="2026-11-24")
    at(world, 24, 7, 1)
    at(world, 24, 9, 0)
    say(world, supporter, first="2026-11-24", last="2026-12-04")
    at(world, 24, 10, 0)
    assert world.mails(JORDAN, "someone is away")


def test_reviewers_hear_of_tomorrows_absence_of_a_supporter_who_accepts_afterward(
    world: World,
) -> None:
    reference, supporter = asked_one(world)
    say(world, supporter, first="2026-11-24", last="2026-12-04")
    world.open(world.mail(supporter, reference)).choose("accepted")
    at(world, 23, 13, 0)
    assert world.mails(JORDAN, "someone is away"), "reviewers hear the day before"


# Leaving


def test_no_handover_is_requested_when_the_other_reviewer_is_back_tomorrow(world: World) -> None:
    world.request()
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    assert world.mails(JORDAN, "before you leave") == []
    assert world.own_page(JORDAN).values("shown") == []


def test_a_leaving_reviewer_reads_nothing_about_requests_that_end_by_the_morning(
    world: World,
) -> None:
    world.request()
    say(world, PRIYA)
    say(world, JORDAN, first="2026-11-25")
    at(world, 24, 0, 1)
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    at(world, 24, 7, 1)
    assert world.mails(JORDAN, "before you leave") == []


# Twice


def test_deputies_are_told_once_when_a_page_repeats_an_absence_from_the_files(
    world: World,
) -> None:
    say(world, PRIYA)
    in_files(world, PHONE_OF_JORDAN, f"{PHONE_OF_JORDAN}\naway_from = 2026-11-23")
    world.request()
    assert [m.subject for m in world.mails(ELENA)] == [
        m.subject for m in world.mails(ELENA, "please review")
    ]
    at(world, 24, 9)
    say(world, JORDAN, last="2026-12-04")
    at(world, 24, 9, 30)
    assert world.mails(ELENA, "please step in") == []


def test_a_deputy_called_in_the_morning_gets_no_second_mail_about_standing_in(
    world: World,
) -> None:
    world.request()
    while not world.mails(ELENA):
        world.passes(hours=1)
    assert len(world.mails(ELENA)) == 1, [m.subject for m in world.mails(ELENA)]


def test_a_deputy_mailed_for_the_first_time_does_not_read_that_a_request_is_back(
    world: World,
) -> None:
    world.request()
    say(world, PRIYA)
    in_files(world, PHONE_OF_JORDAN, f"{PHONE_OF_JORDAN}\naway_from = 2026-11-23")
    at(world, 24, 8, 1)
    [told] = world.mails(ELENA)
    assert "back with" not in told.subject + told.text, told.subject + told.text


# No new mail while away


def test_in_the_morning_mail_goes_to_those_present_and_not_to_those_who_left_at_midnight(
    world: World,
) -> None:
    _reference, supporter = world.matched()
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    at(world, 23, 22)
    say(world, supporter, first="2026-11-24")
    before = count(world, JORDAN)
    at(world, 24, 0, 1)
    at(world, 24, 7, 1)
    assert len(world.mails(PRIYA, "someone is away")) == 1
    assert count(world, JORDAN) == before


# Unanswered calls


def test_the_outside_person_is_called_after_as_many_calls_as_promised(world: World) -> None:
    reference = world.request()
    for _ in range(8 * 8):
        world.passes(hours=3)
        if world.mails(RUTH, reference):
            break
    called = world.mails(ELENA, "no one has acted") + world.mails(ELENA, "first contact")
    assert len(called) >= 3


# While a supporter is asked


def test_a_stand_in_reads_that_nothing_is_to_be_decided_while_a_supporter_is_asked(
    world: World,
) -> None:
    world.offered()
    for one in (JORDAN, PRIYA):
        say(world, one)
    told = world.mail(ELENA, "yours for now")
    assert "Please decide what comes next" not in told.text, told.text


# Mails that need no action


def test_nobody_is_woken_by_a_mail_that_requires_no_action(world: World) -> None:
    world.submit(QID12=3)
    world.work()
    reference = world.only_case().reference
    page = world.open(world.mail(JORDAN, reference))
    page.choose("call_taken")
    page = world.open(world.mail(JORDAN, reference))
    page.choose("called")
    page = world.open(world.mail(JORDAN, reference))
    page.choose("offered", first=page.values("first")[0])
    world.work()
    supporter = world.asked(reference)
    world.open(world.mail(supporter)).choose("accepted")
    world.passes(minutes=6)
    world.open(world.mail(supporter)).choose("contacted")
    world.work()
    assert world.case(reference).state is State.IN_CONTACT
    for one in (JORDAN, PRIYA):
        say(world, one, first="2026-11-24")
    before = count(world, ELENA)
    at(world, 24, 0, 1)
    assert count(world, ELENA) == before, world.mail(ELENA).text


# Barred reviewers


def test_no_mail_says_that_a_barred_coordinator_is_away(world: World) -> None:
    reference = world.request(QID1_TEXT="Priya Nair", QID2_TEXT=PRIYA, QID3_TEXT="860-555-0102")
    say(world, JORDAN)
    told = world.mail(ELENA, reference)
    assert world.engine.casebook.absent == {"jordan-reyes"}
    assert "The coordinators of this request are away" not in told.text


# Away until I am back, and a vacation later


def test_a_later_vacation_entered_during_an_open_absence_is_kept(
    world: World,
) -> None:
    say(world, JORDAN)
    say(world, JORDAN, first="2026-12-21", last="2026-12-31")
    page = world.own_page(JORDAN)
    page.choose("back", first=page.values("first")[0])
    at(world, 22, 10, month=12)
    assert "jordan-reyes" in world.engine.casebook.absent


def test_exact_days_replace_an_absence_without_an_end(world: World) -> None:
    page = world.own_page(JORDAN)
    assert page.choose("away_open", first="2026-12-21").status == 200
    page = page.choose("away_until", first="2026-12-21", last="2026-12-31")
    assert page.status == 200, page.text
    assert world.count("absences") == 1
    assert "until Thursday, Dec 31" in page.text
    page.choose("away_open", first="2026-12-21")
    page = page.choose("away_until", first="2026-12-23", last="2026-12-31")
    assert world.count("absences") == 1
    assert "from Monday, Dec 21, until Thursday, Dec 31" in page.text
