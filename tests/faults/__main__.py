"""`make faults`: what is lost, given up, late or sent twice while everything around us fails."""

import argparse
import logging
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from tests.faults import clocks, hosts, killing, relay, storage
from tests.faults.account import Account, failed

#: Nobody waits longer for the whole matrix, however busy the machine is.
LIMIT_SECONDS = 1800
ROWS: dict[str, Callable[[Path], Iterator[Account]]] = {
    "kills": killing.kills,
    "hosts": hosts.killed,
    "cut": hosts.cut_off,
    "server": hosts.server_killed,
    "mail": relay.refused_at_mail,
    "rcpt": relay.refused_at_rcpt,
    "data": relay.refused_at_data,
    "away": relay.away,
    "hangs": relay.hangs,
    "dropped": relay.dropped,
    "one-of-two": relay.one_of_two,
    "full": storage.full,
    "read-only": storage.read_only,
    "locked": storage.locked,
    "descriptors": storage.descriptors,
    "ahead": clocks.ahead,
    "behind": clocks.behind,
}
HEAD = (
    "row", "submitted", "acknowledged", "lost", "given up", "late", "latest", "copies", "alarms",
    "good",
)  # fmt: skip


class TooLong(BaseException):
    """The matrix took longer than its limit; no row catches it."""


def main() -> int:
    """Play each row, print one table; 1 when a goal is missed."""
    asked = _arguments()
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(asked.limit)
    began, found, is_complete = time.monotonic(), list[Account](), False
    try:
        for name in asked.only or ROWS:
            found += _played(name)
        is_complete = True
    except TooLong:
        say(f"Not done after {asked.limit} s")
    print_table(found)
    say(f"Took {time.monotonic() - began:.0f} s.")
    return 0 if is_complete and all(one.is_good for one in found) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="make faults")
    parser.add_argument("--only", nargs="*", choices=ROWS, metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--limit", type=int, default=LIMIT_SECONDS, help="seconds for all rows")
    return parser.parse_args()


def _played(name: str) -> list[Account]:
    began = time.monotonic()
    say(f"{name} …")
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        try:
            found = list(ROWS[name](Path(folder)))
        except Exception as error:
            traceback.print_exc()
            found = [failed(name, error)]
    say(f"  {time.monotonic() - began:.0f} s")
    return found


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLong


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def print_table(found: list[Account]) -> None:
    """Print one line for each row; `latest` is the longest delay, in seconds."""
    rows = [HEAD, *map(_cells, found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(line.rstrip())


def _cells(one: Account) -> tuple[str, ...]:
    numbers = (one.submissions, one.acknowledged, one.lost, one.given_up, one.late)
    latest = f"{one.latest.total_seconds():.1f} s {one.latest_mail}".strip()
    copies = f"{one.copies} (≤ {one.may_be_copied})"
    good = "yes" if one.is_good else f"NO {one.missed}".strip()
    return (one.what, *map(str, numbers), latest, copies, one.alarms, good)


if __name__ == "__main__":
    sys.exit(main())
