"""Years of the whole program: requests, and the life around them."""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.simulation.alone import Alone, alone, as_simulated, quick_folder
from tests.simulation.attack import attack, printed_by
from tests.simulation.life.files import with_life
from tests.simulation.life.kinds import ENOUGH, happened
from tests.simulation.life.life import Life
from tests.simulation.remains import everything_logged
from tests.simulation.year import DAY, Outage, Year
from tests.world import example_config

YEAR, MONTH = timedelta(days=365), timedelta(days=30)
#: Everything that is still there is checked once a week, the disk and all copies once a quarter.
LOOKS, SEARCHES, TICKS, GRAIN = 7 * DAY, 91 * DAY, DAY, timedelta(minutes=3)
#: Garbage collections look at all that is kept of so many years, so that few are enough.
COLLECTED_AFTER = 50_000, 50, 1_000
#: How long the mail server is down: a sender asks for it every few seconds.
MAIL_DOWN = timedelta(hours=4)
BOUND, LOST = 5, 0.02


def live(seed: int, rate: float, length: timedelta, say: Callable[[str], None]) -> list[str]:
    """Live through some years, and return what there is to tell of them."""
    began = time.monotonic(), time.process_time()
    gc.set_threshold(*COLLECTED_AFTER)
    with quick_folder() as name, everything_logged() as logged:
        folder = Path(name)
        config = with_life(as_simulated(example_config(folder)))
        with alone(folder, seed, config) as service:
            service.qualtrics.behavior.drop_rate = LOST
            year = Year(service, random.Random(seed), rate, length, say)
            year.looks, year.searches, year.ticks, year.grain = LOOKS, SEARCHES, TICKS, GRAIN
            year.remains.logged, year.remains.copies = logged, folder / "backups"
            year.outages = _outages(year)
            life = Life(year, service, random.Random(seed))
            reader = Reader(year, service)
            reader.plan()
            year.run()
            reader.computes()
            told = [*_told(year, life), reader.said, *_kinds(year)]
    took = time.monotonic() - began[0], time.process_time() - began[1]
    return [*told, f"Took {took[0]:.0f} s, {took[1]:.0f} s of a processor."]


def _outages(year: Year) -> tuple[Outage, ...]:
    """Each year the worker is down for three days, and the mail server for some hours."""
    found = []
    for number in range(max(1, round(year.length / YEAR))):
        begin = year.begin + number * YEAR
        for what, span, length in (
            ("worker", (0.1, 0.45), 3 * DAY), ("mail server", (0.55, 0.9), MAIL_DOWN),
        ):  # fmt: skip
            at = begin + year.chance.uniform(*span) * min(YEAR, year.length)
            found.append(Outage(what, at, at + length))
    return tuple(found)


@dataclass
class Reader:
    """Somebody who prints all reports each month, compares, and each year computes."""

    year: Year
    service: Alone
    kept: dict[tuple[str, str, str], str] = field(default_factory=dict)
    #: What came of the last computation.
    said: str = ""

    def plan(self) -> None:
        for month in range(1, int(self.year.length / MONTH)):
            self.year.later(self.year.begin + month * MONTH, self.prints)
        for number in range(1, int(self.year.length / YEAR)):
            self.year.later(self.year.begin + number * YEAR, self.computes)

    def prints(self) -> None:
        printed = printed_by(self.service.app)
        if differs := [key for key, number in self.kept.items() if printed.get(key) != number]:
            raise self.year.invariants.broken(f"A report says otherwise what it said: {differs}")
        self.kept.update(printed)

    def computes(self) -> None:
        """Compute what all reports so far hide."""
        found = attack(self.service.app, self.year.invariants.reported, BOUND)
        if found.told:
            raise self.year.invariants.broken(f"Reports tell what they hide: {found.told[:5]}")
        self.said = found.said
        self.year.say(f"  {found.said}")


def _told(year: Year, life: Life) -> list[str]:
    counts, records = life.book.counts, year.chronicle.records
    searched = ", ".join(f"{n:,} {what}" for what, n in year.remains.searched.items())
    listed = life.program.supporters
    return [
        f"{len(records)} requests, {year.events:,} events, {year.mailed:,} mails,"
        f" {len(year.people.statuses):,} pages; every invariant held.",
        *(f"  {number:6,} {what}" for what, number in sorted(counts.items())),
        f"  {len(listed):6,} supporters at the end,"
        f" {sum(one not in life.watch.founders for one in listed)} of them trained meanwhile",
        f"At most {life.watch.most_a_day} mails to one person in 24 hours about what they are"
        " asked.",
        f"Nothing of whom was forgotten in: {searched}.",
    ]


def _kinds(year: Year) -> list[str]:
    """Say how often each kind was seen; ten years in which one never was are wrong."""
    counted = dict(happened(year.chronicle.records.values(), year.invariants.mails))
    never = [what for what, number in counted.items() if not number]
    if never and year.length >= ENOUGH * YEAR:
        raise year.invariants.broken(f"In all that time these never happened: {never}")
    seen = ", ".join(f"{what} {number:,}" for what, number in counted.items() if number)
    return [f"Seen: {seen}.", f"Never: {', '.join(never) or 'nothing'}."]
