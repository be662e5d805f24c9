"""What stays of who supported whom: matches by quarter and the month last asked, nothing else."""

from datetime import UTC, datetime

from matching.fairness import Use
from people.supporters import Load
from store import uses
from tests.world import JORDAN, World


def used(world: World) -> dict[str, Use]:
    return uses.all_uses(world.store.read())


def supporter(world: World, reference: str) -> str:
    offer = world.case(reference).current_offer
    assert offer is not None
    return offer.supporter


def test_somebody_counts_as_asked_once_the_mail_left(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    first = page.values("first")[0]
    page.choose("offered", first=first)
    world.passes(minutes=4)
    assert used(world) == {}
    world.passes(minutes=2)
    assert supporter(world, reference) == first
    assert used(world) == {first: Use({}, "2026-11")}


def test_an_offer_that_was_undone_was_never_made(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    offered = page.choose("offered", first=page.values("first")[0])
    offered.again().choose("undone")
    world.passes(minutes=6)
    assert used(world) == {}


def test_a_yes_counts_as_one_match_of_its_quarter(world: World) -> None:
    reference, _ = world.matched()
    first = supporter(world, reference)
    assert used(world) == {first: Use({"2026-Q4": 1}, "2026-11")}
    assert world.engine.casebook.loads() == {first: Load(1, recent=1, rested=0, asked_months_ago=0)}


def test_a_no_and_a_silence_are_no_match(world: World) -> None:
    reference = world.offered()
    said_no = supporter(world, reference)
    world.open(world.mail(world.asked(reference))).choose("declined")
    world.work()
    silent = supporter(world, reference)
    world.passes(days=3)
    assert used(world) == {id: Use({}, "2026-11") for id in (said_no, silent)}


def test_a_yes_by_phone_counts_too(world: World) -> None:
    reference = world.offered()
    first = supporter(world, reference)
    world.open(world.mail(JORDAN)).choose("accepted")
    assert used(world)[first].matches == {"2026-Q4": 1}


def test_the_month_is_the_one_where_the_program_lives(world: World) -> None:
    world.clock.now = datetime(2027, 1, 1, 1, 0, tzinfo=UTC)
    reference = world.request()
    world.open(world.mail(JORDAN)).choose("offered", first="beth-lindgren")
    world.passes(minutes=6)
    assert used(world)["beth-lindgren"].asked == "2026-12"
    assert world.case(reference).state == "offered"


def test_forgetting_a_request_leaves_nothing_that_leads_back(world: World) -> None:
    reference, _ = world.in_contact()
    first = supporter(world, reference)
    world.open(world.mail(JORDAN)).choose("completed", outcome="supported")
    world.passes(days=40)
    assert world.count("cases") == 0
    assert used(world) == {first: Use({"2026-Q4": 1}, "2026-11")}
    assert world.row("matches", "supporter", "quarter", "number") == (first, "2026-Q4", 1)


def test_after_three_years_nothing_is_left_but_the_month(world: World) -> None:
    world.matched()
    world.passes(days=365 * 3 + 60)
    assert [use.matches for use in used(world).values()] == [{}]


def test_nothing_is_kept_of_who_left_the_roster(world: World) -> None:
    reference, _ = world.matched()
    first = supporter(world, reference)
    path = world.folder / "config" / "supporters.csv"
    lines = [line for line in path.read_text().splitlines(True) if not line.startswith(first)]
    path.write_text("".join(lines))
    world.work()
    world.passes(minutes=31)
    world.passes(minutes=2)
    assert used(world) == {}
