"""The service as it is attacked: gunicorn with our settings, beside a world that knows people."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from demo.clock import MovableClock
from demo.mailbox import StoredMessage
from tests import bench_service
from tests.bench_service import Process
from tests.wire import session
from tests.world import Browser, Page, World, link_in, living
from web_worker import Worker


@dataclass(repr=False)
class Attacked:
    """A world whose database gunicorn serves at another address, at the same time of day."""

    world: World
    url: str
    host: str
    port: int
    log: Path
    process: Process
    env: dict[str, str]

    def link(self, mail: StoredMessage) -> str:
        """Return the link of a mail as gunicorn serves it."""
        return link_in(mail).replace(self.world.url, self.url)

    def open(self, mail: StoredMessage, browser: Browser | None = None) -> Page:
        return (browser or Browser()).open(self.link(mail))

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        """Ask without following redirects, as a client that nobody knows."""
        with session() as web:
            return web.request(method, self.url + path, allow_redirects=False, timeout=30, **more)  # type: ignore[arg-type]

    def connection(self, beginning: bytes) -> socket.socket:
        """Open a connection that sends this and then nothing."""
        found = socket.create_connection((self.host, self.port), timeout=30)
        try:
            found.sendall(beginning)
        except OSError:
            found.close()
            raise
        return found

    def raw(self, sent: bytes) -> bytes:
        """Send bytes as they are; return all that comes back."""
        with self.connection(sent) as found:
            with suppress(OSError):  # It may have been closed already.
                found.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: found.recv(65536), b""))


class HastyWorker(Worker):
    """The worker of `gunicorn.conf.py` with less time, to keep the tests fast."""

    longest_arrival_seconds = 2.0


@contextmanager
def attacked(folder: Path, more: Mapping[str, str] | None = None) -> Iterator[Attacked]:
    with living(folder, more=more) as world:
        settings = world.app.extensions["settings"]
        clock = MovableClock(world.store.path.with_name("clock"))
        clock.move(world.clock() - clock())
        env = {
            "SECRET_KEY": settings.secret_key,
            "DATA_KEYS": ",".join(settings.data_keys),
            "DATABASE": str(settings.database),
            "CONFIG_DIR": str(settings.config_dir),
            "BASE_URL": settings.base_url,
            "QUALTRICS_SHARED_KEYS": ",".join(settings.qualtrics_shared_keys),
            "QUALTRICS_WEBHOOK_TOKENS": ",".join(settings.qualtrics_webhook_tokens),
            "SMTP_URL": settings.smtp_url,
            "MAIL_FROM": settings.mail_from,
            "MAIL_REPLY_TO": settings.mail_reply_to,
            "GUNICORN_CMD_ARGS": "--worker-class tests.attacked.HastyWorker --graceful-timeout 1",
        } | dict(more or {})
        with bench_service.web(env, "demo.service:create()") as (process, port):
            url = f"http://127.0.0.1:{port}"
            log = world.store.path.with_name("processes.log")
            yield Attacked(world, url, "127.0.0.1", port, log, process, env)
