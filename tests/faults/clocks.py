"""Rows in which the clock is wrong for a while."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from tests.faults.account import Account, account
from tests.faults.alone import Alone
from tests.faults.staging import stage

SOME = 6


def wrong(by: timedelta, folder: Path) -> Iterator[Account]:
    """People submit while the clock is wrong; some wait while it is set right."""
    with stage(folder) as there:
        there.submit_some(2)
        with there.fault():
            there.is_wrong_by(by)
            there.submit_some(SOME)
            there.settle()
            there.look()
            _signal(there, SIGSTOP)
            there.submit_some(SOME)
            there.is_wrong_by(timedelta())
            _signal(there, SIGCONT)
        there.submit_some(SOME)
        there.recover()
        there.compare()
        hours = by / timedelta(hours=1)
        yield account(there, f"clock wrong by {hours:+.0f} h, set right again")


def _signal(there: Alone, number: int) -> None:
    for worker in there.workers:
        worker.popen.send_signal(number)


ahead = partial(wrong, timedelta(hours=72))
behind = partial(wrong, timedelta(hours=-72))
