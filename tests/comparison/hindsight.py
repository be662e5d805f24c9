"""The best that anybody could have done who knew all requests of the years in advance.

The same requests, the same people who are away or would say no, the same time that each support
takes, nobody beyond their capacity: as many requests as possible are matched, and with those as
many wishes as possible are met. Whose turn it is does not count.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from statistics import mean

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from matching.wishes import Wishes
from people.supporters import Supporter
from program import Program
from tests.comparison.asking import HOSPITAL, Asked, requests
from tests.comparison.years import (
    COUNTED,
    Outcome,
    Years,
    ends_on,
    is_away,
    ours,
    says_yes,
    wishes_of,
)

EXAMPLE = Path(__file__).parents[2] / "config.example"
#: Requests a month, and for how many years: about 600 requests each.
STRETCHES = ((5, 10), (12, 4), (27, 2))
#: To match one more request is worth more than all of its wishes.
MATCHED = 10
#: A roster that is mostly nurses, 40 people.
ROLES = {
    "nurse": 28, "physician": 2, "nurse-practitioner": 3, "physician-assistant": 3,
    "pharmacist": 2, "technician": 2,
}  # fmt: skip


@dataclass(frozen=True)
class Possible:
    """A request that a supporter could take: the places in their lists, and the wishes met."""

    request: int
    supporter: int
    met: int


def mostly_nurses(program: Program) -> Program:
    """Return the program with the same people in other roles."""
    roles = [role for role, count in ROLES.items() for _ in range(count)]
    Random(0).shuffle(roles)
    people = zip(program.supporters.values(), roles, strict=True)
    return replace(program, supporters={s.id: replace(s, role=role) for s, role in people})


def beside_the_best(seeds: Iterable[int]) -> list[tuple[str, ...]]:
    """Return the table of our ranking beside the best in hindsight, the worst seed included."""
    program, numbers = mostly_nurses(Program.load(EXAMPLE)), list(seeds)
    rows: list[tuple[str, ...]] = [
        (
            "a month",
            "requests",
            "unmatched",
            "wishes met",
            "best",
            "of the best",
            "at worst",
            "Gini at worst",
        )
    ]
    for rate, years in STRETCHES:
        found = [_compared(program, years, rate, seed) for seed in numbers]
        outcomes, shares = [outcome for outcome, _ in found], [best for _, best in found]
        of_best = [outcome.wishes / best for outcome, best in found]
        rows.append((
            f"{rate}", f"{sum(o.requests for o in outcomes)}",
            f"{sum(o.unmatched for o in outcomes)}",
            f"{mean(o.wishes for o in outcomes):.1%}", f"{mean(shares):.1%}",
            f"{mean(of_best):.1%}", f"{min(of_best):.1%}",
            f"{max(o.gini for o in outcomes):.3f}",
        ))  # fmt: skip
    return rows


def _compared(program: Program, years: int, rate: float, seed: int) -> tuple[Outcome, float]:
    asked = list(requests(program.supporters, years, rate, seed, HOSPITAL))
    lived = Years(program, ours)
    return lived.live(asked), best_share(program, asked, lived.eligible)


def best_share(program: Program, asked: Sequence[Asked], people: Sequence[Supporter]) -> float:
    """Return the share of the wishes that could have been met, at most.

    The optimum of the relaxed problem, in which somebody may take half a request, is no less.
    """
    possible = list(_possible(program, asked, people))
    worth = np.array([-(MATCHED + one.met) for one in possible], dtype=float)
    rows, limits = _limits(asked, people, possible)
    found = linprog(worth, A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs")
    assert found.success, found.message
    met = sum(share * one.met for share, one in zip(found.x, possible, strict=True))
    return float(met / sum(len(wishes_of(one, program.matching)) for one in asked))


def _possible(
    program: Program, asked: Sequence[Asked], people: Sequence[Supporter]
) -> Iterator[Possible]:
    for number, request in enumerate(asked):
        wishes = Wishes(request.facts, program.matching)
        stated = [what for what in wishes.stated if what in COUNTED]
        for place, one in enumerate(people):
            if not is_away(one, request.day) and says_yes(request, one):
                unmet = wishes.fit(one).unmet
                yield Possible(number, place, sum(what not in unmet for what in stated))


def _limits(
    asked: Sequence[Asked], people: Sequence[Supporter], possible: Sequence[Possible]
) -> tuple[coo_array, list[float]]:
    """Return one row for each request, and one for each person and day on which somebody asks."""
    entries, limits = list[tuple[int, int]](), [1.0] * len(asked)
    by_person: dict[int, list[tuple[int, int]]] = {}
    for column, one in enumerate(possible):
        entries.append((one.request, column))
        by_person.setdefault(one.supporter, []).append((one.request, column))
    for person, theirs in by_person.items():
        for together in _together(asked, theirs):
            entries += [(len(limits), column) for column in together]
            limits.append(float(people[person].capacity))
    rows, columns = zip(*entries, strict=True)
    shape = (len(limits), len(possible))
    return coo_array((np.ones(len(entries)), (rows, columns)), shape=shape), limits


def _together(asked: Sequence[Asked], theirs: Sequence[tuple[int, int]]) -> Iterator[set[int]]:
    """Yield what one person would support at a time; sets that are part of another are left out."""
    running, before = dict[int, date](), set[int]()
    for request, column in theirs:
        day = asked[request].day
        still = {one: end for one, end in running.items() if end > day}
        if len(still) < len(running):
            yield before
        running = still | {column: ends_on(asked[request])}
        before = set(running)
    yield before
