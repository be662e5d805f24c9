"""`make simulate`: a year of the program through the real code, checked after every event."""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation import mails
from tests.simulation.alone import alone, quick_folder
from tests.simulation.chronicle import Violation
from tests.simulation.legs import legs_of, table
from tests.simulation.machine import Interleavings
from tests.simulation.picture import Picture
from tests.simulation.remains import everything_logged
from tests.simulation.together import together
from tests.simulation.year import DAY, Outage, Year
from tests.simulation.years import YEAR, live
from tests.twins import moments

PICTURE = Path("var/simulation.svg")
#: Publications that Qualtrics never sends: reconciliation finds them.
LOST = 0.02
EXAMPLES, STEPS = 40, 40
KILLS = 8
WORKER_DOWN, MAIL_DOWN = 3 * DAY, DAY


def main() -> int:
    """Simulate, print what came of it, and draw it; 1 and the story when something broke."""
    asked = _arguments()
    logging.disable(logging.CRITICAL)
    try:
        if asked.mails:
            for rows in mails.count(asked.seed, asked.rate, asked.days):
                print_table([*rows, ("",) * len(rows[0])])
            return 0
        if asked.years:
            logging.disable(logging.NOTSET)
            print("\n".join(live(asked.seed, asked.rate, asked.years * YEAR, say)))
            return 0
        _a_year(asked)
        if not asked.year_only:
            _interleavings(asked)
            _side_by_side(asked)
    except Violation as violation:
        years = f" --years {asked.years}" if asked.years else ""
        print(f"\nViolated with --seed {asked.seed} --rate {asked.rate}{years}.\n{violation}")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="make simulate")
    parser.add_argument("--seed", type=int, default=1, help="another year each")
    parser.add_argument("--rate", type=float, default=5, help="requests a month")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--years", type=float, default=0, help="the whole program, so many years")
    parser.add_argument("--side-by-side", type=int, default=35, help="days with real processes")
    parser.add_argument("--twins", type=int, default=6, help="moments at which secrets are tried")
    parser.add_argument("--year-only", action="store_true", help="without the two parts after it")
    parser.add_argument("--mails", action="store_true", help="count mails instead")
    return parser.parse_args()


def _a_year(asked: argparse.Namespace) -> None:
    began = time.monotonic()
    say(f"A year with {asked.rate:g} requests a month, seed {asked.seed} …")
    logging.disable(logging.NOTSET)
    with (
        quick_folder() as folder,
        everything_logged() as logged,
        alone(Path(folder), asked.seed) as service,
    ):
        service.qualtrics.behavior.drop_rate = LOST
        chance, length = random.Random(asked.seed), timedelta(days=asked.days)
        year = Year(service, chance, asked.rate, length, say)
        year.outages = _outages(year)
        year.remains.logged, year.remains.copies = logged, Path(folder) / "backups"
        moments.plan(year, service, asked.twins, asked.seed)
        year.run()
        _report(year)
    logging.disable(logging.CRITICAL)
    say(f"Took {time.monotonic() - began:.0f} s, {time.process_time():.0f} s of a processor."
        f" The picture: {PICTURE}")  # fmt: skip


def _interleavings(asked: argparse.Namespace) -> None:
    """Other interleavings than the suite's, which are the same each time."""
    began = time.monotonic()
    say(f"{EXAMPLES} random interleavings of people, clocks and crashes …")
    run_state_machine_as_test(
        seed(asked.seed)(Interleavings),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"\n{EXAMPLES} interleavings of up to {STEPS} steps, every invariant held.")
    say(f"Took {time.monotonic() - began:.0f} s.")


def _side_by_side(asked: argparse.Namespace) -> None:
    """A few weeks with real processes, which take the time that they take."""
    began = time.monotonic()
    length = timedelta(days=asked.side_by_side)
    say(f"{length.days} days with two web processes and two workers on one database …")
    with tempfile.TemporaryDirectory() as folder, together(Path(folder)) as service:
        service.qualtrics.behavior.drop_rate = LOST
        chance = random.Random(asked.seed)
        year = Year(service, chance, asked.rate, length, say, is_alone=False)
        at = year.begin + length / 2
        year.outages = (Outage("mail server", at, at + MAIL_DOWN),)
        for number in range(KILLS):
            killed_at = year.begin + length * (number + chance.random()) / KILLS
            year.later(killed_at, partial(year.dies, service.kill_a_worker))
        year.run()
    print(f"{year.submitted} submissions became {len(year.chronicle.records)} requests;"
          f" {year.events} events, {year.mailed} mails, {year.invariants.deaths} workers killed,"
          " every invariant held.")  # fmt: skip
    say(f"Took {time.monotonic() - began:.0f} s.")


def _outages(year: Year) -> tuple[Outage, ...]:
    """The worker is down in the first half of the year, the mail server in the second."""
    worker, mail = (year.begin + year.chance.uniform(*span) * year.length
                    for span in ((0.1, 0.45), (0.55, 0.9)))  # fmt: skip
    return (
        Outage("worker", worker, worker + WORKER_DOWN),
        Outage("mail server", mail, mail + MAIL_DOWN),
    )


def _report(year: Year) -> None:
    records = list(year.chronicle.records.values())
    print_table(table(leg for record in records for leg in legs_of(record, year.end)))
    outcomes = Counter(str(r.case.outcome or r.case.state) for r in records)
    said = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in outcomes.most_common())
    print(f"\n{len(records)} requests: {said}.")
    print(f"{year.events} events, {year.mailed} mails, {len(year.people.statuses)} pages;"
          " every invariant held after each.")  # fmt: skip
    if year.secrets:
        print(f"{year.secrets} secrets, each in two twins that differ in nothing else: no view of"
          " anybody who may not know them told one.")  # fmt: skip
    print("Nothing of whom was forgotten in: " + ", ".join(
        f"{number:,} {what}" for what, number in year.remains.searched.items()) + ".")  # fmt: skip
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(Picture(year.begin, year.end, len(records)).draw(records, year.outages))


def print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
