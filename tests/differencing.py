"""What somebody computes who keeps every print of every report, and compares them all."""

from collections.abc import Iterator, Mapping

from lib.statistics.spans import HOURS, LONGER
from workflow.reports.feedback import ANSWERS
from workflow.reports.figures import UNENDED
from workflow.reports.legs import Leg
from workflow.reports.periods import year_of

#: The whole of a table.
ALL = "all"
BUCKETS = [*map(str, HOURS), LONGER, UNENDED]

#: A number: its quarter, the table, and the value.
Cell = tuple[str, str, str]
Truth = dict[Cell, int]
#: What a reader knows of cells: their weights, and the least and the largest sum.
Known = tuple[dict[Cell, float], float, float]


#: What a spreadsheet has: period, what it is about, what, and the number or "".
Printed = Mapping[tuple[str, str, str], str]


def computed(printed: Printed, truth: Truth, bound: int) -> Iterator[tuple[Cell, float, float]]:
    """Yield the least and the largest that each small hidden number can be."""
    for year in sorted({year_of(quarter) for quarter, _, _ in truth}):
        for what in sorted({what for _, what, _ in truth}):
            cells = [cell for cell in truth if cell[0].startswith(year) and cell[1] == what]
            known = list(what_is_known(printed, year, what, cells, bound))
            for cell in cells:
                if truth[cell] < bound and not printed.get(cell):
                    high = most(cell, cells, known)
                    # What is true is never below the least that fits, so it cannot tell more.
                    may_tell = high <= truth[cell] + 1
                    yield cell, least(cell, cells, known) if may_tell else 0.0, high


def is_told(cell: Cell, low: float, high: float, bound: int) -> bool:
    """Tell whether a hidden number can be computed, or that it is small."""
    return low >= high - 0.99 or (high < bound - 1 and cell[1] not in set(Leg))


def what_is_known(
    printed: Printed, year: str, what: str, cells: list[Cell], bound: int
) -> Iterator[Known]:
    """Yield all that the prints of a year say of one table, as inequalities."""
    quarters = sorted({quarter for quarter, _, _ in cells})
    for cell in cells:
        if shown := printed.get(cell):
            yield {cell: 1.0}, float(shown), float(shown)
    for period in (*quarters, year):
        theirs = [cell for cell in cells if cell[0].startswith(period)]
        number = printed.get((period, what if what in ANSWERS else "requests", ALL), "")
        if number:
            yield dict.fromkeys(theirs, 1.0), float(number), float(number)
        elif period != year:
            yield dict.fromkeys(theirs, 1.0), 0.0, bound - 1.0
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
