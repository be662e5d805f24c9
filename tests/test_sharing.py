"""Skew and rust measured: who carries how much, of quarters that are over."""

from dataclasses import replace
from datetime import date

import pytest
from click.testing import Result

from matching.fairness import Use
from matching.sharing import sharing
from people.supporters import SupporterStatus
from store import uses
from tests.candidates import AMARA, BETH
from tests.world import World

TODAY = date(2026, 11, 24)
CARLOS = replace(BETH, id="carlos", name="Carlos Medina", status=SupporterStatus.INACTIVE)
ROSTER = (replace(AMARA, capacity=2), BETH, CARLOS)
USES = {
    "amara": Use({"2026-Q3": 2, "2026-Q1": 1}, "2026-09"),
    "beth": Use({"2026-Q3": 2, "2026-Q4": 5}, "2026-11"),
    "somebody-gone": Use({"2026-Q3": 9}, "2026-09"),
}


def test_it_compares_matches_with_places_of_quarters_that_are_over() -> None:
    found = sharing(ROSTER, USES, TODAY, most=4)
    assert found.quarters == ("2026-Q1", "2026-Q3")
    assert found.matches == {"2026-Q1": 1, "2026-Q3": 4}
    amara, beth, _ = found.shares
    assert (amara.of_capacity, amara.of_matches) == (0.5, {"2026-Q1": 1.0, "2026-Q3": 0.5})
    assert (beth.of_capacity, beth.of_matches) == (0.25, {"2026-Q1": 0.0, "2026-Q3": 0.5})
    assert found.gini["2026-Q3"] == pytest.approx(0.444, abs=0.001)
    assert found.gini["2026-Q1"] > found.gini["2026-Q3"]


def test_only_the_last_quarters_are_shown() -> None:
    assert sharing(ROSTER, USES, TODAY, most=1).quarters == ("2026-Q3",)


def test_a_match_of_the_running_quarter_shows_nowhere() -> None:
    """Else two reports, taken today and tomorrow, would tell the day."""
    before = sharing(ROSTER, {"amara": USES["amara"]}, TODAY, most=4)
    now = {"amara": USES["amara"], "carlos": Use({"2026-Q4": 1}, "2026-11")}
    assert sharing(ROSTER, now, TODAY, most=4) == before
    assert [one.id for one in before.never_used] == ["beth", "carlos"]


def test_the_report_does_not_reveal_who_is_unavailable() -> None:
    here = tuple(replace(one, status=SupporterStatus.ACTIVE) for one in ROSTER)
    names = [[s.supporter.name for s in sharing(r, USES, TODAY, 4).shares] for r in (here, ROSTER)]
    assert names[0] == names[1]


# The command


def report(world: World, *words: str) -> Result:
    result: Result = world.app.test_cli_runner().invoke(args=["report", *words])
    return result


def test_the_report_names_shares_and_who_was_never_used(world: World) -> None:
    with world.store.write() as db:
        for supporter in ("amara-cole", "amara-cole", "beth-lindgren", "carlos-medina"):
            for _ in range(3):
                uses.record_match(db, supporter, "2026-Q3")
            uses.record_match(db, supporter, "2026-Q2")
    reference, _ = world.matched()
    result = report(world, "--supporters")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].split() == ["share", "of", "all", "places", "2026-Q3"]
    places = sum(one.capacity for one in world.engine.program.supporters.values())
    (amara,) = [line.split() for line in lines if line.startswith("Amara")]
    assert amara == ["Amara", "Cole", f"{1 / places:.0%}", "50%"]
    assert lines[-2].startswith("Gini: how unevenly matches are shared")
    never = lines[-1].removeprefix("Never used before this quarter: ").split(", ")
    assert len(never) == len(world.engine.program.supporters) - 3
    assert never == sorted(never)
    assert reference not in result.output
    assert lines[-1].startswith("Never used before this quarter: ")
    assert "2026-Q4" not in result.output


def test_there_is_nothing_to_report_before_the_first_quarter_is_over(world: World) -> None:
    world.matched()
    result = report(world, "--supporters")
    assert (result.exit_code, "no quarter with 11 matches or more is over" in result.output) == (
        1,
        True,
    )
