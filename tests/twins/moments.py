"""Moments of a simulated year at which it is forked, and every secret is tried."""

import random
from functools import partial

from tests.simulation.alone import Alone
from tests.simulation.year import Year
from tests.twins.secrets import secrets, told


def plan(year: Year, service: Alone, number: int, seed: int) -> None:
    """Try all secrets so many times; the year goes on as if nothing had been tried."""
    chance = random.Random(seed)
    for place in range(number):
        at = year.begin + (place + chance.random()) / number * year.length
        year.later(at, partial(_try_all, year, service, chance))


def _try_all(year: Year, service: Alone, chance: random.Random) -> None:
    lots = chance.randrange(10**6)
    for secret in secrets(service, chance):
        for found in told(service, secret, lots):
            lines = "\n    ".join(found.lines[:6])
            raise year.invariants.broken(
                f"Somebody can tell that {secret.what}, {found.when}: {found.view}\n    {lines}",
                found.view.about,
            )
        year.secrets += 1
