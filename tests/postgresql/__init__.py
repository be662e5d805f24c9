"""A PostgreSQL server of the tests' own, and a database of its own for each story."""

import os
import pwd
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from store.engines.postgresql import PostgresStore
from store.migrations import migrate
from store.sealing import Seal

#: Where Debian puts each version's programs.
DEBIAN = Path("/usr/lib/postgresql")
#: The server that `make test-postgres` started; without it the stories run on SQLite.
SERVER = os.environ.get("TEST_POSTGRESQL", "")
#: The stories are about what people see. `test_postgresql.py` has a server that syncs.
HASTY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def programs() -> Path | None:
    """Return the folder of initdb and postgres; None if they are not installed."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server(*settings: str, port: int) -> Iterator[str]:
    """Run a server on loopback until the end of the block; yield the URL of its first database."""
    bin_ = programs()
    assert bin_ is not None, "PostgreSQL is not installed"
    folder = Path(mkdtemp(prefix="postgresql-"))
    # PostgreSQL refuses to run as root.
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    uid, gid = (user.pw_uid, user.pw_gid) if user is not None else (None, None)
    options = [f"unix_socket_directories={folder}", f"port={port}", "listen_addresses=127.0.0.1",
               "max_connections=300", *settings]  # fmt: skip
    make = [f"{bin_}/initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "desk", "-E", "UTF8",
            "--locale=C"]  # fmt: skip
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=uid, group=gid)
    command = [f"{bin_}/postgres", "-D", f"{folder}/data", *(w for o in options for w in ("-c", o))]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=folder, user=uid, group=gid)
    try:
        url = f"postgresql://desk@127.0.0.1:{port}/postgres"
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            psycopg.connect(url, connect_timeout=1).close()
        except psycopg.OperationalError:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError("PostgreSQL ended at its start") from None
        else:
            return
    raise AssertionError("PostgreSQL does not answer")


@contextmanager
def fresh_database(url: str, data_key: str) -> Iterator[str]:
    """Make a migrated database for one story, and drop it at the end; yield its URL."""
    template, name = _template(url, data_key), f"story_{uuid.uuid4().hex}"
    run(url, f"create database {name} template {template}")
    try:
        yield _named(url, name)
    finally:
        run(url, f"drop database {name} with (force)")


@cache
def _template(url: str, data_key: str) -> str:
    """Make the database before anybody asked, once a process; the server's end removes it."""
    name = f"template_{uuid.uuid4().hex}"
    run(url, f"create database {name}")
    store = PostgresStore(_named(url, name), Seal([data_key]))
    migrate(store)
    store.close()
    return name


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _named(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"
