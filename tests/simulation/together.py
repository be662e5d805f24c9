"""The service as it runs in earnest: two web processes and two workers on one database."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL

from flask import Flask

from app import create_app
from demo.clock import MovableClock, clock_of_demo
from demo.mailbox import Mailbox
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.stand_in import StandIn
from demo.serving import served
from settings import Settings
from store import workers
from store.database import stamp
from tests import bench_service
from tests.bench_service import Process
from tests.inside import Inside
from tests.simulation.alone import as_simulated
from tests.world import API_TOKEN, MONDAY, SHARED_KEY, Browser

PATIENCE_SECONDS, LOOK_SECONDS = 20.0, 0.02
#: Nothing is due, and nobody holds anything.
UNSETTLED = (
    "select (select count(*) from cases where next_at <= :now)"
    " + (select count(*) from outbox where next_at <= :now"
    "    or (next_at is not null and result = 'sending'))"
    " + (select count(*) from deliveries where next_at <= :now"
    "    or (next_at is not null and attempts > 0 and trouble = ''))"
)


class Together(Inside):
    """Our view of processes that are not ours: their database, their mail, their clock."""

    def __init__(
        self, app: Flask, clock: MovableClock, mailbox: Mailbox, qualtrics: StandIn, url: str
    ) -> None:
        self.app, self.clock, self.url = app, clock, url
        self.mailbox, self.qualtrics = mailbox, qualtrics
        self.workers: list[Process] = []
        self.start_worker: Callable[[], Process] = lambda: self.workers[0]
        self._dies_after: float | None = None

    def now(self) -> datetime:
        return self.clock()

    def jump(self, to: datetime) -> None:
        ahead = to - self.clock()
        if ahead.total_seconds() > 0:
            self.clock.move(ahead)

    def work(self) -> None:
        """Wake the workers, who do not look at the clock all the time, and let them get done."""
        with self.store.write() as db:
            workers.beat(db, "simulation", self.now())
        self._kill_who_must_die()
        deadline, calm = time.monotonic() + PATIENCE_SECONDS, 0
        while calm < 2 and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            calm = calm + 1 if self._is_settled() else 0

    def kill_a_worker(self, after_seconds: float) -> None:
        """Let a worker die so long after it has begun with what is due next."""
        self._dies_after = after_seconds

    def _kill_who_must_die(self) -> None:
        """End a process of ours as a power cut would, and start another in its place."""
        if self._dies_after is None:
            return
        time.sleep(self._dies_after)
        self._dies_after = None
        dying = self.workers.pop(0).popen
        dying.kill()
        assert dying.wait(60) == -SIGKILL
        self.workers.append(self.start_worker())

    def _is_settled(self) -> bool:
        found = self.store.read().execute(UNSETTLED, {"now": stamp(self.now())})
        return bool(found.fetchone()[0] == 0)

    def browser(self) -> Browser:
        return Browser()

    def reach(self, link: str) -> str:
        return re.sub(r"^https?://[^/]+", self.url, link)


@contextmanager
def together(folder: Path) -> Iterator[Together]:
    """Run gunicorn, which has two processes, and two workers while the block runs."""
    clock = MovableClock(folder / "clock")
    clock.move(MONDAY - datetime.now(UTC))
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(clock=clock))
        qualtrics = StandIn(token=API_TOKEN, clock=clock, behavior=Behavior(readable_after=0))
        qualtrics_url = stack.enter_context(served(qualtrics.app))
        env = bench_service.settings_of(folder, qualtrics_url, mailbox.url)
        as_simulated(Path(env["CONFIG_DIR"]))
        bench_service.migrate(env)
        assert clock_of_demo(env).path == clock.path
        processes = {**os.environ, **env}
        _, port = stack.enter_context(bench_service.web(processes, "demo.service:create()"))
        qualtrics.subscribe(f"http://127.0.0.1:{port}/webhooks/qualtrics/events", SHARED_KEY)
        app = create_app(Settings.from_env(env), clock)
        service = Together(app, clock, mailbox, qualtrics, f"http://127.0.0.1:{port}")
        service.start_worker = lambda: stack.enter_context(
            bench_service.worker(processes, "demo.worker")
        )
        service.workers = [service.start_worker() for _ in range(2)]
        yield service
