"""Somebody keeps every print of every report for years, and computes: nobody comes out.

tests/test_hiding.py has the one who also knows by which rule numbers are hidden.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from store.forgotten import tallies
from tests.differencing import BUCKETS, Cell, Known, Truth, computed, is_told, least, most
from tests.examples import IS_FUZZ
from tests.reporting import reporting_config, run, table, until_due
from tests.world import World, living
from workflow.model import Outcome
from workflow.reports.figures import MET, NO_WISH, NOT_MET, STILL_OPEN, UNENDED, WISHES
from workflow.reports.legs import Leg
from workflow.reports.periods import after

BOUND, QUARTERS = 11, 9
#: By table: every value that a request may have there, and about how often.
VALUES: dict[str, dict[str, int]] = {
    "outcome": {Outcome.SUPPORTED: 60, Outcome.REFERRED: 12, Outcome.SUPPORT_DECLINED: 10,
                Outcome.WITHDRAWN: 5,
                Outcome.REACHED_OTHERWISE: 2, Outcome.COULD_NOT_BE_REACHED: 4, STILL_OPEN: 2},
    **{wish: {MET: 5, NOT_MET: 1, NO_WISH: 5} for wish in WISHES},
    **{leg: {name: 8 if name == UNENDED else 1 + place for place, name in enumerate(BUCKETS)}
       for leg in Leg},
}  # fmt: skip

#: Further programs, which `make fuzz` tries: how many ask in a quarter, and what is hidden by.
MORE = [(40, "year"), (25, "quarter")] if IS_FUZZ else []


@pytest.fixture(scope="module", params=[(15, "year"), (90, "quarter"), *MORE], ids=str)
def program(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Truth]]:
    """Two years and a quarter of a program, and what really happened."""
    rate, parts = request.param
    chance, truth = random.Random(rate), dict[Cell, int]()
    folder = tmp_path_factory.mktemp("program")
    with living(folder, reporting_config(folder, BOUND, parts)) as world:
        yield world, live(world, chance, rate, truth)


def live(world: World, chance: random.Random, rate: int, truth: Truth) -> Truth:
    """Let requests come and go, and compare each print with all before."""
    world.work()
    quarter, kept = "2025-Q1", dict[tuple[str, str, str], str]()
    for _ in range(QUARTERS):
        number = max(0, round(chance.gauss(rate, rate**0.5)))
        with world.store.write() as db:
            tallies.add(db, [(quarter, "requests", "all")] * number)
            for what, weights in VALUES.items():
                drawn = chance.choices(list(weights), list(weights.values()), k=number)
                tallies.add(db, [(quarter, what, value) for value in drawn])
                truth |= {(quarter, what, value): drawn.count(value) for value in weights}
        if quarter >= "2026-Q4":
            until_due(world, quarter)
        printed = table(world) if quarter >= "2026-Q4" else {}
        assert kept.items() <= printed.items(), "what was printed once is printed again"
        kept |= printed
        quarter = after(quarter)
    return truth


def test_no_number_below_the_bound_can_be_computed(program: tuple[World, Truth]) -> None:
    world, truth = program
    tried = list(computed(table(world), truth, BOUND))
    assert [one for one in tried if is_told(*one, BOUND)] == []
    assert len(tried) > 100


def test_no_part_is_told_that_is_always_empty(program: tuple[World, Truth]) -> None:
    """Its reader knows that, and the others could be computed more exactly than the rule allows."""
    outcomes = {what for _, about, what in table(program[0]) if about == "outcome"}
    assert outcomes
    assert not outcomes & {Outcome.DUPLICATE, Outcome.NOT_A_REQUEST}


def test_the_attacker_computes_what_is_not_protected() -> None:
    cells = [("2025-Q1", "outcome", name) for name in "abc"]
    known: list[Known] = [(dict.fromkeys(cells, 1.0), 30.0, 30.0), ({cells[0]: 1.0}, 20.0, 20.0)]
    assert (least(cells[1], cells, known), most(cells[1], cells, known)) == (0, 10)
    known.append(({cells[1]: 1.0, cells[0]: 1.0}, 27.0, 27.0))
    assert (least(cells[1], cells, known), most(cells[1], cells, known)) == (7, 7)


def test_every_form_of_a_report_tells_the_same(program: tuple[World, Truth]) -> None:
    """Nothing stands in the text or on the page that is hidden in the table."""
    world, _ = program
    numbers = defaultdict[str, set[str]](set)
    for (period, _, _), number in table(world).items():
        numbers[period].add(number.removeprefix("over "))
    for period in [one for one in numbers if one != "period"]:
        text, path = run(world, "--period", period), world.folder / f"{period}.html"
        run(world, "--period", period, "--html", str(path))
        told = set(re.findall(r"^  .* (\d+)$", text, re.M))
        told |= set(re.findall(r"<td>(\d+)</td>", path.read_text()))
        assert told <= numbers[period], period
