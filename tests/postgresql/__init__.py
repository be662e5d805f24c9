"""A PostgreSQL server of the tests' own, and a database of its own for each story."""

import os
import pwd
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from store.engines.postgresql import PostgresStore
from store.migrations import migrate
from store.sealing import Seal
from tests import children
from tests.postgresql.contents import Contents, is_left

#: Where Debian puts each version's programs.
DEBIAN = Path("/usr/lib/postgresql")
#: Where the URL stands of the server that `make test-postgres` started.
GIVEN = "TEST_POSTGRESQL"
#: The stories are about what people see. `test_postgresql.py` has a server that syncs.
HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def given() -> str:
    """Return the URL of the server that the stories run on; "" if they run on SQLite."""
    return os.environ.get(GIVEN, "")


def programs() -> Path | None:
    """Return the folder of initdb and postgres; None if they are not installed."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@dataclass
class Server:
    """A server in a folder of its own, which may be killed and started again."""

    url: str
    folder: Path
    command: list[str]
    #: Who runs it; None for whoever asks.
    user: int | None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once it answers."""
        for _ in range(100):
            self.process = children.start(
                self.command, stderr=subprocess.DEVNULL, cwd=self.folder, user=self.user
            )
            if _answers(self.url, self.process):
                return
            # What a killed one has left, ends by itself.
            time.sleep(0.1)
        raise AssertionError("PostgreSQL does not start")

    def kill(self) -> None:
        """End all of its processes as a power cut would."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.process.wait(60)

    def stop(self) -> None:
        if self.process is not None:
            # At once, though somebody is still connected.
            self.process.send_signal(signal.SIGINT)
            children.end(self.process)


@contextmanager
def server(*settings: str, port: int) -> Iterator[str]:
    """Run a server on loopback until the end of the block; yield the URL of its first database."""
    with running(*settings, port=port) as found:
        yield found.url


@contextmanager
def running(*settings: str, port: int, address: str = "") -> Iterator[Server]:
    """Run a server until the end of the block; it listens on one more address, if there is one."""
    bin_ = programs()
    assert bin_ is not None, "PostgreSQL is not installed"
    folder = Path(mkdtemp(prefix="postgresql-"))
    # PostgreSQL refuses to run as root.
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user, -1)
    listens = ",".join(filter(None, ("127.0.0.1", address)))
    options = [f"unix_socket_directories={folder}", f"port={port}", f"listen_addresses={listens}",
               "max_connections=300", *settings]  # fmt: skip
    make = [f"{bin_}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "desk", "-E", "UTF8",
            "--locale=C"]  # fmt: skip
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=user, timeout=120)
    if address:
        with (folder / "data" / "pg_hba.conf").open("a") as file:
            file.write("host all all samenet trust\n")
    command = [f"{bin_}/postgres", "-D", f"{folder}/data", *(w for o in options for w in ("-c", o))]
    found = Server(f"postgresql://desk@127.0.0.1:{port}/postgres", folder, command, user)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a server that starts answers; it ends if it cannot start."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(url, connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


#: Databases of this process that no story uses now.
_idle: dict[str, list[str]] = {}


@contextmanager
def fresh_database(url: str, data_key: str) -> Iterator[str]:
    """Lend a migrated database to one story, with what it has before anybody asked; yield its URL.

    To make and drop one takes twenty times as long as to empty it.
    """
    template, before = migrated(url, data_key)
    idle = _idle.setdefault(template, [])
    name = idle.pop() if idle else _made(url, template)
    its = _named(url, name)
    before.put_into(its)
    try:
        yield its
    finally:
        if is_left(its, before.columns):
            idle.append(name)
        else:
            run(url, f"drop database {name} with (force)")


@cache
def migrated(url: str, data_key: str) -> tuple[str, Contents]:
    """Make the database before anybody asked, once a process; the server's end removes it."""
    name = f"template_{uuid.uuid4().hex}"
    run(url, f"create database {name}")
    store = PostgresStore(_named(url, name), Seal([data_key]))
    migrate(store)
    store.close()
    return name, Contents.of(_named(url, name))


def _made(url: str, template: str) -> str:
    name = f"story_{uuid.uuid4().hex}"
    run(url, f"create database {name} template {template}")
    return name


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _named(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"
