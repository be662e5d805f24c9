"""Reports for leadership: what they say of a quarter, once, and that nobody is in them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lib.statistics.spans import LONGER
from store.forgotten import reports, tallies
from tests.paper import words
from tests.program_files import agree, change, look
from tests.reporting import page, refused, reporting_config, run, said, table, until_due
from tests.world import JORDAN, Browser, World, living
from workflow.reports.legs import Leg

SUPPORTED = 6


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, reporting_config(tmp_path)) as alive:
        yield alive


def a_request(world: World, number: int, **changed: object) -> str:
    """Submit as somebody of their own; returns the reference."""
    before = set(world.references)
    name, phone = f"Alex Quil{'abcdefghijk'[number]}", f"203-111-50{number:02}"
    email = f"alex.{number}@example.org"
    world.submit(QID1_TEXT=name, QID2_TEXT=email, QID3_TEXT=phone, **changed)
    world.work()
    world.passes(minutes=11)
    (reference,) = set(world.references) - before
    return reference


def supported(world: World, number: int) -> None:
    """Support somebody: decided after some minutes, a yes and a first contact within hours."""
    reference = a_request(world, number)
    reviewing = world.open(world.mail(JORDAN, reference))
    reviewing.choose("offered", first=reviewing.values("first")[0])
    world.passes(minutes=6)
    supporter = world.asked(reference)
    world.passes(hours=1)
    world.open(world.mail(supporter, reference)).choose("accepted")
    world.passes(hours=3)
    calling = world.open(world.mail(supporter, reference))
    calling.choose("contacted")
    calling.again().choose("completed", outcome="supported")
    world.passes(minutes=6)


def test_a_quarter_is_said_thirty_days_after_its_end_and_never_otherwise(
    world: World, tmp_path: Path
) -> None:
    for number in range(SUPPORTED):
        supported(world, number)
    leaving, *_ = [a_request(world, SUPPORTED + number) for number in range(5)]
    world.open(world.mail(f"alex.{SUPPORTED}@example.org", leaving)).choose("withdrawn_erased")
    assert "Nothing to report yet" in refused(world)
    assert "No report yet" in page(world).text
    until_due(world, "2026-Q4")

    report, shown = said(world, "2026-Q4"), run(world)
    assert report.requests == SUPPORTED + 4, "who withdrew unheard is not counted"
    assert "10 requests" in shown
    half = {wait.leg: (wait.half, wait.most) for wait in report.waits}
    assert half[Leg.ANSWER] == ("2", "2")
    assert half[Leg.CONTACT] == ("4", "4")
    assert half[Leg.REVIEW] == ("1", LONGER), "four wait since November"
    assert half[Leg.FIRST_CONTACT] == ("8", LONGER)
    outcomes = {line.name: line.number for line in report.tables[0].lines}
    # Beside the sum, "6 were supported" would tell of the four others.
    assert set(outcomes.values()) == {None}
    first_print, on_page = run(world, "--csv"), page(world)
    assert "All numbers are hidden" in on_page.text
    path = tmp_path / "out" / "report.html"
    run(world, "--html", str(path))
    assert "<svg" in path.read_text()
    assert not re.search("src=|href=|Quil", path.read_text()), "one file that needs no other"

    for number in range(SUPPORTED + 1, SUPPORTED + 5):
        address = f"alex.{number}@example.org"
        world.ask_for_link(address)
        world.open(world.mail(address)).choose("withdrawn_erased")
    world.passes(days=40)
    assert world.references == [], "the last ones are forgotten"
    assert run(world, "--csv") == first_print
    assert page(world).text == on_page.text


def counted(world: World, quarter: str, **counts: dict[str, int]) -> None:
    """Leave the counts that forgotten requests of a quarter left."""
    world.work()
    with world.store.write() as db:
        for what, values in counts.items():
            for value, number in values.items():
                tallies.add(db, [(quarter, what, value)] * number)


def test_what_is_hidden_is_hidden_wherever_the_report_is_read(world: World) -> None:
    ended = {"supported": 50, "withdrawn": 4}
    counted(world, "2026-Q1", requests={"all": 54}, outcome=ended)
    until_due(world, "2026-Q1")
    on_page, told = page(world).text, table(world)
    assert (told["2026-Q1", "outcome", "supported"], told["2026-Q1", "outcome", "withdrawn"]) == (
        "",
        "",
    )
    assert told["2026-Q1", "requests", "all"] == "54"
    assert "support was given hidden" in " ".join(run(world).split())
    assert "50" not in on_page


def test_it_is_one_page_to_print(world: World, tmp_path: Path) -> None:
    # However many flyers there are: what is too much is written smaller.
    wards = "".join(f'[units.ward-{one}]\nname = "Ward {one}"\n' for one in range(60))
    change(world, "program.toml", "[units.night-float]", f"{wards}[units.night-float]")
    look(world)
    ended = {"supported": 50, "support_declined": 21, "withdrawn": 4}
    found_at = {f"flyer-ward-{one}": 5 for one in range(15)}
    counted(world, "2026-Q1", requests={"all": 75}, outcome=ended, source=found_at)
    until_due(world, "2026-Q1")
    path = tmp_path / "out" / "report.pdf"
    assert "Written" in run(world, "--period", "2026-Q1", "--pdf", str(path))
    assert b"/Count 1" in path.read_bytes()
    said = words(path)
    for part in ("Report: Jan–Mar 2026", "75 requests", "support was given", "Hidden: ", "50"):
        assert part in said
    assert "None" not in said


def test_a_quarter_with_too_few_says_only_that(world: World) -> None:
    a_request(world, 0)
    until_due(world, "2026-Q4")
    assert said(world, "2026-Q4").requests is None
    assert "Fewer than 5 requests" in run(world)
    assert table(world) == {
        ("period", "about", "what"): "number",
        ("2026", "requests", "all"): "",
        ("2026-Q4", "requests", "all"): "",
    }


def test_nobody_lifts_a_hidden_number_with_requests_that_are_none(world: World) -> None:
    """Anybody can file some, and would know how many of a number that is shown then are theirs."""
    for number in range(4):
        supported(world, number)
    false = a_request(world, 4)
    world.open(world.mail(JORDAN, false)).choose("closed", outcome="not_a_request")
    gone = a_request(world, 5)
    world.open(world.mail("alex.5@example.org", gone)).choose("withdrawn_erased")
    older, twice = a_request(world, 6), a_request(world, 6)
    world.open(world.mail(JORDAN, twice)).choose("same_request", other=older)
    world.passes(minutes=11)
    world.open(world.mail(JORDAN, older)).choose("closed", outcome="not_a_request")
    until_due(world, "2026-Q4")
    assert said(world, "2026-Q4").requests is None


def test_what_can_never_be_counted_hides_nothing(world: World) -> None:
    """Six parts of 4 below a bound of 5: whoever knows that no other part can have any adds up."""
    small = dict.fromkeys(
        ["support_declined", "referred", "withdrawn", "reached_otherwise", "could_not_be_reached",
         "open"], 4,
    )  # fmt: skip
    counted(world, "2026-Q1", requests={"all": 54}, outcome={"supported": 30} | small)
    until_due(world, "2026-Q1")
    ended, *_ = said(world, "2026-Q1").tables
    assert {line.number for line in ended.lines} == {None}
    assert not {"duplicate", "not_a_request"} & {line.name for line in ended.lines}


def test_a_quarter_without_anybody_looks_like_one_with_a_few(world: World) -> None:
    a_request(world, 0)
    until_due(world, "2027-Q1")
    assert said(world, "2027-Q1").requests is None
    assert run(world) == run(world, "--period", "2026-Q4").replace("Oct–Dec 2026", "Jan–Mar 2027")


def test_the_counts_go_with_the_year_and_what_was_said_stays(world: World) -> None:
    counted(world, "2025-Q3", requests={"all": 20}, outcome={"supported": 20})
    until_due(world, "2025-Q4")
    assert world.count("tallies") == 0
    assert "20 requests" in run(world, "--period", "2025-Q3")
    world.app.test_cli_runner().invoke(args=["hold", "--all"])
    counted(world, "2026-Q4", requests={"all": 8})
    until_due(world, "2026-Q4")
    assert tallies.of_quarter(world.store.read(), "2026-Q4") == {"requests": {"all": 8}}


def test_a_year_is_told_in_parts_only_if_no_quarter_was(tmp_path: Path) -> None:
    with living(tmp_path, reporting_config(tmp_path, parts="year")) as world:
        for quarter, number in (("2025-Q3", 20), ("2025-Q4", 30)):
            ended = {"supported": number - 6, "referred": 6}
            counted(world, quarter, requests={"all": number}, outcome=ended)
        until_due(world, "2025-Q4")
        assert said(world, "2025-Q4").tables == ()
        assert "in the report of the year" in run(world, "--period", "2025-Q4")
        outcomes = {line.name: line.number for line in said(world, "2025").tables[0].lines}
        assert (said(world, "2025").requests, outcomes["supported"]) == (50, 38)
        program = world.folder / "config/program.toml"
        counted(world, "2026-Q1", requests={"all": 30}, outcome={"supported": 30})
        for old, new, until in (("year", "quarter", "2026-Q1"), ("quarter", "year", "2026-Q2")):
            program.write_text(program.read_text().replace(f'parts = "{old}"', f'parts = "{new}"'))
            look(world)
            agree(world, JORDAN)
            until_due(world, until)
        until_due(world, "2026-Q4")
        assert said(world, "2026-Q1").tables, "a quarter was told in parts"
        assert said(world, "2026").tables == ()


def test_a_year_says_nothing_from_which_a_hidden_quarter_could_be_computed(world: World) -> None:
    counted(world, "2025-Q3", requests={"all": 20})
    counted(world, "2025-Q4", requests={"all": 3})
    until_due(world, "2025-Q4")
    assert said(world, "2025-Q3").requests == 20
    assert said(world, "2025-Q4").requests is None
    assert said(world, "2025").requests is None


def test_damaged_counts_are_told_as_not_stated_and_stop_no_worker(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    counted(world, "2026-Q4", requests={"all": 30}, role_group={"Nursing": 30})
    with world.store.write() as db:
        db.execute("update tallies set value = 'x' where what = 'role_group'")
    until_due(world, "2026-Q4")
    groups = {line.name: line.number for line in said(world, "2026-Q4").tables[5].lines}
    assert (groups["Nursing"], groups["others"]) == (None, None)
    with world.store.write() as db:
        db.execute("update reports set said = 'x' where period = '2026-Q4'")
    until_due(world, "2027-Q4")
    run(world)
    assert "The report of 2026-Q4 cannot be read" in caplog.text
    assert page(world, "2026-Q4").status == 404
    assert page(world, "2027-Q4").status == 200


def test_what_was_said_before_a_copy_was_put_back_is_not_said_otherwise(world: World) -> None:
    counted(world, "2026-Q4", requests={"all": 20})
    with world.store.write() as db:
        at = world.clock.now + timedelta(days=80)
        db.execute(
            "insert into restorations (id, copied_at, restored_at) values (1, ?, ?)",
            [f"{world.clock.now:%Y-%m-%dT%H:%M:%SZ}", f"{at:%Y-%m-%dT%H:%M:%SZ}"],
        )
    until_due(world, "2026-Q4")
    assert said(world, "2026-Q4").is_lost
    assert "An earlier print of this report is still right" in run(world)
    assert not reports.is_said(world.store.read(), "2026"), "from a year it could be computed"


def test_only_reviewers_get_the_page_and_only_of_periods_that_were_said(world: World) -> None:
    a_request(world, 0)
    until_due(world, "2026-Q4")
    assert page(world, "2026-Q4").status == 200
    assert page(world, "2027-Q1").status == 404
    assert page(world, reader="beth.lindgren@example.org").status == 403
    assert Browser().look(f"{world.url}/report").answer.url.endswith("/link")
    assert "No report of 2027-Q1" in refused(world, "--period", "2027-Q1")
