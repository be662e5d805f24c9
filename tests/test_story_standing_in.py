"""Stories of whoever stands in: told once, of what is true when it leaves, and by day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.test_story_absence import PHONE_OF_JORDAN, count, in_files
from tests.world import DAVID, ELENA, JORDAN, PRIYA, REQUESTER, RUTH, World, link_in
from workflow.model import PromiseKind, State

NY = ZoneInfo("America/New_York")


def at(world: World, day: int, hour: int, minute: int = 0, month: int = 11) -> None:
    """Let it be a day and an hour in New York; Monday is the 23rd."""
    then = datetime(2026, month, day, hour, minute, tzinfo=NY).astimezone(world.clock.now.tzinfo)
    assert then >= world.clock.now
    world.clock.now = then
    world.work()


def say(world: World, address: str, first: str = "", last: str = "") -> None:
    choice = "away_until" if last else "away_open"
    assert world.own_page(address).choose(choice, first=first, last=last).status == 200
    world.work()


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


def test_who_comes_back_hears_of_what_came_back_while_the_other_was_there(world: World) -> None:
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
    assert "back with you" in world.mail(PRIYA, reference).subject


# Deputies whose mail was dropped


def test_deputies_hear_who_stand_in_though_a_coordinator_was_back_for_an_hour(
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


def test_deputies_hear_whose_first_mail_was_dropped_for_a_coordinator(world: World) -> None:
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
    world.work()
    assert world.case(reference).state is State.CLOSED
    at(world, 24, 7, 1)
    assert [m.text for m in world.mails(ELENA, reference)] == []


# Words


def test_the_mail_says_until_when_a_supporter_is_away_by_all_that_is_known(world: World) -> None:
    _reference, supporter = world.matched()
    say(world, supporter, last="2026-11-25")
    say(world, supporter, first="2026-11-26", last="2027-01-31")
    at(world, 23, 12)
    mails = world.mails(JORDAN, "somebody is away")
    assert "January 31" in mails[-1].text, mails[-1].text


def test_a_change_of_mind_at_night_is_one_mail_in_the_morning(world: World) -> None:
    _reference, supporter = world.matched()
    at(world, 23, 22)
    say(world, supporter, first="2026-11-24", last="2026-11-25")
    say(world, supporter, first="2026-11-24", last="2027-01-31")
    at(world, 24, 7, 1)
    texts = [m.text for m in world.mails(JORDAN, "somebody is away")]
    assert len(texts) == 1


def test_reviewers_hear_of_days_that_were_taken_back_and_said_again(world: World) -> None:
    _reference, supporter = world.matched()
    at(world, 23, 22)
    say(world, supporter, first="2026-11-24", last="2026-12-04")
    back(world, supporter, first="2026-11-24")
    at(world, 24, 7, 1)
    at(world, 24, 9, 0)
    say(world, supporter, first="2026-11-24", last="2026-12-04")
    at(world, 24, 10, 0)
    assert world.mails(JORDAN, "somebody is away")


def test_a_supporter_who_says_yes_after_saying_that_they_leave_tomorrow(world: World) -> None:
    reference, supporter = asked_one(world)
    say(world, supporter, first="2026-11-24", last="2026-12-04")
    world.open(world.mail(supporter, reference)).choose("accepted")
    at(world, 23, 13, 0)
    assert world.mails(JORDAN, "somebody is away"), "reviewers hear the day before"


# Leaving


def test_nobody_is_asked_to_hand_over_what_who_is_back_tomorrow_looks_after(world: World) -> None:
    world.request()
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    assert world.mails(JORDAN, "before you leave") == []
    assert world.own_page(JORDAN).values("shown") == []


def test_who_leaves_reads_nothing_of_requests_that_are_over_by_the_morning(world: World) -> None:
    world.request()
    say(world, PRIYA)
    say(world, JORDAN, first="2026-11-25")
    at(world, 24, 0, 1)
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    at(world, 24, 7, 1)
    assert world.mails(JORDAN, "before you leave") == []


# Twice


def test_nobody_reads_twice_that_they_stand_in_since_somebody_says_what_the_files_say(
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
    assert world.mails(ELENA, "please stand in") == []


def test_who_is_called_in_the_morning_reads_no_second_mail_that_they_stand_in(
    world: World,
) -> None:
    world.request()
    while not world.mails(ELENA):
        world.passes(hours=1)
    assert len(world.mails(ELENA)) == 1, [m.subject for m in world.mails(ELENA)]


def test_who_is_mailed_first_since_the_files_changed_reads_not_that_it_is_back(
    world: World,
) -> None:
    world.request()
    say(world, PRIYA)
    in_files(world, PHONE_OF_JORDAN, f"{PHONE_OF_JORDAN}\naway_from = 2026-11-23")
    [told] = world.mails(ELENA)
    assert "back with" not in told.subject + told.text, told.subject + told.text


# No new mail while away


def test_who_left_at_midnight_reads_nothing_in_the_morning_and_who_is_here_does(
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
    assert len(world.mails(PRIYA, "somebody is away")) == 1
    assert count(world, JORDAN) == before


# Calls in vain


def test_the_outside_person_is_called_after_as_many_calls_as_promised(world: World) -> None:
    reference = world.request()
    for _ in range(24 * 8):
        world.passes(hours=1)
        if world.mails(RUTH, reference):
            break
    called = world.mails(ELENA, "nobody has acted") + world.mails(ELENA, "first contact")
    assert len(called) >= 3


# Night


def test_nobody_is_woken_by_what_the_mail_server_kept_back_in_the_evening(world: World) -> None:
    world.request()
    at(world, 23, 18)
    pages = [world.own_page(one) for one in (JORDAN, PRIYA)]
    world.mailbox.refuse_data_with = 451
    for page in pages:
        assert page.choose("away_open").status == 200
    world.work()
    for _ in range(6):
        world.passes(hours=1)
    world.mailbox.refuse_data_with = None
    for _ in range(4):
        world.passes(hours=1)
    for mail in world.mails(ELENA):
        assert 7 <= mail.arrived_at.astimezone(NY).hour < 21, (mail.subject, mail.arrived_at)


# What an outage kept back


def test_word_of_an_undelivered_mail_reaches_somebody_who_is_here(world: World) -> None:
    _reference, supporter = world.matched()
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    at(world, 23, 21, 30)
    page = world.open(world.mail(REQUESTER))
    world.mailbox.refuse_address_with[supporter] = 550
    page.choose("rematch_asked")
    world.work()
    at(world, 23, 21, 36)
    before = count(world, JORDAN, PRIYA)
    at(world, 24, 0, 1)
    at(world, 24, 7, 1)
    assert count(world, JORDAN, PRIYA) == [before[0], before[1] + 1]


# Words to who stands in while a supporter is asked


def test_who_stands_in_while_a_supporter_is_asked_reads_that_nothing_is_to_be_decided(
    world: World,
) -> None:
    world.offered()
    for one in (JORDAN, PRIYA):
        say(world, one)
    told = world.mail(ELENA, "please stand in")
    assert "Please look at it by" not in told.text, told.text


# Woken for nothing


def test_nobody_is_woken_to_read_that_they_need_do_nothing(world: World) -> None:
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
    world.work()
    world.open(world.mail(supporter)).choose("contacted")
    world.work()
    assert world.case(reference).state is State.IN_CONTACT
    for one in (JORDAN, PRIYA):
        say(world, one, first="2026-11-24")
    before = count(world, ELENA)
    at(world, 24, 0, 1)
    assert count(world, ELENA) == before, world.mail(ELENA).text


# Whoever is barred


def test_no_mail_says_that_a_coordinator_is_away_who_is_barred(world: World) -> None:
    reference = world.request(QID1_TEXT="Priya Nair", QID2_TEXT=PRIYA, QID3_TEXT="860-555-0102")
    say(world, JORDAN)
    told = world.mail(ELENA, reference)
    assert world.engine.casebook.absent == {"jordan-reyes"}
    assert "The coordinators of this request are away" not in told.text


# Away until I am back, and a vacation later


def test_a_vacation_is_kept_that_somebody_says_while_they_are_away_until_they_are_back(
    world: World,
) -> None:
    say(world, JORDAN)
    say(world, JORDAN, first="2026-12-21", last="2026-12-31")
    page = world.own_page(JORDAN)
    page.choose("back", first=page.values("first")[0])
    at(world, 22, 10, month=12)
    assert "jordan-reyes" in world.engine.casebook.absent


def test_days_that_somebody_says_of_a_plan_without_an_end_replace_it(world: World) -> None:
    page = world.own_page(JORDAN)
    assert page.choose("away_open", first="2026-12-21").status == 200
    page = page.choose("away_until", first="2026-12-21", last="2026-12-31")
    assert page.status == 200, page.text
    assert world.count("absences") == 1
    assert "until Thursday, December 31" in page.text
    page.choose("away_open", first="2026-12-21")
    page = page.choose("away_until", first="2026-12-23", last="2026-12-31")
    assert world.count("absences") == 1
    assert "from Monday, December 21, until Thursday, December 31" in page.text


# What stands when it leaves


PHONE_ONLY: dict[str, object] = {"QID2_TEXT": None, "QID4": ["3"]}


def test_who_stands_in_is_not_told_to_do_nothing_while_somebody_must_be_told(world: World) -> None:
    reference, _ = world.matched(**PHONE_ONLY)
    say(world, JORDAN)
    say(world, PRIYA)
    world.passes(hours=1)
    told = world.mail(ELENA, reference)
    assert "stand in" in told.subject
    assert "You need do nothing now" not in told.text


def test_who_stands_in_is_not_told_to_do_nothing_while_the_first_contact_is_late(
    world: World,
) -> None:
    reference, _ = world.matched()
    world.passes(hours=50)
    say(world, JORDAN)
    say(world, PRIYA)
    world.passes(minutes=5)
    told = [m for m in world.mails(ELENA, reference) if "stand in" in m.subject]
    assert told
    assert "You need do nothing now" not in told[-1].text


def test_a_deputy_is_called_for_what_is_late(world: World) -> None:
    reference, _ = world.matched(**PHONE_ONLY)
    for _ in range(40):
        world.passes(hours=3)
        if calls := world.mails(ELENA, reference):
            break
    assert "how the supporter and the person are getting on" not in calls[0].text


def test_a_supporter_who_left_while_mail_was_down_is_reminded_of_nothing(world: World) -> None:
    reference, supporter = world.matched()
    world.own_page(supporter)
    own = world.mail(supporter, "your page")
    contact = world.case(reference).promise(PromiseKind.CONTACT)
    assert contact is not None
    world.mailbox.refuse_data_with = 451
    world.clock.now = contact.due_at + timedelta(minutes=1)
    world.work()
    page = world.open(own).choose("away_open")
    assert "we remind you of nothing" in page.text
    before = len(world.mails(supporter))
    world.mailbox.refuse_data_with = None
    for _ in range(20):
        world.passes(minutes=15)
    assert [mail.subject for mail in world.mails(supporter)[before:]] == []


def test_the_call_of_a_deputy_who_left_meanwhile_reaches_somebody(world: World) -> None:
    reference = world.request()
    say(world, DAVID)
    world.clock.now += timedelta(hours=59)
    world.work()
    elena = world.own_page(ELENA)
    world.mailbox.refuse_data_with = 451
    world.until_handled(reference)
    assert world.engine.store.read().execute(
        "select count(*) from outbox where email = 'nobody_answered'"
    ).fetchone() == (1,)
    page = elena.person.open(link_in(world.mail(ELENA, "your page")))
    own = page.person.look(f"{world.url}/me")
    assert own.choose("away_open").status == 200
    before = len(world.mailbox.messages)
    world.mailbox.refuse_data_with = None
    for _ in range(8):
        world.passes(minutes=15)
    told = {to for mail in world.mailbox.messages[before:] for to in mail.recipients}
    assert ELENA not in told, "nobody writes to who is away"
    assert RUTH in told, "nobody else was called"


def test_who_stands_in_reads_that_the_first_contact_is_overdue_and_not_only_to_do_nothing(
    world: World,
) -> None:
    """Their mail about standing in keeps away what was said to those who left."""
    reference, _ = world.matched()
    for coordinator in (JORDAN, PRIYA):
        world.own_page(coordinator)
    contact = world.case(reference).promise(PromiseKind.CONTACT)
    assert contact is not None
    world.mailbox.refuse_data_with = 451
    world.clock.now = contact.due_at + timedelta(hours=1)
    world.work()
    world.passes(hours=5)
    for coordinator in (JORDAN, PRIYA):
        browser = world.open(world.mail(coordinator, "your page")).person
        assert browser.look(f"{world.url}/me").choose("away_open").status == 200
    world.work()
    world.mailbox.refuse_data_with = None
    for _ in range(12):
        world.passes(minutes=10)
    told = [mail.text for mail in world.mails(ELENA, reference)]
    assert any("You need do nothing now" not in text for text in told)


def test_word_of_an_undelivered_mail_reaches_whoever_was_mailed_something_else_meanwhile(
    world: World,
) -> None:
    reference, supporter = world.matched()
    say(world, PRIYA, last="2026-11-23")
    say(world, JORDAN, first="2026-11-24")
    at(world, 23, 21, 30)
    page = world.open(world.mail(REQUESTER))
    world.mailbox.refuse_address_with[supporter] = 550
    page.choose("rematch_asked")
    world.work()
    at(world, 23, 21, 36)
    at(world, 24, 6)
    board = world.own_page(PRIYA).person.look(f"{world.url}/board")
    board.choose(reference).choose("mail_link")
    world.work()
    at(world, 24, 7, 1)
    assert world.mails(PRIYA, "did not get through")
