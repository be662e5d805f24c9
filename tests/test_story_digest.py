"""Stories of the digest: on working mornings, numbers only, and never about a person."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.mailbox import StoredMessage
from tests.nominating import plan
from tests.test_mails import TELLING
from tests.world import (
    DAVID,
    ELENA,
    JORDAN,
    PRIYA,
    REQUESTER,
    SAM,
    WHEN_QUIET,
    World,
    example_config,
    link_in,
    living,
)

COORDINATORS = (JORDAN, PRIYA, "marcus.bell@example.org", "hannah.oyelaran@example.org")
#: Tuesday, 8 o'clock in New York.
TUESDAY = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


@pytest.fixture
def early(tmp_path: Path) -> Iterator[World]:
    """The world with the digest on, on a Monday whose digest is out."""
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        world.work()
        yield world


def on(world: World, at: datetime) -> None:
    world.clock.now = at
    world.work()


def digests(world: World, to: str) -> list[StoredMessage]:
    return [m for m in world.mails(to) if "how things stand" in m.text]


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[World]:
    """The world with the digest as the example has it, on a Monday without one."""
    config = example_config(tmp_path, digest_at="08:00")
    program = config / "program.toml"
    program.write_text(program.read_text().replace("when_quiet = true", WHEN_QUIET))
    with living(tmp_path, config) as world:
        world.work()
        yield world


def test_unless_asked_for_it_comes_only_when_there_is_something_to_do_or_to_know(
    quiet: World,
) -> None:
    on(quiet, TUESDAY)
    assert all(digests(quiet, coordinator) == [] for coordinator in COORDINATORS)
    reference = quiet.request()
    on(quiet, TUESDAY.replace(day=25))
    assert [m.subject for m in digests(quiet, JORDAN)] == ["Care Desk: 1 open"], "it waits"
    assert digests(quiet, COORDINATORS[2]) == [], "of another department"

    page = quiet.open(quiet.mail(JORDAN, reference))
    page.choose("offered", first=page.values("first")[0])
    quiet.passes(minutes=6)
    quiet.open(quiet.mail(quiet.asked(reference))).choose("accepted")
    quiet.open(quiet.mail(quiet.asked(reference))).choose("contacted")
    for day in (27, 30):
        on(quiet, TUESDAY.replace(day=day))
    assert len(digests(quiet, JORDAN)) == 1, "the supporter goes on, and is asked when it is time"

    quiet.own_page(JORDAN).choose("away_until", first="2026-12-03", last="2026-12-04")
    quiet.own_page(PRIYA).choose("away_until", first="2026-12-03", last="2026-12-04")
    (quiet.folder / "config/resources.toml").write_text("nonsense")
    on(quiet, TUESDAY.replace(month=12, day=1))
    text = digests(quiet, COORDINATORS[2])[-1].text
    assert "Emergency Medicine: no one can review from Thursday, Dec 3" in text
    assert "changed and are not in force" in text


def test_it_says_in_time_that_a_department_will_have_nobody(quiet: World) -> None:
    for person in (JORDAN, PRIYA):
        quiet.own_page(person).choose("away_until", first="2026-12-04", last="2026-12-04")
    for days, count in ((0, 0), (1, 0), (3, 0), (6, 1), (7, 2)):
        on(quiet, TUESDAY + timedelta(days=days))
        assert len(digests(quiet, JORDAN)) == count, "as a week begins, and three days before"


def test_where_asked_for_it_comes_each_working_morning_also_when_all_is_quiet(early: World) -> None:
    on(early, TUESDAY.replace(hour=12, minute=59))
    assert len(digests(early, JORDAN)) == 1
    for day in range(24, 31):
        on(early, TUESDAY.replace(day=day))
    for coordinator in COORDINATORS:
        arrived = [m.arrived_at.day for m in digests(early, coordinator)]
        assert arrived == [23, 24, 25, 27, 30], "not on Thanksgiving, Saturday and Sunday"
    mail = digests(early, JORDAN)[-1]
    assert mail.subject == "Care Desk: all quiet"
    assert "All quiet. Nothing open needs you." in mail.text
    assert "Files, worker, and mail are in order." in mail.text
    assert early.mails(ELENA) == early.mails(DAVID) == digests(early, SAM) == []


def test_it_asks_in_a_quarters_last_month_for_a_group_debrief_that_nobody_planned(
    quiet: World,
) -> None:
    told = "No group debrief for supporters is planned for this quarter or later"
    on(quiet, TUESDAY.replace(day=30))
    assert digests(quiet, JORDAN) == []
    for day in range(1, 15):
        on(quiet, TUESDAY.replace(month=12, day=day))
    assert [m.arrived_at.day for m in digests(quiet, JORDAN)] == [7, 14], "as a week begins"
    assert told in digests(quiet, JORDAN)[-1].text
    assert digests(quiet, ELENA) == []
    plan(quiet, "winter", "group-debrief", "2027-01-12")
    on(quiet, TUESDAY.replace(month=12, day=21))
    assert len(digests(quiet, JORDAN)) == 2


def test_it_says_numbers_only_and_leads_to_the_board(early: World) -> None:
    reference = early.request()
    on(early, TUESDAY)
    mail = digests(early, JORDAN)[-1]
    assert mail.subject == "Care Desk: 1 open"
    whole = (mail.raw.decode() + mail.text + mail.html).lower()
    assert [
        word for word in (*TELLING, reference.lower(), "emergency medicine") if word in whole
    ] == []
    board = early.open(mail)
    assert f"Email me the link {reference}" in board.text
    on(early, TUESDAY.replace(day=27))
    assert digests(early, JORDAN)[-1].subject.startswith("Care Desk: 1 open")


def test_what_it_counts_as_overdue_is_what_the_board_shows_as_overdue(early: World) -> None:
    reference = early.request()
    on(early, TUESDAY.replace(day=28, hour=14))
    page = early.open(early.mail(JORDAN, reference))
    page.choose("offered", first=page.values("first")[0])
    early.passes(minutes=6)
    early.open(early.mail(early.asked(reference))).choose("accepted")
    on(early, TUESDAY.replace(day=30))
    mail = digests(early, JORDAN)[-1]
    assert mail.subject == "Care Desk: 1 open, 1 overdue"
    board = early.open(mail)
    assert "Overdue." in board.text
    board.choose(reference)
    early.work()
    overdue = "late – due Saturday, Nov 28, 10 AM."
    assert overdue in early.open(early.mail(JORDAN, "new link")).text


def test_it_counts_for_each_reader_what_they_may_know(early: World) -> None:
    early.submit(QID2_TEXT=JORDAN)
    early.work()
    on(early, TUESDAY)
    assert digests(early, JORDAN)[-1].subject == "Care Desk: all quiet"
    assert digests(early, PRIYA)[-1].subject == "Care Desk: 1 open"
    assert digests(early, "marcus.bell@example.org")[-1].subject == "Care Desk: all quiet"


def test_it_says_who_is_away_and_who_would_have_nobody(early: World) -> None:
    early.own_page(JORDAN).choose("away_until", first="", last="2026-11-27")
    early.own_page(PRIYA).choose("away_until", first="2026-11-26", last="2026-12-01")
    early.own_page("amara.cole@example.org").choose("away_open")
    on(early, TUESDAY)
    assert digests(early, JORDAN)[-1].arrived_at.day == 23, "nothing goes to somebody who is away"
    text = digests(early, PRIYA)[-1].text
    assert "Jordan Reyes: away until Friday, Nov 27" in text
    assert "Amara" not in text
    assert "not available" not in text
    days = "no one can review from Thursday, Nov 26 until Friday, Nov 27"
    assert f"Emergency Medicine: {days}" in text


def test_the_deputies_get_it_when_all_coordinators_are_away(early: World) -> None:
    for coordinator in COORDINATORS:
        early.own_page(coordinator).choose("away_open")
    on(early, TUESDAY)
    assert len(digests(early, ELENA)) == len(digests(early, DAVID)) == 1
    assert early.open(digests(early, ELENA)[0]).status == 200


def test_it_says_what_could_not_be_delivered_or_read(early: World) -> None:
    early.mailbox.refuse_address_with[REQUESTER] = 550
    early.request()
    for _ in range(4):
        early.passes(minutes=5)
    (early.folder / "config/resources.toml").write_text("nonsense")
    on(early, TUESDAY)
    text = digests(early, JORDAN)[-1].text
    assert "could not be delivered" in text
    assert "changed and are not in force" in text
    assert "in order" not in text


def test_who_is_barred_is_not_told_what_came_only_by_reconciliation(early: World) -> None:
    early.qualtrics.behavior.drop_rate = 1.0
    early.submit(QID11_TEXT="Jordan Reyes")
    early.passes(minutes=30)
    assert early.only_case()
    on(early, TUESDAY)
    mail = digests(early, JORDAN)[-1]
    assert mail.subject == "Care Desk: all quiet"
    assert "reached us" not in mail.text
    assert early.mail(SAM, "only because we compared")


def test_a_closed_request_with_something_to_tell_is_not_all_quiet(early: World) -> None:
    reference = early.request(QID4=["2"])
    page = early.open(early.mail(JORDAN))
    page.choose("referred", resource=page.values("resource")[:1])
    early.passes(minutes=6)
    on(early, TUESDAY.replace(day=25))
    mail = digests(early, JORDAN)[-1]
    assert mail.subject == "Care Desk: 1 to tell by phone, 1 overdue"
    board = early.open(mail)
    assert "Overdue." in board.text
    assert board.choose(reference).status == 200
    early.work()
    assert "Pass on:" in early.own_page(JORDAN).person.look(f"{early.url}/board").text


def test_it_does_not_leave_at_night_after_an_outage(early: World) -> None:
    before = len(digests(early, JORDAN))
    on(early, TUESDAY.replace(day=25, hour=4, minute=30))  # Tuesday, 11:30 PM in New York
    assert len(digests(early, JORDAN)) == before


def test_an_old_one_that_the_mail_server_kept_back_is_dropped(early: World) -> None:
    before = len(digests(early, JORDAN))
    early.mailbox.refuse_data_with = 451
    on(early, TUESDAY)
    early.mailbox.refuse_data_with = None
    on(early, TUESDAY.replace(day=25))
    early.passes(hours=2)
    assert len(digests(early, JORDAN)) == before + 1
    assert "could not be delivered" not in digests(early, JORDAN)[-1].text


def after_an_outage(world: World) -> None:
    """Two days later the worker comes back, and nothing has been compared meanwhile."""
    world.clock.now = TUESDAY.replace(day=25, minute=30)


def newest(world: World) -> str:
    world.work()
    return digests(world, JORDAN)[-1].subject


def test_after_an_outage_it_waits_for_the_comparison_that_is_due(early: World) -> None:
    after_an_outage(early)
    rounds = early.worker.rounds
    assert not rounds["digests"](), "the comparison is due, and may take its time"
    rounds["reconciliation"]()
    assert rounds["digests"]()
    assert newest(early) == "Care Desk: all quiet"


@pytest.mark.parametrize("trouble", [500, 401])
def test_while_qualtrics_stays_down_people_are_asked_to_count_by_hand(
    early: World, trouble: int
) -> None:
    early.qualtrics.behavior.api_trouble = {trouble: 1.0}
    after_an_outage(early)
    rounds = early.worker.rounds
    assert not rounds["digests"]()
    rounds["reconciliation"]()
    assert rounds["digests"]()
    assert newest(early) == "Care Desk: two numbers to compare"


def test_it_waits_ten_minutes_for_a_comparison_at_most(early: World) -> None:
    after_an_outage(early)
    digest = early.worker.rounds["digests"]
    assert not digest()
    early.clock.now += timedelta(minutes=9)
    assert not digest()
    early.clock.now += timedelta(minutes=1)
    assert digest(), "somebody else compares, or nobody: it is not told here"
    assert newest(early) == "Care Desk: two numbers to compare"


def test_it_does_not_wait_where_nothing_is_compared_at_all(tmp_path: Path) -> None:
    with living(tmp_path, example_config(tmp_path), has_api=False) as blind:
        blind.clock.now = TUESDAY
        assert blind.worker.rounds["digests"]()


def test_whoever_stands_in_for_a_request_gets_it(early: World) -> None:
    for coordinator in (JORDAN, PRIYA):
        early.own_page(coordinator).choose("away_open")
    early.request()
    on(early, TUESDAY)
    assert digests(early, ELENA)[-1].subject == "Care Desk: 1 open"


def test_whoever_stands_in_does_not_read_which_coordinator_is_away_and_so_which_one_is_barred(
    early: World,
) -> None:
    early.submit(QID2_TEXT=JORDAN)
    early.work()
    early.own_page(PRIYA).choose("away_open")
    on(early, TUESDAY)
    text = digests(early, ELENA)[-1].text
    assert "1 open" in text
    assert "Away:" not in text
    assert "Priya" not in text


def test_it_can_be_turned_off_but_not_where_somebody_must_compare(tmp_path: Path) -> None:
    with living(tmp_path, has_api=False) as blind:
        on(blind, TUESDAY)
        assert [m.subject for m in digests(blind, JORDAN)] == ["Care Desk: two numbers to compare"]
    quiet = tmp_path / "quiet"
    quiet.mkdir()
    with living(quiet) as world:
        on(world, TUESDAY)
        assert world.mailbox.messages == []


def test_admins_who_review_nothing_get_no_link(tmp_path: Path) -> None:
    with living(tmp_path, has_api=False) as blind:
        blind.work()
        assert "/open/" not in blind.mail(SAM).text
        assert link_in(blind.mail(JORDAN))
