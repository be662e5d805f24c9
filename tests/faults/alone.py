"""One machine with a web server and workers, which die, end and start again."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench_service import Process
from tests.faults.stage import PATIENCE_SECONDS, Stage


@dataclass(repr=False, kw_only=True)
class Alone(Stage):
    """A stage whose processes are all on this machine."""

    start_web: Callable[[], Process]
    start_worker: Callable[[], Process]
    web: Process
    workers: list[Process] = field(default_factory=list)
    workers_killed: list[Process] = field(default_factory=list)

    def kill(self, dying: Process) -> None:
        """End a worker as a power cut would, note what it held, and start another."""
        names = [link.name.partition(".worker-")[2] for link in _open_files(dying.popen.pid)]
        dying.popen.kill()
        dying.popen.wait(60)
        query = "select message from outbox where next_at is not null and claimed_by = ?"
        for name in filter(None, names):
            for (message,) in self.store.read().execute(query, [name]).fetchall():
                self.held.setdefault(message, []).append(self.now())
        self.workers_killed.append(dying)
        self.workers.remove(dying)
        self.workers.append(self.start_worker())

    def stop(self) -> None:
        """End all processes as somebody would who restarts the machine."""
        for one in (self.web, *self.workers):
            one.popen.terminate()
        for one in (self.web, *self.workers):
            one.popen.wait(PATIENCE_SECONDS)

    def start(self) -> None:
        self.web = self.start_web()
        self.workers = [self.start_worker() for _ in self.workers]

    @property
    def pids(self) -> list[int]:
        return [pid for one in (self.web, *self.workers) for pid in one.pids]

    def connection(self) -> socket.socket:
        """Connect to the web service and say nothing."""
        address = urlsplit(self.url)
        return socket.create_connection((address.hostname, address.port), timeout=5)

    def restart_dead(self) -> int:
        """Start what ended by itself, as whoever runs the service does; return how many."""
        dead = [one for one in self.workers if one.popen.poll() is not None]
        for one in dead:
            self.workers.remove(one)
            self.workers.append(self.start_worker())
        return len(dead)

    def ready_workers(self) -> list[Process]:
        """Return the workers that have finished a round."""
        beats = {name.rpartition("-")[2] for (name,) in self.rows("heartbeats", "worker")}
        return [one for one in self.workers if str(one.popen.pid) in beats]


def _open_files(pid: int) -> Iterator[Path]:
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield link.readlink()
