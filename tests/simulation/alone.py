"""The whole service in one process, with a clock that is moved by hand."""

import random
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from urllib.parse import unquote, urlencode, urljoin, urlsplit

import requests
from flask import Flask
from werkzeug.test import run_wsgi_app

from demo.mailbox import Mailbox
from demo.qualtrics.stand_in import StandIn
from tests.inside import Inside
from tests.world import DIGEST_AT, WHEN_QUIET, Browser, World, example_config, living
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
    """A browser's session that asks the app itself: a year has thousands of pages.

    Flask's own test client does the same, and takes a sixth of the time of each page for itself.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app
        self._held: dict[str, str] = {}

    def request(  # type: ignore[override]
        self, method: str, url: str, data: Mapping[str, object] | None = None, **_: object
    ) -> requests.Response:
        reply = self._ask(method, url, urlencode(data or {}, doseq=True).encode())
        while reply.is_redirect:
            reply = self._ask("GET", urljoin(reply.url, reply.headers["Location"]))
        return reply

    def _ask(self, method: str, url: str, body: bytes = b"") -> requests.Response:
        content, status, headers = run_wsgi_app(self._app, self._environ(method, url, body))
        self._keep(headers.getlist("Set-Cookie"))
        reply = requests.Response()
        reply.status_code, reply.url = int(status[:3]), url
        reply.headers.update(headers)
        reply.encoding, reply._content = "utf-8", b"".join(content)
        return reply

    def _environ(self, method: str, url: str, body: bytes) -> dict[str, object]:
        parts = urlsplit(url)
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(parts.path),
            "QUERY_STRING": parts.query,
            "SERVER_NAME": parts.hostname,
            "SERVER_PORT": str(parts.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": parts.netloc,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self._held.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": parts.scheme,
            "wsgi.input": BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def _keep(self, cookies: list[str]) -> None:
        for morsel in (m for cookie in cookies for m in SimpleCookie(cookie).values()):
            self._held[morsel.key] = morsel.value
            if morsel["max-age"] == "0":
                del self._held[morsel.key]


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
        return Browser(InProcess(self.app))

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
    with_digest = daily.replace('at = "none"', DIGEST_AT)
    # A bound that the few requests of a simulated quarter reach.
    with_reports = with_digest.replace("bound = 11", "bound = 5")
    path.write_text(with_reports.replace("when_quiet = true", WHEN_QUIET))
    return config


@contextmanager
def alone(folder: Path, seed: int = 0, config: Path | None = None) -> Iterator[Alone]:
    """Run everything in this process; a seed decides also what is drawn by lot."""
    config = config or as_simulated(example_config(folder))
    lots = patch("engine.engine.secrets", random.Random(seed))
    waits = patch("engine.access.fresh_links.secrets", random.Random(seed))
    at_once = patch("pages.access.timing.sleep")
    with living(folder, config) as world, lots, waits, at_once:
        world.qualtrics.brand.chance_of_ids = random.Random(seed)
        yield Alone(world)
