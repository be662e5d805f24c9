"""Rows in which processes die."""

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

from tests.faults.account import Account, account
from tests.faults.alone import Alone
from tests.faults.stage import COMPARED_AFTER, Way
from tests.faults.staging import stage

SUBMISSIONS, KILLS, KILLS_WHILE_COMPARING = 600, 150, 30
WORKERS, SEED = 3, 11
#: Every third dies among the processes of gunicorn.
WEB_EVERY = 3
#: The mail server and the API take a moment, so that processes die while they wait for them.
MAIL_SECONDS, API_SECONDS, LONGEST_LIFE = 0.03, 0.01, 0.2


def kills(folder: Path) -> Iterator[Account]:
    """Kill workers and web processes (SIGKILL) while people submit in all ways."""
    with stage(folder, worker_count=WORKERS) as there:
        there.mailbox.hang_after_data = MAIL_SECONDS
        there.qualtrics.behavior.latency = API_SECONDS
        chance = random.Random(SEED)
        with there.fault():
            _kill_while_people_submit(there, chance)
        there.recover()
        with there.fault():
            _kill_while_comparing(there, chance)
        there.mailbox.hang_after_data = 0
        there.recover()
        there.compare()
        there.look()
        workers = len(there.workers_killed)
        what = f"{KILLS} killed: {workers} workers, {KILLS - workers} web processes"
        yield account(there, what, may_be_copied=KILLS)


def _kill_while_people_submit(there: Alone, chance: random.Random) -> None:
    """Let some people submit before each kill."""
    may_submit = threading.Semaphore(0)
    ways = [*Way] * (SUBMISSIONS // len(Way))
    kills = KILLS - KILLS_WHILE_COMPARING

    def submit() -> None:
        for way in ways:
            may_submit.acquire()
            there.submit(way)

    people = threading.Thread(target=submit, daemon=True)
    people.start()
    for number in range(kills):
        may_submit.release(SUBMISSIONS // kills)
        if number % WEB_EVERY == 0:
            _kill_web(there)
        else:
            _kill_worker(there, chance)
    people.join(600)


def _kill_while_comparing(there: Alone, chance: random.Random) -> None:
    """Kill workers while they find, in Qualtrics, what nobody delivered."""
    there.jump(COMPARED_AFTER)
    there.now_known()
    for _ in range(KILLS_WHILE_COMPARING):
        _kill_worker(there, chance)


def _kill_worker(there: Alone, chance: random.Random) -> None:
    """End one that works, as a power cut would, and start another in its place."""
    assert there.until(lambda: bool(there.ready_workers()), 60), "no worker starts"
    time.sleep(chance.uniform(0, LONGEST_LIFE))
    there.kill(chance.choice(there.ready_workers()))


def _kill_web(there: Alone) -> None:
    """End one of gunicorn's processes; gunicorn starts another."""
    assert there.until(lambda: len(there.web.pids) > 1, 60), "gunicorn starts nobody"
    os.kill(there.web.pids[-1], SIGKILL)
