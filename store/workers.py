"""Workers: when they last finished a round, and what they have claimed while they live."""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from store.database import Database, StorageBusy, StorageUnsafe, Store, stamp, unstamp

#: Heartbeats of workers that ended are deleted after this time.
OLDEST_BEAT = timedelta(days=1)


class Claimant:
    """Somebody who claims work: the lock on its file ends with the process, however it ends."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._descriptor: int | None = None
        self._name = ""

    @property
    def name(self) -> str:
        """Return the name to claim under. The first use chooses it and takes the lock."""
        if self._descriptor is None:
            self._name = secrets.token_hex(8)
            path = _path(self._store, self._name)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        return self._name

    def close(self) -> None:
        """Give up the lock: from now on others take over what is still claimed."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            _path(self._store, self._name).unlink(missing_ok=True)


@contextmanager
def only_one(store: Store, work: str) -> Iterator[bool]:
    """Yield whether nobody else, in any process, does this work until the end of the block."""
    path = store.path.with_name(f"{store.path.name}.only-{work}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def is_alive(store: Store, name: str) -> bool:
    """Tell whether a claimant's process still runs."""
    try:
        descriptor = os.open(_path(store, name), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def any_alive(store: Store) -> bool:
    """Tell whether any worker runs that has ever claimed something."""
    return any(is_alive(store, name) for name in _names(store))


def remove_dead(store: Store) -> None:
    """Delete the lock files that killed workers left behind."""
    for name in _names(store):
        if not is_alive(store, name):
            with suppress(FileNotFoundError):
                _path(store, name).unlink()


def claimants(db: Database) -> set[str]:
    """Return who has claimed deliveries or mails that are not done."""
    rows = db.execute(
        "select claimed_by from outbox where claimed_by > ''"
        " union select claimed_by from deliveries where claimed_by > ''"
    ).fetchall()
    return {name for (name,) in rows}


def release(db: Database, names: Iterable[str], now: datetime) -> None:
    """Make what these claimed due at once."""
    for name in names:
        db.execute(
            "update outbox set next_at = ?, claimed_by = '', result = 'later'"
            " where claimed_by = ? and next_at is not null",
            [stamp(now), name],
        )
        db.execute(
            "update deliveries set next_at = ?, claimed_by = ''"
            " where claimed_by = ? and next_at is not null",
            [stamp(now), name],
        )
        db.execute("update outbox set claimed_by = '' where claimed_by = ?", [name])
        db.execute("update deliveries set claimed_by = '' where claimed_by = ?", [name])


def beat(db: Database, worker: str, at: datetime, troubles: Iterable[str] = ()) -> None:
    """Record that a worker finished a round, and what it is in trouble with, in single words."""
    db.execute("delete from heartbeats where at < ?", [stamp(at - OLDEST_BEAT)])
    db.execute(
        "insert into heartbeats (worker, at, troubles) values (?, ?, ?)"
        " on conflict (worker) do update set at = excluded.at, troubles = excluded.troubles",
        [worker, stamp(at), " ".join(troubles)],
    )


def last_beat(db: Database) -> datetime | None:
    row = db.execute("select max(at) from heartbeats").fetchone()
    return unstamp(row[0]) if row[0] else None


class _TakenBack(Exception):
    """Ends a transaction that was only tried."""


def can_beat(store: Store, at: datetime) -> bool:
    """Tell whether something can be written; what is written is taken back.

    It never gets to disk, so that it says nothing about room there.
    """
    try:
        with store.write() as db:
            beat(db, "trial", at)
            raise _TakenBack
    except _TakenBack:
        return store.has_room()
    except (sqlite3.Error, OSError, StorageBusy, StorageUnsafe):
        return False


def troubles(db: Database, since: datetime) -> set[str]:
    """Return what workers are in trouble with that finished a round since a moment."""
    rows = db.execute("select troubles from heartbeats where at >= ?", [stamp(since)]).fetchall()
    return {word for (words,) in rows for word in words.split()}


def _names(store: Store) -> list[str]:
    prefix = _path(store, "").name
    return [path.name.removeprefix(prefix) for path in store.path.parent.glob(f"{prefix}*")]


def _path(store: Store, name: str) -> Path:
    return store.path.with_name(f"{store.path.name}.worker-{name}")
