"""The SQLite file: connections and the write lock. Nothing here knows a table."""

import fcntl
import os
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile

import sqlite_utils

from store import sealing
from store.sealing import Pseudonyms, Seal, keyed_hash

PATIENCE_SECONDS = 5.0
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
#: A write-ahead log above this size means that a long read keeps us from emptying it.
LARGE_LOG = 64 * 1024 * 1024
#: As large as the largest delivery.
LEAST_ROOM = 1024 * 1024


class StorageBusy(Exception):
    """The write lock was not free in time. Trying again soon helps."""


class StorageUnsafe(Exception):
    """SQLite does not store data durably here. Trying again does not help."""


def stamp(at: datetime) -> str:
    """Return a moment as it is stored: in UTC and whole seconds, as any database parses it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def unstamp(text: str) -> datetime:
    """Return a stored moment; ValueError if it is damaged."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("A stored moment has no time zone")
    return at


def stamp_minute(at: datetime) -> str:
    """Return a moment to wait for, as coarse as may be: the next whole minute."""
    seconds = timedelta(seconds=at.second, microseconds=at.microsecond)
    return stamp(at - seconds + timedelta(minutes=1) if seconds else at)


class Database(sqlite_utils.Database):
    """A connection, and what seals and opens the columns that tell of requests and people."""

    seal: Seal

    @cached_property
    def pepper(self) -> str:
        """Return the key of all keyed hashes and pseudonyms, which stays the same for good."""
        return sealing.pepper(self, self.seal)

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self.pepper)

    def hash(self, kind: str, *parts: str) -> str:
        return keyed_hash(self.pepper, kind, *parts)


#: Nothing can be written now: the database is locked, its disk is full or read-only. It passes.
UNWRITABLE = (StorageBusy, sqlite3.OperationalError)

Write = Callable[[Database], bool]


class Store:
    """One database file. Every thread has its own connection; one writer at a time."""

    def __init__(self, path: Path, seal: Seal, patience: float = PATIENCE_SECONDS) -> None:
        self.path = path
        self.seal = seal
        self._patience = patience
        self._local = threading.local()
        self._thread_lock = threading.Lock()
        self._lock_file: tuple[int, int] | None = None
        _stores.add(self)

    def read(self) -> Database:
        """Return this thread's connection. Nothing may be written through it."""
        pid, database = getattr(self._local, "opened", (None, None))
        if database is None or pid != os.getpid():
            database = self._connect()
            self._local.opened = (os.getpid(), database)
        return database

    def close(self) -> None:
        """Close this thread's connection; the next use opens a new one."""
        _, database = self._local.__dict__.pop("opened", (None, None))
        if database is not None:
            database.conn.close()

    @contextmanager
    def write(self) -> Iterator[Database]:
        """Hold the write lock and one transaction: all of it gets to disk, or nothing.

        Raises StorageBusy when the lock is not free within the time allowed. Only database
        statements and the seals of their columns belong inside: no network call, no template.
        """
        db = self.read()
        with self.locked() as deadline:
            self._begin(db, deadline)
            try:
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
        """Empty the write-ahead log; return False if a reader is in the way: then try again."""
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
        """Return the size of the database without its log."""
        return self.path.stat().st_size

    def log_bytes(self) -> int:
        """Return the size of the write-ahead log."""
        log = self.path.with_name(self.path.name + "-wal")
        return log.stat().st_size if log.exists() else 0

    def has_room(self) -> bool:
        """Tell whether the disk has room for the write-ahead log to grow."""
        try:
            with TemporaryFile(dir=self.path.parent) as trial:
                os.posix_fallocate(trial.fileno(), self.log_bytes(), LEAST_ROOM)
        except OSError:
            return False
        return True

    def watch(self) -> Callable[[], bool]:
        """Return a function that tells whether somebody wrote since it was last called.

        It has a connection that never writes, because data_version does not tell a connection
        about its own writes.
        """
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

    def _connect(self) -> Database:
        self._make_folder()
        # SQLite would let everybody on this computer read the file; its log copies our mode.
        self.path.touch(mode=0o600)
        # A closing connection keeps new ones out for a moment, so opening waits. Writing waits in
        # its own way.
        connection = sqlite3.connect(
            self.path, isolation_level=None, timeout=self._patience, check_same_thread=False
        )
        db = Database(connection)
        db.seal = self.seal
        for setting in SETTINGS:
            db.execute(f"pragma {setting}")
        if db.execute("pragma synchronous").fetchone()[0] != FULL:
            raise StorageUnsafe("SQLite does not write with synchronous=FULL")
        return db

    def _begin(self, db: Database, deadline: float) -> None:
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


class SharedWrites:
    """Small writes that wait at the same moment in one process share a transaction and its sync.

    One thread writes for all that wait; each returns once its own write is on disk.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Write, Future[bool]]] = deque()

    def write(self, write: Write) -> bool:
        """Return what `write` returned, after the commit; raise its error if it failed."""
        result: Future[bool] = Future()
        self._waiting.append((write, result))
        with self._lock:
            if not result.done():
                self._write_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        return result.result()

    def _write_all(self, taken: list[tuple[Write, Future[bool]]]) -> None:
        try:
            with self._store.write() as db:
                values = [write(db) for write, _ in taken]
        except StorageBusy as error:
            for _, result in taken:
                result.set_exception(error)
        except Exception:
            # One of them fails, which must not make the others fail.
            for write, result in taken:
                self._write_alone(write, result)
        else:
            for (_, result), value in zip(taken, values, strict=True):
                result.set_result(value)

    def _write_alone(self, write: Write, result: Future[bool]) -> None:
        try:
            with self._store.write() as db:
                value = write(db)
        except Exception as error:
            result.set_exception(error)
        else:
            result.set_result(value)


_stores: weakref.WeakSet[Store] = weakref.WeakSet()


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
