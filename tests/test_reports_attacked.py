"""Somebody keeps every print of every report for years, and computes: nobody comes out.

tests/test_hiding.py has the one who also knows by which rule numbers are hidden.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from lib.statistics.spans import HOURS, LONGER
from store.forgotten import tallies
from tests.examples import IS_FUZZ
from tests.reporting import reporting_config, run, table, until_due
from tests.world import World, living
from workflow.model import Outcome
from workflow.reports.figures import MET, NO_WISH, NOT_MET, STILL_OPEN, UNENDED, WISHES
from workflow.reports.legs import Leg
from workflow.reports.periods import after, year_of

BOUND, QUARTERS = 11, 9
BUCKETS = [*map(str, HOURS), LONGER, UNENDED]
#: By table: every value that a request may have there, and about how often.
VALUES: dict[str, dict[str, int]] = {
    "outcome": {Outcome.SUPPORTED: 60, Outcome.REFERRED: 12, Outcome.SUPPORT_DECLINED: 10,
                Outcome.WITHDRAWN: 5, Outcome.DUPLICATE: 3, Outcome.NOT_A_REQUEST: 1,
                Outcome.REACHED_OTHERWISE: 2, Outcome.COULD_NOT_BE_REACHED: 4, STILL_OPEN: 2},
    **{wish: {MET: 5, NOT_MET: 1, NO_WISH: 5} for wish in WISHES},
    **{leg: {name: 8 if name == UNENDED else 1 + place for place, name in enumerate(BUCKETS)}
       for leg in Leg},
}  # fmt: skip

#: Further programs, which `make fuzz` tries: how many ask in a quarter, and what is hidden by.
MORE = [(40, "year"), (25, "quarter")] if IS_FUZZ else []

#: A number: its quarter, the table, and the value.
Cell = tuple[str, str, str]
Truth = dict[Cell, int]
#: What a reader knows of cells: their weights, and the least and the largest sum.
Known = tuple[dict[Cell, float], float, float]


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
    printed, tried = table(world), 0
    for year in sorted({year_of(quarter) for quarter, _, _ in truth}):
        for what in VALUES:
            cells = [cell for cell in truth if cell[0].startswith(year) and cell[1] == what]
            known = list(what_is_known(printed, year, what, cells))
            for cell in cells:
                if truth[cell] < BOUND and not printed.get(cell):
                    high = most(cell, cells, known)
                    assert high >= BOUND - 1 or what in set(Leg), (cell, high)
                    # What is true is never below the least that fits.
                    if high <= truth[cell] + 1:
                        low = least(cell, cells, known)
                        assert low < high - 0.99, (cell, truth[cell], low, high)
                    tried += 1
    assert tried > 100


def what_is_known(
    printed: dict[tuple[str, str, str], str], year: str, what: str, cells: list[Cell]
) -> Iterator[Known]:
    """Yield all that the prints of a year say of one table, as inequalities."""
    quarters = sorted({quarter for quarter, _, _ in cells})
    for cell in cells:
        if shown := printed.get(cell):
            yield {cell: 1.0}, float(shown), float(shown)
    for period in (*quarters, year):
        theirs = [cell for cell in cells if cell[0].startswith(period)]
        number = printed.get((period, "requests", "all"), "")
        if number:
            yield dict.fromkeys(theirs, 1.0), float(number), float(number)
        elif period != year:
            yield dict.fromkeys(theirs, 1.0), 0.0, BOUND - 1.0
        for value in {value for _, _, value in theirs} if period == year else ():
            if shown := printed.get((year, what, value)):
                same = [cell for cell in theirs if cell[2] == value]
                yield dict.fromkeys(same, 1.0), float(shown), float(shown)
        for share, name in ((0.5, "half within hours"), (0.9, "9 in 10 within hours")):
            if bucket := printed.get((period, what, name)):
                yield from _of_quantile(theirs, share, bucket)


def _of_quantile(cells: list[Cell], share: float, bucket: str) -> Iterator[Known]:
    """Yield what a median says: so many ended within a bucket, and fewer within the one before."""
    last = BUCKETS.index(LONGER if bucket.startswith("over") else bucket)
    ended = [cell for cell in cells if cell[2] != UNENDED]
    within = {cell: float(BUCKETS.index(cell[2]) <= last) - share for cell in ended}
    sooner = {cell: float(BUCKETS.index(cell[2]) < last) - share for cell in ended}
    yield within, 0.0, float("inf")
    yield sooner, float("-inf"), -0.01
    yield dict.fromkeys(ended, 1.0), 5.0, float("inf")


def most(cell: Cell, cells: list[Cell], known: list[Known], sign: int = -1) -> float:
    """Return the largest number that fits all that is known."""
    # Every process of the suite reads this module, and few of them compute.
    from scipy.optimize import linprog

    rows, limits = [], []
    for weights, lowest, highest in known:
        row = [weights.get(one, 0.0) for one in cells]
        for side, limit in ((1, highest), (-1, -lowest)):
            if limit != float("inf"):
                rows.append([side * weight for weight in row])
                limits.append(limit)
    aim = [float(sign * (one == cell)) for one in cells]
    solved = linprog(aim, A_ub=rows, b_ub=limits, bounds=(0, None), method="highs")
    # Without an upper end any number fits.
    return sign * solved.fun if solved.status == 0 else float("inf")


def least(cell: Cell, cells: list[Cell], known: list[Known]) -> float:
    return most(cell, cells, known, sign=1)


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
