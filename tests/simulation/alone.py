"""The whole service in one process, with a clock that is moved by hand."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from urllib.parse import urlsplit

import requests
from flask.testing import FlaskClient

from demo.mailbox import Mailbox
from demo.qualtrics.stand_in import StandIn
from tests.world import DIGEST_AT, Browser, Inside, World, example_config, living
from worker.worker import Worker

#: A worker that is down for days has some hundred mails to send then.
MOST_ROUNDS = 500
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder in it gets a name of its own


def quick_folder() -> TemporaryDirectory[str]:
    """Make a folder where nothing waits for a disk: nobody here cuts the power."""
    return TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)


class NeverDone(AssertionError):
    """A worker goes on and on at the same moment."""


class InProcess(requests.Session):
    """A browser's session that asks the app itself: a year has thousands of pages."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__()
        self._client = client

    def request(  # type: ignore[override]
        self, method: str, url: str, data: object = None, **_: object
    ) -> requests.Response:
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        answer = self._client.open(
            parts.path, follow_redirects=True, base_url=base, method=method, data=data
        )
        reply = requests.Response()
        reply.status_code, reply.url = answer.status_code, answer.request.url
        reply.encoding, reply._content = "utf-8", answer.get_data()
        return reply


class Alone(Inside):
    """One worker, made to do its rounds; the pages through the app in this process."""

    def __init__(self, world: World) -> None:
        self.world, self.app = world, world.app
        self.mailbox: Mailbox = world.mailbox
        self.qualtrics: StandIn = world.qualtrics
        self.url = world.url

    def now(self) -> datetime:
        return self.world.clock.now

    def jump(self, to: datetime) -> None:
        self.world.clock.now = to

    def work(self) -> None:
        work_until_done(self.world.worker)

    def browser(self) -> Browser:
        return Browser(InProcess(self.world.app.test_client()))

    def reach(self, link: str) -> str:
        return link


def work_until_done(worker: Worker) -> None:
    """Do what `run_once` does; what is never done is no work but a loop."""
    for _ in range(MOST_ROUNDS):
        if not any([work() for work in worker.loops.values()]):
            return
    raise NeverDone(f"A worker has more to do after {MOST_ROUNDS} rounds")


def as_simulated(config: Path) -> Path:
    """Let the program mail digests, and compare with Qualtrics only daily: it is an event."""
    path = config / "program.toml"
    daily = re.sub(r"(?m)^(reconcile_every =).*$", r'\1 "1 day"', path.read_text())
    path.write_text(daily.replace('at = "none"', DIGEST_AT))
    return config


@contextmanager
def alone(folder: Path, seed: int = 0) -> Iterator[Alone]:
    """Run everything in this process; a seed decides also what is drawn by lot."""
    lots = patch("engine.engine.secrets", random.Random(seed))
    with living(folder, as_simulated(example_config(folder))) as world, lots:
        world.qualtrics.brand.chance_of_ids = random.Random(seed)
        yield Alone(world)
