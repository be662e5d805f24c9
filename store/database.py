"""The database: what a connection and a store are, whatever engine is behind them."""

import sqlite3
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from store import sealing
from store.sealing import Pseudonyms, Seal, keyed_hash

PATIENCE_SECONDS = 5.0
#: The table that says so in a database from which everything was moved: nothing more is written
#: there, because no one would ever read it.
MOVED = "moved_away"
#: A write-ahead log above this size means that a long read keeps us from emptying it.
LARGE_LOG = 64 * 1024 * 1024


class StorageBusy(Exception):
    """The write lock was not free in time. Trying again soon helps."""


class StorageUnsafe(Exception):
    """The engine does not store data durably here. Trying again does not help."""


class StorageError(Exception):
    """PostgreSQL could not do what it was asked. Trying again rarely helps."""


class StorageDown(StorageError):
    """PostgreSQL cannot be reached, or has no room. Trying again later helps."""


class StorageMoved(StorageDown):
    """All of it was moved to another database. Trying again helps once DATABASE names that one."""

    def __init__(self) -> None:
        super().__init__(
            "Everything was moved from this database to another one by `flask move-database`: set"
            " DATABASE to that one"
        )


#: What any use of the database may raise, apart from the three above.
ERRORS = (sqlite3.Error, StorageError)
#: Nothing can be written now: the database is locked, away, full or read-only. It passes.
UNWRITABLE = (StorageBusy, StorageDown, sqlite3.OperationalError)


def stamp(at: datetime) -> str:
    """Return a moment as it is stored: in UTC and whole seconds, as any database parses it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def unstamp(text: str) -> datetime:
    """Return a stored moment; ValueError if it is damaged, which quotes nothing of it."""
    at: datetime | None = None
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
    if at is None or at.tzinfo is None:
        raise ValueError("A stored moment is damaged")
    return at


def stamp_minute(at: datetime) -> str:
    """Return a moment to wait for, as coarse as may be: the next whole minute."""
    seconds = timedelta(seconds=at.second, microseconds=at.microsecond)
    return stamp(at - seconds + timedelta(minutes=1) if seconds else at)


class Cursor(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


Values = Sequence[Any] | Mapping[str, Any]


class Database(ABC):
    """A connection, and what seals and opens the columns that tell of requests and people.

    Statements are written as SQLite reads them, with `?` and `:name`.
    """

    seal: Seal

    @abstractmethod
    def execute(self, sql: str, values: Values | None = None) -> Cursor: ...

    @abstractmethod
    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None: ...

    @abstractmethod
    def table_names(self) -> list[str]: ...

    @abstractmethod
    def column_names(self, table: str) -> list[str]: ...

    @cached_property
    def pepper(self) -> str:
        """Return the key of all keyed hashes and pseudonyms, which stays the same for good."""
        return sealing.pepper(self, self.seal)

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self.pepper)

    def hash(self, kind: str, *parts: str) -> str:
        return keyed_hash(self.pepper, kind, *parts)


Write = Callable[[Database], bool]


class Lock(Protocol):
    """Something that no one else holds; it ends with the process, however that ends."""

    def close(self) -> None: ...

    def is_held(self) -> bool:
        """Tell whether it still is: a server that restarts ends all locks."""
        ...


class Store(ABC):
    """One database. Every thread has its own connection; one writer at a time."""

    seal: Seal

    @abstractmethod
    def read(self) -> Database:
        """Return this thread's connection. Nothing may be written through it."""

    @abstractmethod
    def write(self) -> AbstractContextManager[Database]:
        """Hold the write lock and one transaction: all of it gets to disk, or nothing.

        Raises StorageBusy when the lock is not free within the time allowed, and StorageMoved when
        what is written here would be lost. Only database
        statements and the seals of their columns belong inside: no network call, no template.
        """

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Database]:
        """Read one moment of the database, while others go on writing."""

    @abstractmethod
    def release(self) -> None:
        """Let other threads use this thread's connection, where connections are few."""

    @abstractmethod
    def close(self) -> None:
        """Close this thread's connection; the next use opens a new one."""

    @abstractmethod
    def watch(self) -> Callable[[], bool]:
        """Return a function that tells whether someone wrote since it was last called."""

    @abstractmethod
    def number_on(self, db: Database) -> None:
        """Let the next row of each table get a number after those that were written with theirs."""

    @abstractmethod
    def exists(self) -> bool:
        """Tell whether there is a database, however empty."""

    @abstractmethod
    def lock(self, kind: str, name: str) -> Lock | None:
        """Return a lock that lasts until it is closed; None if someone else holds it."""

    @abstractmethod
    def is_locked(self, kind: str, name: str) -> bool:
        """Tell whether someone holds a lock."""

    @abstractmethod
    def any_locked(self, kind: str) -> bool:
        """Tell whether someone holds any lock of a kind."""

    @abstractmethod
    def is_open_elsewhere(self) -> bool:
        """Tell whether another process has the database open.

        Only for a process that has not, where the database is a file: closing the file would end
        the process's own locks.
        """

    @abstractmethod
    def tidy(self, kind: str) -> None:
        """Remove what the locks of processes that ended have left."""

    @abstractmethod
    def check_durable(self) -> None:
        """Raise StorageUnsafe if what was confirmed may be lost."""

    @abstractmethod
    def onlookers(self) -> str:
        """Say who without a key sees when something is written, and how to end that; else ""."""

    @abstractmethod
    def has_room(self) -> bool:
        """Tell whether the disk has room for what is written next, as far as we can know."""

    @abstractmethod
    def checkpoint(self) -> bool:
        """Empty the write-ahead log; return False if a reader is in the way: then try again."""

    @abstractmethod
    def compact(self) -> bool:
        """Leave nothing of what was deleted in unused space; return False as `checkpoint` does."""

    @abstractmethod
    def bytes(self) -> int:
        """Return the size of the database without its log."""

    @abstractmethod
    def log_bytes(self) -> int:
        """Return the size of the write-ahead log."""


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
