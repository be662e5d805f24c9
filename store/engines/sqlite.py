"""SQLite: one file, its connections, its write lock and its files beside it."""

import fcntl
import os
import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from store.database import (
    MOVED,
    PATIENCE_SECONDS,
    Database,
    StorageBusy,
    StorageMoved,
    StorageUnsafe,
    Store,
    Values,
)
from store.sealing import Seal

POLL_SECONDS = 0.0005
FULL = 2
SETTINGS = (
    "synchronous = full",
    "foreign_keys = on",
    "secure_delete = on",
    "busy_timeout = 0",
    # What SQLite sorts or vacuums never gets into a file of its own.
    "temp_store = memory",
)
#: The byte of the shared memory that each open connection locks (SQLite's UNIX_SHM_DMS).
IN_USE = 128
#: As large as the largest delivery.
LEAST_ROOM = 1024 * 1024


class SqliteDatabase(Database):
    """A connection to the file."""

    def __init__(self, conn: sqlite3.Connection, seal: Seal) -> None:
        self.conn, self.seal = conn, seal

    def execute(self, sql: str, values: Values | None = None) -> sqlite3.Cursor:
        return self.conn.execute(sql, () if values is None else values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self.conn.executemany(sql, rows)

    def table_names(self) -> list[str]:
        found = self.execute("select name from sqlite_master where type = 'table'").fetchall()
        return [name for (name,) in found]

    def column_names(self, table: str) -> list[str]:
        return [row[1] for row in self.execute(f"pragma table_info({table})").fetchall()]


class FileLock:
    """The lock on a file, and the file, which goes with it."""

    def __init__(self, path: Path, descriptor: int, keeps_file: bool) -> None:
        self._path, self._descriptor, self._keeps_file = path, descriptor, keeps_file

    def is_held(self) -> bool:
        return True

    def close(self) -> None:
        os.close(self._descriptor)
        if not self._keeps_file:
            self._path.unlink(missing_ok=True)


class SqliteStore(Store):
    """One database file."""

    def __init__(self, path: Path, seal: Seal, patience: float = PATIENCE_SECONDS) -> None:
        self.path = path
        self.seal = seal
        self._patience = patience
        self._local = threading.local()
        self._thread_lock = threading.Lock()
        self._lock_file: tuple[int, int] | None = None
        _stores.add(self)

    def read(self) -> SqliteDatabase:
        pid, database = getattr(self._local, "opened", (None, None))
        if database is None or pid != os.getpid():
            database = self._connect()
            self._local.opened = (os.getpid(), database)
        return database

    def close(self) -> None:
        _, database = self._local.__dict__.pop("opened", (None, None))
        if database is not None:
            database.conn.close()

    @contextmanager
    def write(self) -> Iterator[SqliteDatabase]:
        db = self.read()
        with self.locked() as deadline:
            self._begin(db, deadline)
            try:
                if db.execute("select 1 from sqlite_master where name = ?", [MOVED]).fetchone():
                    raise StorageMoved
                yield db
            except BaseException:
                db.conn.rollback()
                raise
            try:
                db.conn.commit()
            except BaseException:
                db.conn.rollback()
                raise

    @contextmanager
    def snapshot(self) -> Iterator[SqliteDatabase]:
        db = self.read()
        db.execute("begin")
        try:
            yield db
        finally:
            db.conn.rollback()

    def release(self) -> None:
        """Keep the connection: opening one costs more than keeping it."""

    def number_on(self, db: Database) -> None:
        """SQLite does so by itself."""

    def exists(self) -> bool:
        return self.path.exists()

    def lock(self, kind: str, name: str) -> FileLock | None:
        path = self._lock_path(kind, name)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return FileLock(path, descriptor, keeps_file=kind == "only")

    def is_locked(self, kind: str, name: str) -> bool:
        try:
            descriptor = os.open(self._lock_path(kind, name), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def any_locked(self, kind: str) -> bool:
        return any(self.is_locked(kind, name) for name in self._lock_names(kind))

    def is_open_elsewhere(self) -> bool:
        shared = self.path.with_name(f"{self.path.name}-shm")
        if not shared.exists():
            return False
        with shared.open("rb+") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, IN_USE)
            except OSError:
                return True
        return False

    def tidy(self, kind: str) -> None:
        for name in self._lock_names(kind):
            if not self.is_locked(kind, name):
                with suppress(FileNotFoundError):
                    self._lock_path(kind, name).unlink()

    def _lock_names(self, kind: str) -> list[str]:
        prefix = self._lock_path(kind, "").name
        return [path.name.removeprefix(prefix) for path in self.path.parent.glob(f"{prefix}*")]

    def _lock_path(self, kind: str, name: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{kind}-{name}")

    @contextmanager
    def locked(self) -> Iterator[float]:
        """Hold the lock against other threads and processes; yield the deadline for waiting.

        `flock` does not lock threads that share the descriptor, and has no timeout. So we take a
        threading.Lock first, then poll `flock`, with one deadline for both.
        """
        deadline = time.monotonic() + self._patience
        if not self._thread_lock.acquire(timeout=self._patience):
            raise StorageBusy("Another thread is writing")
        try:
            descriptor = self._lock_descriptor()
            _flock(descriptor, deadline)
            try:
                yield deadline
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            self._thread_lock.release()

    def checkpoint(self) -> bool:
        with self.locked():
            row = self.read().execute("pragma wal_checkpoint(truncate)").fetchone()
        return bool(row[0] == 0)

    def compact(self) -> bool:
        """Rewrite the whole file, then empty the log; return False if a reader is in the way.

        `secure_delete` clears what is deleted, but not the places where rows lay before others
        pushed them elsewhere (https://www.sqlite.org/pragma.html#pragma_secure_delete).
        """
        with self.locked():
            self.read().execute("vacuum")
        return self.checkpoint()

    def bytes(self) -> int:
        return self.path.stat().st_size

    def log_bytes(self) -> int:
        log = self.path.with_name(self.path.name + "-wal")
        return log.stat().st_size if log.exists() else 0

    def check_durable(self) -> None:
        """Each connection is checked when it is opened."""

    def onlookers(self) -> str:
        folder = self.path.absolute().parent
        if not folder.is_dir() or not folder.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH):
            return ""
        return (
            f"Everybody on this computer can look into {folder}, and see by the size and time of"
            f" the database's files when something is written: run `chmod go= {folder}`"
        )

    def has_room(self) -> bool:
        try:
            with TemporaryFile(dir=self.path.parent) as trial:
                os.posix_fallocate(trial.fileno(), self.log_bytes(), LEAST_ROOM)
        except OSError:
            return False
        return True

    def watch(self) -> Callable[[], bool]:
        # A connection that never writes: data_version does not tell of a connection's own writes.
        db = self._connect()
        seen = [-1]

        def has_changed() -> bool:
            version = db.execute("pragma data_version").fetchone()[0]
            changed, seen[0] = version != seen[0], version
            return bool(changed)

        return has_changed

    def forget_locks(self) -> None:
        """Make a new lock in a forked child: no thread of the child can release a copied one."""
        self._thread_lock = threading.Lock()

    def _connect(self) -> SqliteDatabase:
        self._make_folder()
        # SQLite would let everyone on this computer read the file; its log copies our mode.
        self.path.touch(mode=0o600)
        # A closing connection keeps new ones out for a moment, so opening waits. Writing waits in
        # its own way.
        connection = sqlite3.connect(
            self.path, isolation_level=None, timeout=self._patience, check_same_thread=False
        )
        db = SqliteDatabase(connection, self.seal)
        for setting in SETTINGS:
            db.execute(f"pragma {setting}")
        if db.execute("pragma synchronous").fetchone()[0] != FULL:
            raise StorageUnsafe("SQLite does not write with synchronous=FULL")
        return db

    def _begin(self, db: SqliteDatabase, deadline: float) -> None:
        """Begin to write; wait for processes that write without our lock (a shell, a backup)."""
        while True:
            try:
                db.conn.execute("begin immediate")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise StorageBusy(f"SQLite: {error}") from error
                time.sleep(0.01)
            else:
                return

    def _lock_descriptor(self) -> int:
        """Return this process's own descriptor: a forked one shares its lock with the parent."""
        if self._lock_file is None or self._lock_file[0] != os.getpid():
            self._make_folder()
            path = self.path.with_name(self.path.name + ".lock")
            self._lock_file = (os.getpid(), os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        return self._lock_file[1]

    def _make_folder(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


_stores: weakref.WeakSet[SqliteStore] = weakref.WeakSet()


def _before_fork() -> None:
    """Close the connection of the thread that forks.

    A child does not inherit SQLite's locks: what it writes through an inherited connection is lost
    as soon as its parent closes the file.
    """
    for store in list(_stores):
        store.close()


def _in_child() -> None:
    for store in list(_stores):
        store.forget_locks()


os.register_at_fork(before=_before_fork, after_in_child=_in_child)


def _flock(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StorageBusy("Another process is writing") from None
            time.sleep(POLL_SECONDS)
        else:
            return
