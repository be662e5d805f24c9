"""`flask backup` and `flask restore`: what a copy is, and which ones are refused."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from store.copies import placing
from store.engines.sqlite import SqliteStore
from tests import children, disk, test_upgrade
from tests.fresh import DATA_KEY
from tests.lost_disk import copy_of, elsewhere
from tests.qualtrics_commands import run
from tests.world import JAMIE, World

#: Opens a database, says so, and keeps it open until its input ends.
OPENS = (
    "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]);"
    "db.execute('select * from cases').fetchall(); print('open', flush=True); sys.stdin.read()"
)


def test_a_copy_is_whole_while_somebody_writes_and_tells_nobody_anything(world: World) -> None:
    reference = world.request()
    with world.store.write() as db, ThreadPoolExecutor() as other:
        db.execute("delete from identity_hashes")
        db.execute("update cases set reference = 'PS-OTHER'")
        copy = other.submit(copy_of, world).result()
        db.conn.rollback()
        db.execute("begin")

    assert list(copy.parent.iterdir()) == [copy], "no log beside it, and nothing unfinished"
    assert copy.name == f"peer-support-{world.clock.now:%Y%m%dT%H%M%SZ}.db"
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with closing(sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as alone:
        assert alone.execute("select reference from cases").fetchall() == [(reference,)]
    secret = {str(text) for text in JAMIE.values()} | world.tokens
    assert disk.found(copy.read_bytes(), secret | disk.ids(world.engine.program)) == set()
    again = run(world, "backup")
    assert (again.exit_code, list(copy.parent.iterdir())) == (1, [copy]), "never over another"


def test_old_copies_are_deleted_but_not_before_there_is_a_new_one(world: World) -> None:
    first = copy_of(world)
    foreign = first.parent / "peer-support-before-the-move-Z.db"
    foreign.touch()
    left_behind = first.parent / "peer-support-20260101T000000Z.part"
    left_behind.touch()
    world.clock.now += timedelta(days=8)
    second = copy_of(world)
    world.clock.now += timedelta(days=7)

    failed = run(world, "backup", data_keys=(Fernet.generate_key().decode(),))
    assert failed.exit_code == 1
    assert "No copy was made, and no older one deleted: No key in DATA_KEYS" in failed.output
    assert {*first.parent.iterdir()} == {first, second, foreign}

    result = run(world, "backup")
    assert f"Deleted: {first}, older than 14 days." in result.output
    assert f"{second}" not in result.output
    assert not first.exists()
    assert foreign.exists()


@contextmanager
def opened_elsewhere(database: Path) -> Iterator[None]:
    """Let another process have the database open, as a web process has."""
    command = [sys.executable, "-c", OPENS, f"{database}"]
    with children.running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        yield


def test_a_database_that_runs_is_never_overwritten(world: World) -> None:
    world.request()
    copy, before = copy_of(world), world.references
    for more in ([], ["--set-aside"]):
        result = run(world, "restore", f"{copy}", *more)
        assert result.exit_code == 1
        assert "is in use" in result.output
    assert world.references == before

    with elsewhere(world) as again:
        assert run(again, "restore", f"{copy}").exit_code == 0
        database, seal = again.store.path, again.store.seal
        again.store.close()
        with opened_elsewhere(database):
            assert placing.is_live(SqliteStore(database, seal))
            assert "is in use" in run(again, "restore", f"{copy}", "--set-aside").output
        assert not placing.is_live(SqliteStore(database, seal))

        result = run(again, "restore", f"{copy}")
        assert "nothing is ever overwritten" in result.output
        result = run(again, "restore", f"{copy}", "--set-aside")
        assert result.exit_code == 0, result.output
        (aside,) = database.parent.glob("*.before-*")
        assert [path.name for path in aside.iterdir()] == [database.name]
        assert again.references == before


def damaged(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[8192:40960] = bytes(32768)
    copy.write_bytes(content)


def not_ours(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as db:
        db.execute("create table recipes (id)")


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('peer-support', 'of_next_year', '')"
        )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (damaged, "it is damaged; use an earlier one"),
        (lambda copy: copy.write_text("no database" * 100), "SQLite says: file is not a database"),
        (not_ours, "it is not a database of this service"),
        (newer, "It comes from a newer release, which made of_next_year in it"),
        (lambda copy: Path(f"{copy}-wal").write_text("x"), "-wal lies beside it"),
    ],
)
def test_a_copy_that_cannot_be_used_costs_nothing(
    world: World, change: Callable[[Path], object], says: str
) -> None:
    copy = copy_of(world)
    change(copy)
    with elsewhere(world) as again:
        again.store.path.parent.mkdir()
        again.store.path.write_text("what is there")
        result = run(again, "restore", f"{copy}", "--set-aside")
        assert result.exit_code == 1
        assert f"{copy} was not put back: " in result.output
        assert says in result.output
        assert again.store.path.read_text() == "what is there"
        there = {path.name for path in again.store.path.parent.iterdir()}
        assert there <= {"peer-support.db", "peer-support.db.lock"}


def test_a_copy_needs_the_keys_that_it_was_made_with(world: World) -> None:
    copy, other = copy_of(world), Fernet.generate_key().decode()
    with elsewhere(world) as again:
        result = run(again, "restore", f"{copy}", data_keys=(other,))
        assert "set the keys that it was made with, too" in result.output
        assert not again.store.path.exists()
        assert run(again, "restore", f"{copy}", data_keys=(other, DATA_KEY)).exit_code == 0


def test_a_copy_of_an_older_release_is_migrated_or_says_why_not(world: World) -> None:
    """A copy that was made by other means tells by its heartbeats when that was."""
    left = test_upgrade.as_left(world.folder / "left.db")
    left.close()
    with closing(sqlite3.connect(left.path)) as db:
        db.execute("pragma journal_mode = delete")
    with elsewhere(world) as again:
        result = run(again, "restore", f"{left.path}")
        assert "it cannot be brought up to date: No key in DATA_KEYS" in result.output
        assert not again.store.path.exists()

        result = run(again, "restore", f"{left.path}", data_keys=(DATA_KEY, test_upgrade.KEY))
        assert result.exit_code == 0, result.output
        assert "It comes from an older release. Migrated: " in result.output
        assert "withdrew, or revoked since 2026-11-23 15:3" in result.output
        assert test_upgrade.MATCHED in again.references


def test_a_newer_database_is_not_migrated(world: World) -> None:
    newer(world.store.path)
    result = run(world, "migrate")
    assert result.exit_code == 1
    assert "from a newer release" in result.output
