"""What a database on disk must hold: one writer at a time, and everything or nothing."""

import gc
import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from store import sealing
from store.database import PATIENCE_SECONDS, StorageBusy, StorageUnsafe
from store.engines.sqlite import SqliteStore
from store.migrations import migrate
from store.schema.steps import is_current
from store.sealing import Seal
from tests import bench_archive
from tests.full_disk import no_room_left
from tests.world import World

SEAL = Seal([Fernet.generate_key().decode()])

PROCESSES, THREADS, TIMES = 4, 4, 20
FULL = 2
fork = multiprocessing.get_context("fork")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    """A database with one counter."""
    made = SqliteStore(tmp_path / "deep" / "counter.db", SEAL, patience=0.2)
    made.read().execute("pragma journal_mode = wal")
    with made.write() as db:
        db.execute("create table counters (name text primary key, number integer)")
        db.execute("insert into counters values ('all', 0)")
    return made


def number(store: SqliteStore) -> int:
    found = store.read().execute("select number from counters where name = 'all'").fetchone()
    return int(found[0])


def count_up(store: SqliteStore) -> None:
    """Read, then write: the pattern that loses updates when two do it at once."""
    with store.write() as db:
        before = db.execute("select number from counters where name = 'all'").fetchone()[0]
        db.execute("update counters set number = ? where name = 'all'", [before + 1])


def count_in_threads(path: Path) -> None:
    store, errors = SqliteStore(path, SEAL), list[Exception]()

    def count() -> None:
        try:
            for _ in range(TIMES):
                count_up(store)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=count, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def finished(processes: Sequence[BaseProcess], seconds: float = 30) -> list[int | None]:
    """Start processes, and return how they ended."""
    for process in processes:
        process.start()
    for process in processes:
        process.join(seconds)
    return [process.exitcode for process in processes]


# One writer at a time


def test_it_loses_no_update_among_threads_and_processes(store: SqliteStore) -> None:
    counting = [
        fork.Process(target=count_in_threads, args=(store.path,), daemon=True)
        for _ in range(PROCESSES)
    ]

    assert finished(counting) == [0] * PROCESSES

    assert number(store) == PROCESSES * THREADS * TIMES


def test_it_is_busy_while_another_thread_writes(store: SqliteStore) -> None:
    is_writing, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with store.write() as db:
            db.execute("update counters set number = number + 1")
            is_writing.set()
            may_end.wait(60)

    thread = threading.Thread(target=write_slowly, daemon=True)
    thread.start()
    assert is_writing.wait(60)
    assert_busy(store)
    may_end.set()
    thread.join(60)

    count_up(store)
    assert number(store) == 2


def test_it_is_busy_while_another_process_holds_the_lock(store: SqliteStore) -> None:
    # A lock file that is opened a second time is locked as if by another process.
    with SqliteStore(store.path, SEAL).locked():
        assert_busy(store)

    count_up(store)
    assert number(store) == 1


def test_it_is_busy_while_a_shell_holds_the_database(store: SqliteStore) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as shell:
        shell.execute("begin exclusive")
        assert_busy(store)
        shell.execute("rollback")

    count_up(store)
    assert number(store) == 1


def test_it_waits_for_a_shell_that_is_quick(store: SqliteStore) -> None:
    shell = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    shell.execute("begin immediate")
    threading.Timer(0.05, shell.execute, ["commit"]).start()

    count_up(store)

    shell.close()
    assert number(store) == 1


def test_opening_and_closing_connections_disturbs_nobody(store: SqliteStore) -> None:
    patient = SqliteStore(store.path, SEAL)

    def come_and_go() -> None:
        for _ in range(60):
            count_up(patient)
            patient.close()

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(come_and_go) for _ in range(6)]:
            done.result()

    assert number(store) == 6 * 60


def assert_busy(store: SqliteStore) -> None:
    before = time.monotonic()
    with pytest.raises(StorageBusy):
        count_up(store)
    assert 0.2 <= time.monotonic() - before < PATIENCE_SECONDS


# Processes that fork


def test_a_fork_has_a_lock_and_a_connection_of_its_own(store: SqliteStore) -> None:
    count_up(store)
    with store.locked():
        # A child that shared the descriptor of its parent's lock would write now.
        assert finished([fork.Process(target=assert_busy, args=(store,), daemon=True)]) == [0]
    for _ in range(3):
        assert finished([fork.Process(target=count_up, args=(store,), daemon=True)]) == [0]

    assert number(store) == 4


def test_writes_of_a_forked_child_survive_its_parents_connection(store: SqliteStore) -> None:
    count_up(store)
    has_written, may_go_on = fork.Event(), fork.Event()

    def write_twice() -> None:
        count_up(store)
        has_written.set()
        assert may_go_on.wait(60)
        count_up(store)

    child = fork.Process(target=write_twice, daemon=True)
    child.start()
    assert has_written.wait(60)
    count_up(store)
    store.close()
    may_go_on.set()
    child.join(60)

    assert child.exitcode == 0
    assert number(store) == 4


# Everything or nothing


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failing_transaction_leaves_nothing(
    store: SqliteStore, trouble: type[BaseException]
) -> None:
    def fail() -> None:
        with store.write() as db:
            db.execute("update counters set number = 99")
            db.execute("insert into counters values ('new', 1)")
            raise trouble

    with pytest.raises(trouble):
        fail()

    assert number(store) == 0
    assert store.read().execute("select count(*) from counters").fetchone()[0] == 1
    count_up(store)
    assert number(store) == 1


def test_a_full_disk_leaves_nothing_and_it_recovers_by_itself(store: SqliteStore) -> None:
    count_up(store)

    with no_room_left(store):
        for _ in range(3):
            with pytest.raises(sqlite3.Error):
                count_up(store)
        assert number(store) == 1

    count_up(store)
    assert number(store) == 2
    assert (
        SqliteStore(store.path, SEAL).read().execute("pragma integrity_check").fetchone()[0] == "ok"
    )


# On disk


def test_every_connection_syncs_each_commit(world: World) -> None:
    world.request()
    watching = world.store.watch()
    with ThreadPoolExecutor(1) as another_thread:
        another_thread.submit(world.store.read).result()
        ours = [c for c in gc.get_objects() if is_open_on(c, world.store.path)]

    assert watching()
    assert len(ours) >= 3
    for connection in ours:
        assert connection.execute("pragma synchronous").fetchone()[0] == FULL
        assert connection.execute("pragma journal_mode").fetchone()[0] == "wal"
        assert connection.execute("pragma secure_delete").fetchone()[0] == 1
        assert connection.execute("pragma mmap_size").fetchone()[0] == 0


def is_open_on(found: object, path: Path) -> bool:
    if not isinstance(found, sqlite3.Connection):
        return False
    try:
        return any(row[2] == str(path) for row in found.execute("pragma database_list"))
    except sqlite3.ProgrammingError:
        return False


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "var" / "peer-support.db", SEAL)
    migrate(store)

    files = [store.path.parent, *store.path.parent.iterdir()]
    assert len(files) >= 4
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


def test_a_checkpoint_empties_the_log(store: SqliteStore) -> None:
    count_up(store)
    assert store.log_bytes() > 0

    assert store.checkpoint()

    assert store.log_bytes() == 0
    assert number(store) == 1


def test_a_checkpoint_says_when_a_reader_is_in_the_way(store: SqliteStore) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select * from counters").fetchall()
        count_up(store)
        assert not store.checkpoint()
        reader.execute("commit")

    assert store.checkpoint()


def test_a_checkpoint_waits_its_turn(store: SqliteStore) -> None:
    with SqliteStore(store.path, SEAL).locked(), pytest.raises(StorageBusy):
        store.checkpoint()


# Migrations


def migrate_at(path: Path, key: str) -> None:
    migrate(SqliteStore(path, Seal([key])))


def test_who_migrates_waits_while_others_take_long(tmp_path: Path) -> None:
    """However long a migration takes, whoever starts beside it finds the database up to date."""
    path = tmp_path / "peer-support.db"
    slow, waiting = SqliteStore(path, SEAL), SqliteStore(path, SEAL, patience=0.01)
    with ThreadPoolExecutor(1) as pool:
        with slow.locked():
            late = pool.submit(migrate, waiting)
            time.sleep(0.2)
        assert late.result(60)
    assert is_current(slow)


def test_three_processes_may_migrate_at_once(tmp_path: Path) -> None:
    path, key = tmp_path / "new" / "peer-support.db", Fernet.generate_key().decode()
    migrating = [fork.Process(target=migrate_at, args=(path, key), daemon=True) for _ in range(3)]

    assert finished(migrating) == [0, 0, 0]

    store = SqliteStore(path, Seal([key]))
    assert is_current(store)
    assert len(sealing.pepper(store.read(), store.seal)) == 64
    assert migrate(store) == []


def test_what_make_bench_fills_in_fits_the_tables(tmp_path: Path) -> None:
    store = bench_archive.filled(tmp_path / "archive.db", 3)
    assert store.read().execute("pragma foreign_key_check").fetchall() == []
    store.close()


def test_migrating_again_keeps_the_pepper(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "peer-support.db", SEAL)
    assert not is_current(store)
    assert migrate(store)[0] == "first"
    pepper = sealing.pepper(store.read(), SEAL)

    assert migrate(store) == []

    assert sealing.pepper(store.read(), SEAL) == pepper


def test_it_refuses_a_place_where_no_log_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(StorageUnsafe):
        migrate(SqliteStore(Path(":memory:"), SEAL))


# Quiet


def test_watching_reports_what_others_wrote_and_only_once(store: SqliteStore) -> None:
    has_changed = store.watch()
    assert has_changed()  # what was there before nobody has looked at yet
    assert not has_changed()

    count_up(store)
    assert has_changed()
    assert not has_changed()

    with store.write() as db:
        db.execute("update counters set number = 0 where name = 'nobody'")
    assert not has_changed()  # a round that finds nothing to write wakes nobody

    with suppress(ValueError), store.write() as db:
        db.execute("update counters set number = 7")
        raise ValueError
    assert not has_changed()
