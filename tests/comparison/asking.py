"""The requests of some years, the same for every way of matching: who asks when, for whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from people.supporters import Supporter
from workflow.model import Facts, Wish

FIRST_DAY = date(2026, 1, 1)
DAYS_A_YEAR, DAYS_A_MONTH = 365, 30.4
OTHER_LANGUAGE = 0.05


@dataclass(frozen=True)
class Asked:
    """One request: when, what is known of it, and the chance that it brings."""

    reference: str
    day: date
    facts: Facts
    #: Decides who says no, how long the support lasts, and the draw of who chooses by chance.
    luck: int


#: Who asks in a hospital, in a hundred requests.
HOSPITAL = {
    "nurse": 60, "physician": 14, "nurse-practitioner": 7, "resident": 6,
    "physician-assistant": 5, "pharmacist": 4, "technician": 4,
}  # fmt: skip


def requests(
    roster: Mapping[str, Supporter],
    years: int,
    a_month: float,
    seed: int,
    roles: Mapping[str, int] | None = None,
) -> Iterator[Asked]:
    """Yield requests as they come in, from people who work like those on the roster.

    `roles` says who asks by role, in a hundred requests, if not as on the roster.
    """
    random = Random(seed)
    colleagues = list(roster.values())
    end, day, number = FIRST_DAY + timedelta(days=years * DAYS_A_YEAR), float(0), 0
    while True:
        day += random.expovariate(a_month / DAYS_A_MONTH)
        at = FIRST_DAY + timedelta(days=int(day))
        if at >= end:
            return
        number += 1
        facts, luck = _facts(random, colleagues), random.randrange(10**9)
        if roles is not None:
            drawn = Random(luck).choices(list(roles), list(roles.values()))
            facts = replace(facts, role=drawn[0])
        yield Asked(f"PS-{number:05}", at, facts, luck)


def _facts(random: Random, colleagues: list[Supporter]) -> Facts:
    """Somebody like one colleague by role and specialty, and like another by department."""
    like, where = random.choice(colleagues), random.choice(colleagues)
    department = like.department if random.random() < 0.8 else where.department
    return Facts(
        department,
        like.role,
        like.specialty,
        wish_role=_wish(random, similar=55, different=10),
        wish_specialty=_wish(random, similar=35, different=10),
        wish_department=_wish(random, similar=20, different=40),
        language="es" if random.random() < OTHER_LANGUAGE else "en",
    )


def _wish(random: Random, similar: int, different: int) -> Wish:
    """So many in a hundred wish for similar, for different; the others have no preference."""
    drawn = random.randrange(100)
    if drawn < similar:
        return Wish.SIMILAR
    return Wish.DIFFERENT if drawn < similar + different else Wish.NO_PREFERENCE
