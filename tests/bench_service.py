"""The service as it runs in earnest: gunicorn and a worker, each a process of its own."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import sysconf
from pathlib import Path

from cryptography.fernet import Fernet

from tests import children
from tests.ports import free_port
from tests.world import API_TOKEN, SHARED_KEY, TOKEN, example_config

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 20.0
TICKS = sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """A process that we started, and what the kernel says about it and its children."""

    popen: subprocess.Popen[bytes]

    @property
    def pids(self) -> list[int]:
        children = Path(f"/proc/{self.popen.pid}/task/{self.popen.pid}/children").read_text()
        return [self.popen.pid, *map(int, children.split())]

    def resident_mb(self) -> float:
        """Memory as `ps` counts it: what processes share is counted for each of them."""
        return sum(_kilobytes(f"/proc/{pid}/status", "VmRSS") for pid in self.pids) / 1024

    def proportional_mb(self) -> float:
        """Memory with what processes share divided between them: what the machine loses."""
        return sum(_kilobytes(f"/proc/{pid}/smaps_rollup", "Pss") for pid in self.pids) / 1024

    def cpu_seconds(self) -> float:
        """Processor time of all that run, and of children that have ended."""
        stats = [_read(f"/proc/{pid}/stat").rpartition(")")[2].split() for pid in self.pids]
        own, *children = stats
        return sum(map(int, (*own[11:15], *(t for one in children for t in one[11:13])))) / TICKS


def settings_of(folder: Path, qualtrics_url: str, smtp_url: str) -> dict[str, str]:
    """Return the environment of a service of its own, with the review's mail leaving at once."""
    program = example_config(folder) / "program.toml"
    at_once = re.sub(r"(?m)^(review_mail_delay =).*$", r'\1 "none"', program.read_text())
    program.write_text(at_once)
    return {
        "SECRET_KEY": "an-invented-secret-key-of-enough-characters",
        "DATA_KEYS": Fernet.generate_key().decode(),
        "DATABASE": str(folder / "peer-support.db"),
        "CONFIG_DIR": str(program.parent),
        "BASE_URL": "http://127.0.0.1:8000",
        "QUALTRICS_BASE_URL": qualtrics_url,
        "QUALTRICS_API_TOKEN": API_TOKEN,
        "QUALTRICS_SHARED_KEYS": SHARED_KEY,
        "QUALTRICS_WEBHOOK_TOKENS": TOKEN,
        "SMTP_URL": smtp_url,
        "MAIL_FROM": "Care Desk <care-desk@example.org>",
        "MAIL_REPLY_TO": "care-desk@example.org",
    }


def migrate(env: dict[str, str]) -> None:
    subprocess.run(_python("flask", "--app", "app", "migrate"), cwd=ROOT, env=env, check=True,
                   stdout=subprocess.DEVNULL, timeout=120)  # fmt: skip


@contextmanager
def web(
    env: dict[str, str], app: str = "app:create_app()", port: int = 0
) -> Iterator[tuple[Process, int]]:
    """Serve an app with our gunicorn.conf.py while the block runs; gives its port."""
    port = port or free_port()
    command = _python("gunicorn", "-c", "gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", app)
    with _running(command, env) as process:
        until_it_listens(port)
        yield process, port


@contextmanager
def worker(env: dict[str, str], module: str = "") -> Iterator[Process]:
    """Run a worker while the block runs; a module of the demo gives it another clock."""
    command = (module,) if module else ("flask", "--app", "app", "worker")
    with _running(_python(*command), env) as process:
        yield process


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


@contextmanager
def _running(command: list[str], env: dict[str, str]) -> Iterator[Process]:
    path = env.get("LOG") or Path(env["DATABASE"]).with_name("processes.log")
    with (
        Path(path).open("ab") as log,
        children.running(command, cwd=ROOT, env=env, stdout=log, stderr=log) as popen,
    ):
        yield Process(popen)


def until_it_listens(port: int, address: str = "127.0.0.1") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _kilobytes(path: str, name: str) -> int:
    found = re.search(rf"(?m)^{name}:\s+(\d+) kB", _read(path))
    return int(found[1]) if found else 0


def _read(path: str) -> str:
    """Return a file of the kernel; "" if its process has just ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(path).read_text()
    return ""
