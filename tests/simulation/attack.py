"""Somebody keeps all reports of a simulated program, and computes what they hide."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from lib.statistics.spans import bucket
from tests.differencing import ALL, BUCKETS, Cell, Truth, computed, is_told
from tests.simulation.reported import Own, Reported
from workflow.reports.feedback import ANSWERS
from workflow.reports.figures import UNENDED
from workflow.reports.legs import Leg
from workflow.reports.periods import is_year

#: What the simulation counts itself, besides the legs.
COUNTED = ("outcome", "role_group", "department_group", *ANSWERS)


@dataclass(frozen=True)
class Attack:
    """What became of it."""

    quarters: int
    shown: int
    hidden: int
    told: list[tuple[Cell, float, float]]

    @property
    def said(self) -> str:
        return (
            f"{self.quarters} quarters reported: {self.shown} numbers shown, {self.hidden} small"
            f" ones hidden, {len(self.told)} of them computed from all reports together."
        )


def printed_by(app: Flask) -> dict[tuple[str, str, str], str]:
    """Return the numbers of all reports, as `flask report --csv` prints them; none before one."""
    result = app.test_cli_runner().invoke(args=["report", "--csv"])
    if "Nothing to report yet" in result.output:
        return {}
    assert result.exit_code == 0, result.output
    rows = csv.reader(io.StringIO(str(result.output)))
    return {(period, about, what): number for period, about, what, number in rows}


def attack(app: Flask, reported: Reported, bound: int) -> Attack:
    """Compute each small number that is hidden, from all reports together."""
    printed = printed_by(app)
    names = {what: sorted({n for _, about, n in printed if about == what}) for what in COUNTED}
    truth = dict(_truth(reported, names))
    tried = list(computed(printed | _wholes(printed, truth), truth, bound))
    told = [one for one in tried if is_told(*one, bound)]
    shown = sum(bool(printed.get(cell)) for cell in truth)
    return Attack(len(reported.owns), shown, len(tried), told)


def _truth(reported: Reported, names: dict[str, list[str]]) -> Iterator[tuple[Cell, int]]:
    for quarter, own in reported.owns.items():
        assert not is_year(quarter)
        for what in COUNTED:
            counts = own.count(what)
            yield from (((quarter, what, name), counts[name]) for name in names[what])
        for leg in Leg:
            counts = _buckets(own, leg)
            yield from (((quarter, leg, name), counts[name]) for name in BUCKETS)


def _wholes(printed: dict[Cell, str], truth: Truth) -> dict[Cell, str]:
    """Return how many answered each question, where its table is shown: let that be known."""
    tables = {(period, what) for period, what, _ in printed if what in ANSWERS}
    numbers = {
        (period, what): sum(
            n for (quarter, about, _), n in truth.items()
            if about == what and quarter.startswith(period)
        )
        for period, what in tables
    }  # fmt: skip
    return {(period, what, ALL): f"{n}" for (period, what), n in numbers.items()}


def _buckets(own: Own, leg: Leg) -> Counter[str]:
    counts = Counter(bucket(span) for span in own.spans[leg])
    counts[UNENDED] = len(own.cases) - counts.total()
    return counts
