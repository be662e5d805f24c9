"""Rows with a PostgreSQL server: one of two machines dies or is cut off; the server itself dies."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from signal import SIGKILL

from app import SENDERS, create_app
from demo.clock import MovableClock
from demo.mailbox import Mailbox
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.stand_in import StandIn
from demo.serving import served
from settings import Settings
from tests import bench_service, children, postgresql
from tests.bench_service import PATIENCE_SECONDS, ROOT
from tests.faults import network
from tests.faults.account import Account, account
from tests.faults.network import Machine
from tests.faults.stage import OK, Stage, Way
from tests.ports import free_port
from tests.postgresql import Server
from tests.world import API_TOKEN, MONDAY, SHARED_KEY

SUBMISSIONS, SEED = 500, 7
KILLS, CUTS, RESTARTS = 6, 3, 3
#: As long as the others may need to go on.
GOES_ON_SECONDS = 5.0
CUT_SECONDS, DOWN_SECONDS, LONGEST_LIFE = 8.0, 3.0, 0.6
#: Between two people who submit; longer when the one before was told to try again.
PAUSE, LONG_PAUSE = 0.03, 0.3
#: "Try again": what a door says that cannot store, and nothing from one that is not there.
LATER = {0, 503}


@dataclass
class Host:
    """A machine with a web server, which has two processes, and a worker."""

    machine: Machine
    env: dict[str, str]
    port: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.machine.address}:{self.port}"

    def start(self) -> None:
        """Start both; return once the door is open."""
        bind = ("--bind", f"{self.machine.address}:{self.port}", "demo.service:create()")
        for words in (("gunicorn", "-c", "gunicorn.conf.py", *bind), ("demo.worker",)):
            command = [*self.machine.prefix, sys.executable, "-m", *words]
            with Path(self.env["LOG"]).open("ab") as log:
                # In a group of its own, which dies as a whole.
                self.running.append(
                    children.start(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)
                )
        bench_service.until_it_listens(self.port, self.machine.address)

    def kill(self) -> None:
        """End all of its processes as a power cut would."""
        for one in self.running:
            os.killpg(one.pid, SIGKILL)
        for one in self.running:
            one.wait(PATIENCE_SECONDS)
        self.running.clear()


@dataclass(repr=False)
class Pair(Stage):
    """Two hosts behind a proxy, which takes the other door where one does not take something."""

    hosts: list[Host] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=lambda: cycle((1, -1)))
    #: The longest time after a fault until everything went on without who had died.
    went_on_after: float = 0.0

    def doors(self) -> list[str]:
        return [host.url for host in self.hosts][:: next(self.turns)]

    def in_hand(self) -> set[tuple[str, int, str]]:
        """Return what workers have claimed, and under which name."""
        return {
            (table, *row)
            for table in ("outbox", "deliveries")
            for row in self.store.read()
            .execute(f"select id, claimed_by from {table} where claimed_by > ''")  # noqa: S608
            .fetchall()
        }

    def note_held(self) -> set[tuple[str, int, str]]:
        """Return what is in hand; whoever holds it is about to die."""
        held = self.in_hand()
        query = "select message from outbox where next_at is not null and claimed_by > ''"
        for (message,) in self.store.read().execute(query).fetchall():
            self.held.setdefault(message, []).append(self.now())
        return held

    def goes_on(self, held: set[tuple[str, int, str]]) -> None:
        """Wait until a door takes something, a mail leaves, and nobody dead holds anything."""
        began, taken, left = time.monotonic(), self.acknowledged, len(self.mailbox.messages)
        self.until(
            lambda: (
                self.acknowledged > taken
                and len(self.mailbox.messages) > left
                and not held & self.in_hand()
            ),
            60,
        )
        self.went_on_after = max(self.went_on_after, time.monotonic() - began)


@contextmanager
def pair(folder: Path) -> Iterator[tuple[Pair, Server]]:
    """Run a server and two hosts, while the block runs."""
    clock = MovableClock(folder / "clock")
    clock.move(MONDAY - datetime.now(UTC))
    with ExitStack() as stack:
        address, machines = stack.enter_context(network.machines())
        port = free_port()
        more = address if address != "127.0.0.1" else ""
        server = stack.enter_context(postgresql.running(port=port, address=more))
        mailbox = stack.enter_context(Mailbox(host=address))
        qualtrics = StandIn(token=API_TOKEN, clock=clock, behavior=Behavior(readable_after=0))
        api = stack.enter_context(served(qualtrics.app, host=address))
        env = bench_service.settings_of(
            folder, api.replace(address, "localhost"), mailbox.url.replace(address, "localhost")
        )
        env |= {"DATABASE": server.url, "DEMO_CLOCK": str(clock.path)}
        env["LOG"] = str(folder / "processes.log")
        bench_service.migrate(env)
        app = create_app(Settings.from_env(env), clock)
        there_env = {**os.environ, **env, "DATABASE": server.url.replace("127.0.0.1", "localhost")}
        hosts = [Host(one, there_env, free_port()) for one in machines]
        for host in hosts:
            stack.callback(host.kill)
            host.start()
        qualtrics.subscribe(f"{hosts[0].url}/webhooks/qualtrics/events", SHARED_KEY)
        there = Pair(app, clock, mailbox, qualtrics, hosts[0].url, hosts=hosts)
        stack.callback(there.store.close)
        mailbox.clock = there.now
        assert there.until(lambda: there.count("heartbeats") == len(hosts), 60)
        yield there, server


def _play(there: Pair, times: int, fault: Callable[[], None]) -> None:
    """Let people submit, by event and workflow task, before, during and after each fault."""
    chance, is_over = random.Random(SEED), threading.Event()

    def submit() -> None:
        for way in cycle((Way.EVENT, Way.WORKFLOW)):
            if is_over.is_set() and len(there.submitted) >= SUBMISSIONS:
                return
            time.sleep(PAUSE if there.submit(way) else LONG_PAUSE)

    people = threading.Thread(target=submit, daemon=True)
    with there.fault():
        people.start()
        for _ in range(times):
            time.sleep(chance.uniform(0.1, LONGEST_LIFE))
            fault()
        is_over.set()
        people.join(600)
    there.recover()
    there.compare()
    there.look()


def _accounted(there: Pair, what: str, may_be_copied: int) -> Account:
    """Return the row, and whether the doors said no more than that somebody should try again."""
    found = account(there, f"{what}; on after {there.went_on_after:.1f} s",
                    may_be_copied=may_be_copied)  # fmt: skip
    wrong = {answer: n for answer, n in there.answers.items() if answer not in {OK, *LATER}}
    missed = f"answers {wrong}" if wrong else ""
    if there.went_on_after > GOES_ON_SECONDS:
        missed = f"on after {there.went_on_after:.1f} s"
    return replace(found, missed=missed)


def _is_played(name: str, is_cut: bool = False) -> bool:
    if postgresql.programs() is None:
        print(f"{name} is not played: PostgreSQL is not installed", file=sys.stderr)
        return False
    if is_cut and not network.may_be_made():
        print(f"{name} is not played: we may not make a network", file=sys.stderr)
        return False
    return True


def killed(folder: Path) -> Iterator[Account]:
    """Kill all processes of one of two machines, several times, while people submit."""
    if not _is_played("hosts"):
        return
    with pair(folder) as (there, _):
        dying = cycle(there.hosts)

        def kill() -> None:
            host, held = next(dying), there.note_held()
            host.kill()
            there.goes_on(held)
            host.start()

        _play(there, KILLS, kill)
        yield _accounted(there, f"one of two hosts killed, {KILLS} times", KILLS)


def cut_off(folder: Path) -> Iterator[Account]:
    """Pull the cable of one of two machines, which works on without hearing of anybody."""
    if not _is_played("cut", is_cut=True):
        return
    with pair(folder) as (there, _):
        silent = cycle(there.hosts)

        def cut() -> None:
            machine, held, began = next(silent).machine, there.note_held(), time.monotonic()
            machine.unplug()
            there.goes_on(held)
            time.sleep(max(0.0, began + CUT_SECONDS - time.monotonic()))
            machine.plug_in()

        _play(there, CUTS, cut)
        yield _accounted(there, f"one of two hosts cut off, {CUTS} times", CUTS * SENDERS)


def server_killed(folder: Path) -> Iterator[Account]:
    """Kill PostgreSQL itself, and start it again some seconds later."""
    if not _is_played("server"):
        return
    with pair(folder) as (there, server):

        def restart() -> None:
            held = there.note_held()
            server.kill()
            time.sleep(DOWN_SECONDS)
            server.start()
            there.store.release()
            there.goes_on(held)

        _play(there, RESTARTS, restart)
        # Each sender of both workers may have had one mail in hand.
        copies = RESTARTS * SENDERS * len(there.hosts)
        row = _accounted(there, f"PostgreSQL killed, {RESTARTS} times", copies)
        refused = there.answers[503]
        yield replace(row, missed=row.missed if refused else "no door said 503")
