"""An invented past: what a program's quarters might have left, for examples and the demo."""

import random
from collections.abc import Iterator
from datetime import date

from lib.statistics.spans import HOURS
from matching.fairness import quarter_of
from program import Program
from program.outreach.sources import sources
from store.database import Database
from store.forgotten import tallies
from workflow.model import Outcome
from workflow.reports.feedback import QUESTIONS
from workflow.reports.figures import MET, NO_WISH, NOT_MET, OTHERS, UNENDED, WISHES
from workflow.reports.legs import Leg

#: Of a large program: requests a quarter, and how they end.
REQUESTS = (70, 95)
OUTCOMES = {
    Outcome.SUPPORTED: 62, Outcome.SUPPORT_DECLINED: 15, Outcome.REFERRED: 14,
    Outcome.WITHDRAWN: 5, Outcome.COULD_NOT_BE_REACHED: 4,
}  # fmt: skip
#: The bucket in which half of the requests end a leg, about.
USUAL = {Leg.REVIEW: 4, Leg.ANSWER: 5, Leg.CONTACT: 5, Leg.FIRST_CONTACT: 8}
#: How many say how it was, each quarter.
ANSWERED = (35, 50)
ENDED, QUARTERS = 0.9, 6


def invent(db: Database, program: Program, today: date) -> None:
    """Leave the counts of the quarters before this one, as forgotten requests would."""
    chance, quarter = random.Random(1), quarter_of(today)  # noqa: S311 - examples
    for _ in range(QUARTERS):
        quarter = before(quarter)
        for _ in range(chance.randint(*REQUESTS)):
            tallies.add(db, ((quarter, what, value) for what, value in _request(chance, program)))
        for _ in range(chance.randint(*ANSWERED)):
            tallies.add(db, ((quarter, what, value) for what, value in _feedback(chance)))


def before(quarter: str) -> str:
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year}-Q{number - 1}" if number > 1 else f"{year - 1}-Q4"


def _request(chance: random.Random, program: Program) -> Iterator[tuple[str, str]]:
    yield "requests", "all"
    (outcome,) = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))
    yield "outcome", str(outcome)
    yield "role_group", chance.choice(list(program.roles.values())).group
    yield "department_group", chance.choice(list(program.departments.values())).group
    yield "source", chance.choice([*sources(program)[:3], OTHERS])
    for wish in WISHES:
        yield wish, chance.choices((MET, NOT_MET, NO_WISH), (5, 1, 4))[0]
    for leg, usual in USUAL.items():
        place = min(max(round(chance.gauss(usual, 1.5)), 0), len(HOURS) - 1)
        yield leg, f"{HOURS[place]}" if chance.random() < ENDED else UNENDED


def _feedback(chance: random.Random) -> Iterator[tuple[str, str]]:
    for one in QUESTIONS:
        likely = range(len(one.answers), 0, -1)
        (answer,) = chance.choices([*one.answers], [place**3 for place in likely])
        if not one.is_optional or chance.random() < ENDED:
            yield one.what, answer
