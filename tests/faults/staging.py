"""Start everything that a row of the matrix needs, and end it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app import create_app
from demo.clock import MovableClock, clock_of_demo
from demo.mailbox import Mailbox
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.stand_in import StandIn
from demo.serving import served
from settings import Settings
from tests import bench_service
from tests.bench_service import Process
from tests.faults.alone import Alone
from tests.ports import free_port
from tests.world import API_TOKEN, MONDAY, SHARED_KEY


@contextmanager
def stage(folder: Path, database: Path | None = None, worker_count: int = 2) -> Iterator[Alone]:
    """Run gunicorn, which has two processes, and workers, while the block runs."""
    folder.mkdir(exist_ok=True)
    clock = MovableClock(folder / "clock")
    clock.move(MONDAY - datetime.now(UTC))
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox())
        qualtrics = StandIn(token=API_TOKEN, clock=clock, behavior=Behavior(readable_after=0))
        env = bench_service.settings_of(
            folder, stack.enter_context(served(qualtrics.app)), mailbox.url
        )
        env |= {"DATABASE": str(database)} if database else {}
        bench_service.migrate(env)
        assert clock_of_demo(env).path.samefile(clock.path)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        env["BASE_URL"] = url
        processes = {**os.environ, **env}

        def start_web() -> Process:
            serving = bench_service.web(processes, "demo.service:create()", port)
            return stack.enter_context(serving)[0]

        def start_worker() -> Process:
            return stack.enter_context(bench_service.worker(processes, "demo.worker"))

        qualtrics.subscribe(f"{url}/webhooks/qualtrics/events", SHARED_KEY)
        app = create_app(Settings.from_env(env), clock)
        there = Alone(app, clock, mailbox, qualtrics, url, start_web=start_web,
                      start_worker=start_worker, web=start_web())  # fmt: skip
        mailbox.clock = there.now
        there.workers = [there.start_worker() for _ in range(worker_count)]
        assert there.until(lambda: len(there.ready_workers()) == worker_count, 60)
        yield there
