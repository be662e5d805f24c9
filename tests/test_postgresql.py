"""PostgreSQL behind the same service: what it promises there, and the way from a file and back."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import FrameType

import pytest
import requests
from click.testing import Result

from app import create_app
from store import workers
from store.copies import checking
from store.database import StorageBusy, StorageDown, StorageError
from store.engines.opening import without_password
from store.engines.pooling import Pool
from store.engines.postgresql import CONNECTIONS, PostgresStore
from store.migrations import migrate
from store.schema.steps import is_current
from store.sealing import Seal
from store.workers import Claimant
from tests import children, postgresql
from tests.fresh import DATA_KEY, migrated
from tests.lost_disk import copy_of, elsewhere
from tests.outcomes import health
from tests.ports import free_port
from tests.qualtrics_commands import run
from tests.world import JORDAN, REQUESTER, TOKEN, World, example_config, living

SEAL = Seal([DATA_KEY])
#: Takes a lock, says so, and waits to be killed.
LOCKS = """
import sys, time
from store.engines.opening import store_at
from store.sealing import Seal
lock = store_at(sys.argv[1], Seal([sys.argv[2]])).lock(sys.argv[3], "one")
print("locked", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgresql.programs() is None and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL is not installed")
    with postgresql.server(port=free_port()) as url:
        yield url


@pytest.fixture
def url(server: str) -> Iterator[str]:
    with postgresql.fresh_database(server, DATA_KEY) as found:
        yield found


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    made = PostgresStore(url, SEAL, patience=0.5)
    yield made
    made.close()


@pytest.fixture
def world(url: str, tmp_path: Path) -> Iterator[World]:
    with living(tmp_path, more={"DATABASE": url}) as alive:
        yield alive


def number(store: PostgresStore) -> int:
    return int(store.read().execute("select coalesce(sum(number), 0) from matches").fetchone()[0])


def count_one(store: PostgresStore) -> None:
    with store.write() as db:
        seen = number(store)
        db.execute("delete from matches")
        db.execute("insert into matches values ('', '', ?)", [seen + 1])


def test_a_request_goes_its_way(world: World) -> None:
    reference, supporter = world.matched()
    page = world.open(world.mail(supporter, "what comes next"))
    assert page.status == 200
    world.open(world.mail(REQUESTER)).choose("withdrawn")
    world.passes(minutes=10)
    assert reference not in world.references
    health = requests.get(f"{world.url}/health", timeout=60)
    assert (health.status_code, health.json()["wrong"]) == (200, [])


def test_own_pages_and_the_board_open(world: World) -> None:
    reference = world.request()
    page = world.own_page(JORDAN)
    assert page.status == 200
    assert "away_open" in page.values("choice")
    board = page.person.look(f"{world.url}/board")
    assert reference in board.text
    tampering = world.own_page("beth.lindgren@example.org")
    assert tampering.choose("talk", reference="PS-\0").status == 409
    page.choose("away_open")
    world.work()
    assert "jordan-reyes" in world.engine.casebook.absent


def test_what_makes_no_request_is_kept_with_its_reason(world: World) -> None:
    sent = {"surveyId": "SV_8peerSupport01", "responseId": "R_1preview", "isPreview": True}
    headers = {"X-Webhook-Token": TOKEN}
    world.app.test_client().post("/webhooks/qualtrics/workflow", json=sent, headers=headers)
    world.work()
    assert world.row("deliveries", "kept_because", "next_at") == ("preview", None)


def happens(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Tell whether something becomes true within some seconds."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_each_write_sees_the_one_before(store: PostgresStore, url: str) -> None:
    others = [PostgresStore(url, SEAL) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_one, others * 10))
    assert number(store) == 40
    for other in others:
        other.close()


def test_a_failing_transaction_leaves_nothing(store: PostgresStore) -> None:
    def write_twice() -> None:
        with store.write() as db:
            for _ in range(2):
                db.execute("insert into matches values ('', '', 1)")

    with pytest.raises(StorageError):
        write_twice()
    assert number(store) == 0
    count_one(store)
    assert number(store) == 1


def test_who_cannot_write_in_time_is_told_that_it_is_busy(store: PostgresStore, url: str) -> None:
    other = PostgresStore(url, SEAL)
    with other.write(), pytest.raises(StorageBusy):
        count_one(store)
    count_one(store)
    other.close()


def test_whoever_watches_hears_of_each_write(store: PostgresStore, url: str) -> None:
    other = PostgresStore(url, SEAL)
    has_changed = other.watch()
    assert has_changed(), "what came before somebody listened"
    assert not has_changed()
    count_one(store)
    assert happens(has_changed)
    assert not has_changed()
    other.close()


def test_a_lock_ends_with_the_process_that_held_it(store: PostgresStore, url: str) -> None:
    command = [sys.executable, "-c", LOCKS, url, DATA_KEY, "worker"]
    with children.running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        assert store.is_locked("worker", "one")
        assert not store.is_locked("worker", "two")
        assert store.any_locked("worker")
        assert store.lock("worker", "one") is None
        process.send_signal(signal.SIGKILL)
    assert happens(lambda: not store.any_locked("worker"))
    lock = store.lock("worker", "one")
    assert lock is not None
    lock.close()


def end_all_connections(server: str) -> None:
    """As a restart of the server does."""
    postgresql.run(
        server,
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where backend_type = 'client backend' and pid <> pg_backend_pid()",
    )


def test_a_worker_takes_another_lock_when_the_server_has_ended_its_own(
    store: PostgresStore, server: str
) -> None:
    """Else others would take over what it claims, and send it again, for as long as it runs."""
    worker = Claimant(store)
    before = worker.name
    assert worker.name == before
    end_all_connections(server)
    store.release()
    assert worker.name != before
    assert workers.is_alive(store, worker.name)
    assert not workers.is_alive(store, before)
    worker.close()


def test_the_first_who_comes_after_a_restart_is_served(store: PostgresStore, server: str) -> None:
    several = threading.Barrier(CONNECTIONS)

    def read(_: int) -> None:
        number(store)
        several.wait(60)
        store.release()

    with ThreadPoolExecutor(CONNECTIONS) as people:
        list(people.map(read, range(CONNECTIONS)))
    end_all_connections(server)
    assert number(store) == 0


def test_who_finds_all_connections_in_use_is_told_that_it_is_busy(store: PostgresStore) -> None:
    taken, done = threading.Barrier(CONNECTIONS + 1), threading.Event()

    def hold(_: int) -> None:
        number(store)
        taken.wait(60)
        done.wait(60)
        store.release()

    with ThreadPoolExecutor(CONNECTIONS) as people:
        held = people.map(hold, range(CONNECTIONS))
        taken.wait(60)
        with pytest.raises(StorageBusy, match="All connections"):
            number(store)
        done.set()
        list(held)
    count_one(store)


def test_a_connection_may_come_back_while_another_is_taken(store: PostgresStore) -> None:
    """As when a thread that has ended is cleared away just then, by whoever runs at that moment."""
    pool = Pool(store._connect, 2)
    ended = [pool.take(1)]

    def clear_away(frame: FrameType, event: str, _: object) -> None:
        if ended and event == "return" and frame.f_code.co_filename == threading.__file__:
            pool.give(ended.pop())

    def take() -> None:
        sys.setprofile(clear_away)
        pool.give(pool.take(1))

    other = threading.Thread(target=take, daemon=True)
    other.start()
    other.join(60)
    assert not other.is_alive()
    for connection in ended:
        pool.give(connection)
    pool.close()


def test_several_processes_migrate_at_once(server: str) -> None:
    name = server.replace("/postgres", "/at_once")
    postgresql.run(server, "create database at_once")
    # Each waits for as long as it takes, though a page would not.
    stores = [PostgresStore(name, SEAL, patience=0.01) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        steps = sorted(map(len, pool.map(migrate, stores)))
    assert steps[:2] == [0, 0]
    assert steps[2] > 20
    assert is_current(stores[0])
    assert len({store.read().pepper for store in stores}) == 1
    for store in stores:
        store.close()


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://desk:a-secret@127.0.0.1:1/desk"
    with pytest.raises(StorageDown) as failed:
        PostgresStore(url, SEAL, patience=0.2).read()
    assert "a-secret" not in str(failed.value)
    assert without_password(url) == "postgresql://desk:…@127.0.0.1:1/desk"


@pytest.mark.parametrize("command", ["check", "migrate", "roster", "history PS-AAAAA"])
def test_commands_say_that_the_server_is_away(world: World, command: str) -> None:
    url = "postgresql://desk:a-secret@127.0.0.1:1/desk"
    app = create_app(replace(world.app.extensions["settings"], database=url), world.clock)
    store = app.extensions["store"] = PostgresStore(url, SEAL, patience=0.2)
    result = app.test_cli_runner().invoke(args=command.split())
    assert result.exit_code == 1
    assert "The database in DATABASE cannot be used now. Check its server" in result.output
    assert "Traceback" not in result.output
    assert "a-secret" not in result.output
    store.close()


def file_in(folder: Path) -> str:
    """Make a database in a file, whatever engine the other stories are on."""
    path = folder / "moves.db"
    path.touch(mode=0o600)
    path.write_bytes(migrated())
    return str(path)


def test_everything_moves_there_and_back(server: str, url: str, tmp_path: Path) -> None:
    config = example_config(tmp_path)
    with living(tmp_path, config, more={"DATABASE": file_in(tmp_path)}) as world:
        world.in_contact()
        file = world.store.path
        refused = move(world, str(file), url)
        assert "is in use: stop web" in refused.output
        world.worker.close()
        before = dump(file)
        there = move(world, str(file), url)
        assert there.exit_code == 0, there.output
        assert f"delete {file} and its copies" in there.output
        again = move(world, url, str(file))
        assert f"{file}: Everything was moved from this" in again.output
        back = tmp_path / "back.db"
        assert move(world, url, str(back)).exit_code == 0
        assert dump(back) == before
        assert "set DATABASE to that one" in move(world, url, f"{tmp_path / 'other.db'}").output
        (reference,) = world.references
    (tmp_path / "moved").mkdir()
    with (
        postgresql.fresh_database(server, DATA_KEY) as empty,
        living(tmp_path / "moved", config, more={"DATABASE": empty}) as moved,
    ):
        assert move(world, str(back), empty).exit_code == 0
        moved.clock.now = world.clock.now + timedelta(days=15)
        moved.work()
        assert moved.references == [reference]
        assert [m for m in moved.mailbox.messages if m.recipients], "the promises go on"


def test_a_copy_of_a_server_is_put_back_on_another(world: World, server: str, url: str) -> None:
    """The rest of the drill is in test_restoring.py, which `make test-postgres` runs here, too."""
    reference, supporter = world.matched()
    refused = run(world, "backup")
    assert "Say where on this machine" in refused.output
    copy = copy_of(world)
    assert list(copy.parent.iterdir()) == [copy], "one file, and nothing unfinished"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "is in use" in run(world, "restore", f"{copy}").output
    with postgresql.fresh_database(server, DATA_KEY) as empty, elsewhere(world, empty) as again:
        # The server may still end what the command before had opened.
        assert happens(lambda: "not empty" in run(again, "restore", f"{copy}", database=url).output)
        assert "--set-aside is for a file" in run(again, "restore", f"{copy}", "--set-aside").output
        locks = [sys.executable, "-c", LOCKS, empty, DATA_KEY, "only"]
        with children.running(locks, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"locked\n"
            assert "is in use" in run(again, "restore", f"{copy}").output
            other.kill()
        assert happens(lambda: not again.store.is_open_elsewhere())
        result = run(again, "restore", f"{copy}")
        assert result.exit_code == 0, result.output
        assert again.references == [reference]
        again.work()
        assert "restored_held" in health(again)["wrong"]
        assert run(again, "restore", "--release").exit_code == 0
        again.passes(days=3)
        assert again.mails(supporter)[-1].arrived_at == again.clock.now, "the promises go on"


def test_a_copy_is_of_one_moment(store: PostgresStore, url: str, tmp_path: Path) -> None:
    other = PostgresStore(url, SEAL)
    with store.snapshot() as db:
        before = checking.counts(db)
        count_one(other)
        assert checking.counts(db) == before
    assert checking.counts(store.read()) != before
    other.close()


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return sorted(line for line in database.iterdump() if "_sqlite" not in line)


def move(world: World, source: str, target: str) -> Result:
    return run(world, "move-database", source, target)
