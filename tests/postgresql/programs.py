"""`python -m tests.postgresql.programs`: what each further program costs a PostgreSQL server.

Each is a database of its own with a web server, which has two processes, and a worker.
`--programs 1 10 30` says how many, each number on top of the one before.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from store import workers
from store.engines.postgresql import PostgresStore
from store.sealing import Seal
from tests import bench_service, postgresql
from tests.bench_service import Process
from tests.ports import free_port
from tests.postgresql import Server
from tests.wire import session

COUNTED = (1, 2, 4)
#: Three processes with a pool each, and two connections more of the worker.
PER_PROGRAM = 65
LOOKS, WRITING_SECONDS, IDLE_SECONDS = 20, 2.0, 15.0
HEAD = (
    "programs", "connections", "server MB", "its share of a core, idle", "processes MB",
    "their share of a core, idle", "writes a second, all together",
)  # fmt: skip


@dataclass(frozen=True)
class Program:
    """What belongs to one program."""

    store: PostgresStore
    processes: tuple[Process, ...]


@contextmanager
def program(server: Server, folder: Path) -> Iterator[Program]:
    """Run one more program, which a monitor has looked at; yield its database."""
    name = f"desk_{folder.name}"
    postgresql.run(server.url, f"create database {name}")
    nowhere = f"127.0.0.1:{free_port()}"
    env = bench_service.settings_of(folder, f"http://{nowhere}", f"smtp://{nowhere}")
    env["DATABASE"] = f"{server.url.rpartition('/')[0]}/{name}"
    env["LOG"] = str(folder / "processes.log")
    bench_service.migrate(env)
    processes = {**os.environ, **env}
    store = PostgresStore(env["DATABASE"], Seal([env["DATA_KEYS"]]))
    with (
        bench_service.web(processes) as (web_process, port),
        bench_service.worker(processes) as worker_process,
        closing(store),
    ):
        with session() as web:
            for _ in range(LOOKS):
                web.get(f"http://127.0.0.1:{port}/health", timeout=20)
        while not store.read().execute("select 1 from heartbeats").fetchall():
            time.sleep(0.1)
        yield Program(store, (web_process, worker_process))


def main() -> int:
    """Print one line for each number of programs."""
    parser = argparse.ArgumentParser(description="What each further program costs a server")
    parser.add_argument("--programs", nargs="+", type=int, default=COUNTED, metavar="NUMBER")
    counted = parser.parse_args().programs
    print("  ".join(HEAD))
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        server = stack.enter_context(
            postgresql.running(
                f"max_connections={PER_PROGRAM * max(counted) + 20}", port=free_port()
            )
        )
        assert server.process is not None
        its = Process(server.process)
        programs = list[Program]()
        for number in range(1, max(counted) + 1):
            folder = Path(name) / f"{number}"
            folder.mkdir()
            programs.append(stack.enter_context(program(server, folder)))
            if number in counted:
                print("  ".join(_costs(server.url, its, programs)), flush=True)
    return 0


def _costs(url: str, its: Process, programs: list[Program]) -> tuple[str, ...]:
    number, theirs = len(programs), [one for program in programs for one in program.processes]
    connections = _connections(url) - number
    memory, of_theirs = its.proportional_mb(), sum(one.proportional_mb() for one in theirs)
    before, of_theirs_before = its.cpu_seconds(), sum(one.cpu_seconds() for one in theirs)
    time.sleep(IDLE_SECONDS)
    idle = (its.cpu_seconds() - before) / IDLE_SECONDS
    their_idle = (sum(one.cpu_seconds() for one in theirs) - of_theirs_before) / IDLE_SECONDS
    with ThreadPoolExecutor(number) as people:
        a_second = sum(people.map(_writes, (one.store for one in programs))) / WRITING_SECONDS
    cells = (
        f"{number}", f"{connections}", f"{memory:.0f}", f"{idle:.1%}", f"{of_theirs:,.0f}",
        f"{their_idle:.1%}", f"{a_second:,.0f}",
    )  # fmt: skip
    return tuple(cell.ljust(len(head)) for cell, head in zip(cells, HEAD, strict=True))


def _writes(store: PostgresStore) -> int:
    """Write as often as one can in a while, one small thing after the other."""
    until, number = time.monotonic() + WRITING_SECONDS, 0
    while time.monotonic() < until:
        with store.write() as db:
            workers.beat(db, "measuring", datetime.now(UTC))
        number += 1
    store.release()
    return number


def _connections(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where application_name like 'peer-support %'"
        ).fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    sys.exit(main())
