"""Workers: when they last finished a round, and what they have claimed while they live."""

import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from store.database import ERRORS, Database, Lock, StorageBusy, StorageUnsafe, Store, stamp, unstamp

#: The kind of lock that a worker holds while it lives.
WORKER = "worker"
#: Heartbeats of workers that ended are deleted after this time.
OLDEST_BEAT = timedelta(days=1)


class Claimant:
    """Someone who claims work: their lock ends with the process, however it ends."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._lock: Lock | None = None
        self._name = ""

    @property
    def name(self) -> str:
        """Return the name to claim under, whose lock we hold.

        The first use takes it. Another one follows when a server has ended the lock: what was
        claimed under the old name is others' to take over.
        """
        with self._guard:
            if self._lock is not None and not self._lock.is_held():
                self._give_up()
            while self._lock is None:
                self._name = secrets.token_hex(8)
                self._lock = self._store.lock(WORKER, self._name)
            return self._name

    def close(self) -> None:
        """Give up the lock: from now on others take over what is still claimed."""
        with self._guard:
            self._give_up()

    def _give_up(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


@contextmanager
def only_one(store: Store, work: str) -> Iterator[bool]:
    """Yield whether no one else, in any process, does this work until the end of the block."""
    lock = store.lock("only", work)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.close()


def is_alive(store: Store, name: str) -> bool:
    """Tell whether a claimant's process still runs."""
    return store.is_locked(WORKER, name)


def any_alive(store: Store) -> bool:
    """Tell whether any worker runs that has ever claimed something."""
    return store.any_locked(WORKER)


def remove_dead(store: Store) -> None:
    """Remove the locks that killed workers left behind."""
    store.tidy(WORKER)


def claimants(db: Database) -> set[str]:
    """Return who has claimed deliveries or mails that are not done."""
    rows = db.execute(
        "select claimed_by from outbox where claimed_by > ''"
        " union select claimed_by from deliveries where claimed_by > ''"
    ).fetchall()
    return {name for (name,) in rows}


def release(db: Database, names: Iterable[str], now: datetime) -> None:
    """Make what these claimed due at once, before what came after it."""
    for name in names:
        first = "case when {0} < :now then {0} else :now end"
        db.execute(
            f"update outbox set next_at = {first.format('leaves_at')}, claimed_by = '',"  # noqa: S608 - our words
            " result = 'later' where claimed_by = :name and next_at is not null",
            {"now": stamp(now), "name": name},
        )
        db.execute(
            f"update deliveries set next_at = {first.format('received_at')}, claimed_by = ''"  # noqa: S608 - our words
            " where claimed_by = :name and next_at is not null",
            {"now": stamp(now), "name": name},
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


def count_alive(db: Database, since: datetime) -> int:
    """Count the workers that finished a round since a moment."""
    row = db.execute("select count(*) from heartbeats where at >= ?", [stamp(since)]).fetchone()
    return int(row[0])


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
    except (*ERRORS, OSError, StorageBusy, StorageUnsafe):
        return False


def troubles(db: Database, since: datetime) -> set[str]:
    """Return what workers are in trouble with that finished a round since a moment."""
    rows = db.execute("select troubles from heartbeats where at >= ?", [stamp(since)]).fetchall()
    return {word for (words,) in rows for word in words.split()}
