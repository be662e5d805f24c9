"""`make compare`: our ranking beside simpler ways of choosing, and beside the best in hindsight."""

import argparse
from pathlib import Path
from random import Random

from matching.ranking import Candidate
from program import Program
from tests.comparison.asking import requests
from tests.comparison.years import Choice, Outcome, Years, ours
from workflow.words import table

EXAMPLE = Path(__file__).parents[2] / "config.example"
#: So many stretches of years are compared with the best in hindsight.
SEEDS = 5


def by_chance(candidates: tuple[Candidate, ...], luck: Random) -> Candidate:
    """Anybody who can be asked."""
    return luck.choice(sorted(candidates, key=lambda one: one.supporter.id))


def in_the_file(program: Program) -> Choice:
    """Whoever stands first in supporters.csv of those who can be asked."""
    places = {id: place for place, id in enumerate(program.supporters)}
    return lambda candidates, luck: min(candidates, key=lambda one: places[one.supporter.id])


def compare(years: int, a_month: float, seed: int) -> dict[str, Outcome]:
    """Live through the same requests with each way of choosing."""
    program = Program.load(EXAMPLE)
    asked = list(requests(program.supporters, years, a_month, seed))
    ways = {"our ranking": ours, "random": by_chance, "first in the file": in_the_file(program)}
    return {name: Years(program, choose).live(asked) for name, choose in ways.items()}


def rows(outcomes: dict[str, Outcome]) -> list[tuple[str, ...]]:
    header = ("way of choosing", "requests", "unmatched", "wishes met", "Gini", "never used")
    return [
        header,
        *(
            (
                name,
                f"{outcome.requests}",
                f"{outcome.unmatched}",
                f"{outcome.wishes:.1%}",
                f"{outcome.gini:.3f}",
                f"{outcome.never_used:.1%}",
            )
            for name, outcome in outcomes.items()
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rate", type=float, default=5, help="requests a month")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    for line in table(rows(compare(told.years, told.rate, told.seed))):
        print(line)
    # Only here: importing scipy takes a second, and the tests do not need it.
    from tests.comparison.hindsight import beside_the_best

    print()
    for line in table(beside_the_best(range(told.seed, told.seed + SEEDS))):
        print(line)


if __name__ == "__main__":
    main()
