"""PostgreSQL: pooled connections, one writer at a time by an advisory lock, and notifications.

Each writer holds one lock of the whole program, as with SQLite, so that no two transactions
that write interleave: see docs/decisions/one-writer-at-a-time-in-postgresql.md.
"""

import hashlib
import os
import secrets
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from store.database import (
    MOVED,
    PATIENCE_SECONDS,
    Database,
    StorageMoved,
    StorageUnsafe,
    Store,
)
from store.engines.pooling import Pool
from store.engines.server_connection import PostgresDatabase, Whole, explained, own
from store.sealing import Seal

#: Threads of one process that use the database at the same moment.
CONNECTIONS = 20
#: Both ends notice after three seconds that the other machine is gone, and its locks end: all goes
#: on elsewhere within five.
ALIVE = {
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "tcp_user_timeout": "3000",
}
ALIVE_THERE = (
    "set tcp_keepalives_idle = 1; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 2;"
    " set tcp_user_timeout = 3000; set idle_in_transaction_session_timeout = 60000;"
    " set client_min_messages = warning;"
)
#: What tells our connections from those of other processes, and of other programs in one database.
PROCESS = secrets.token_hex(4)
OURS = "'peer-support ' || hashtext(current_schema()) || ' '"
IS_MOVED = (
    f"select 1 from pg_class where relname = '{MOVED}'"  # noqa: S608 - our words
    " and relnamespace = current_schema()::regnamespace"
)
#: Kinds of locks.
WRITING = "writing"


class Opened:
    """A thread's connection, which goes back where it came from, also when the thread ends."""

    def __init__(self, pool: Pool, database: PostgresDatabase) -> None:
        self.pool = pool
        self.database = database
        self.is_given = False

    def give(self) -> None:
        # A forked child must leave its parent's connections alone.
        if not self.is_given and self.pool.pid == os.getpid():
            self.is_given = True
            self.pool.give(self.database.connection)

    def __del__(self) -> None:
        self.give()


class SessionLock:
    """An advisory lock on a connection of its own, which ends with the process or its machine."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def is_held(self) -> bool:
        # The server answers: so it has kept this connection, and the lock with it.
        with suppress(psycopg.Error):
            self._connection.execute("select")
            return True
        return False

    def close(self) -> None:
        self._connection.close()


class PostgresStore(Store):
    """One database, or one schema of one, on a server."""

    def __init__(self, url: str, seal: Seal, patience: float = PATIENCE_SECONDS) -> None:
        self.url = url
        self.seal = seal
        self._patience = patience
        self._local = threading.local()
        self._guard = threading.Lock()
        self._pool: Pool | None = None
        self._schema = ""
        self._listening: list[psycopg.Connection[Any]] = []
        _stores.add(self)

    def read(self) -> PostgresDatabase:
        opened: Opened | None = getattr(self._local, "opened", None)
        if opened is not None and opened.pool.pid == os.getpid():
            if not opened.database.connection.closed:
                return opened.database
            self.release()
        pool = self._pool_of_process()
        with explained():
            database = PostgresDatabase(pool.take(self._patience), self.seal)
        self._local.opened = Opened(pool, database)
        return database

    def release(self) -> None:
        opened: Opened | None = self._local.__dict__.pop("opened", None)
        if opened is not None:
            opened.give()

    def close(self) -> None:
        self.release()
        for connection in self._listening:
            connection.close()
        with self._guard:
            if self._pool is not None and self._pool.pid == os.getpid():
                self._pool.close()
            self._pool = None

    @contextmanager
    def write(self) -> Iterator[PostgresDatabase]:
        db = self.read()
        key = self._key(WRITING, "")
        try:
            # One round trip. Everyone who writes waits here, in the order in which they came.
            with explained():
                begin = own(f"begin; select pg_advisory_xact_lock({key}); {IS_MOVED}")
                is_moved = _last_row(db.connection.execute(begin)) is not None
            if is_moved:
                raise StorageMoved
            yield db
            db.run(f"notify {self._channel}; commit")
        except BaseException:
            with suppress(psycopg.Error):
                db.connection.rollback()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[PostgresDatabase]:
        db = self.read()
        db.run(
            "begin isolation level repeatable read read only;"
            " set local idle_in_transaction_session_timeout = 0"
        )
        try:
            yield db
        finally:
            with suppress(psycopg.Error):
                db.connection.rollback()

    def watch(self) -> Callable[[], bool]:
        connections = self._listening

        def has_changed() -> bool:
            with explained():
                if not connections or connections[0].closed:
                    connections[:] = [self._connect()]
                    connections[0].execute(own(f"listen {self._channel}"))
                    return True
                return _was_notified(connections[0])

        return has_changed

    def number_on(self, db: Database) -> None:
        for name in db.table_names():
            if "id" in db.column_names(name):
                last = f"(select max(id) from {name})"  # noqa: S608 - our names
                sequence = f"pg_get_serial_sequence('{name}', 'id')"
                db.execute(f"select setval({sequence}, {last}) where {last} is not null")

    def exists(self) -> bool:
        return bool(self.read().table_names())

    def lock(self, kind: str, name: str) -> SessionLock | None:
        connection = self._connect()
        is_taken = False
        try:
            with explained():
                key = key_pair(self._key(kind, name))
                (row,) = connection.execute("select pg_try_advisory_lock(%s, %s)", key)
                is_taken = row[0]
        finally:
            if not is_taken:
                connection.close()
        return SessionLock(connection) if is_taken else None

    def is_locked(self, kind: str, name: str) -> bool:
        held = self._held(kind)
        return key_pair(self._key(kind, name))[1] & 0xFFFFFFFF in held

    def any_locked(self, kind: str) -> bool:
        return bool(self._held(kind))

    def is_open_elsewhere(self) -> bool:
        found = self.read().run(
            "select 1 from pg_stat_activity where datname = current_database()"  # noqa: S608 - our words
            f" and application_name like {OURS} || '%%'"
            " and application_name <> current_setting('application_name') limit 1",
            [],
        )
        return found.fetchone() is not None

    def tidy(self, kind: str) -> None:
        """The server ends the locks of processes that ended."""

    def has_room(self) -> bool:
        """Only the server knows: its own monitor must say."""
        return True

    def checkpoint(self) -> bool:
        """The server does so in its own time."""
        return True

    def compact(self) -> bool:
        """Rewrite the tables; what the server's own log and archives keep is theirs to end."""
        db = self.read()
        filled = db.run(
            "select c.relname from pg_class c where c.relkind = 'r'"
            " and c.relnamespace = current_schema()::regnamespace and pg_relation_size(c.oid) > 0"
        )
        for (name,) in filled.fetchall():
            db.run(f"vacuum (full) {name}")
        return True

    def bytes(self) -> int:
        row = self.read().run(
            "select coalesce(sum(pg_total_relation_size(c.oid)), 0) from pg_class c"
            " where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace"
        )
        return int(row.fetchone()[0])

    def log_bytes(self) -> int:
        return 0

    def onlookers(self) -> str:
        asked = "select current_database() where has_database_privilege('public', %s, 'connect')"
        name = self.read().run("select current_database()").fetchone()[0]
        if self.read().run(asked, [name]).fetchone() is None:
            return ""
        return (
            "Every login of the server may connect to the database, and its counters tell when"
            f' something is written: run `revoke connect on database "{name}" from public`'
        )

    def check_durable(self) -> None:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            if self.read().run(f"show {name}").fetchone()[0] == "off":
                raise StorageUnsafe(f"PostgreSQL runs with {name} = off: switch it on")

    def _held(self, kind: str) -> set[int]:
        found = self.read().run(
            "select objid::bigint from pg_locks where locktype = 'advisory' and granted"
            " and objsubid = 2 and classid::bigint = %s"
            " and database = (select oid from pg_database where datname = current_database())",
            [key_pair(self._key(kind, ""))[0] & 0xFFFFFFFF],
        )
        return {number for (number,) in found.fetchall()}

    @property
    def _channel(self) -> str:
        return f"peer_support_{hashlib.sha256(self._scope.encode()).hexdigest()[:12]}"

    @property
    def _scope(self) -> str:
        """Return the schema: several programs may be in one database."""
        if not self._schema:
            found = self.read().run("select current_schema()").fetchone()
            self._schema = str(found[0])
        return self._schema

    def _key(self, kind: str, name: str) -> int:
        """Return the number of a lock: its kind in the upper half, its name in the lower."""
        upper = hashlib.sha256(f"{self._scope}/{kind}".encode()).digest()[:4]
        lower = hashlib.sha256(name.encode()).digest()[:4]
        return int.from_bytes(upper + lower, signed=True)

    def _pool_of_process(self) -> Pool:
        with self._guard:
            if self._pool is None or self._pool.pid != os.getpid():
                self._pool = Pool(self._connect, CONNECTIONS)
            return self._pool

    def _connect(self) -> psycopg.Connection[Any]:
        with explained():
            connection = psycopg.connect(make_conninfo(self.url, **ALIVE), autocommit=True)
            self._configure(connection)
            return connection

    def _configure(self, connection: psycopg.Connection[Any]) -> None:
        connection.adapters.register_loader("numeric", Whole)
        connection.execute(own(ALIVE_THERE))
        patience = int(self._patience * 1000)
        connection.execute(own(f"set lock_timeout = {patience}"))
        connection.execute(
            own(f"select set_config('application_name', {OURS} || %s, false)"), [PROCESS]
        )


def _last_row(found: psycopg.Cursor[Any]) -> Any:
    """Return what the last of several statements found."""
    while found.nextset():
        pass
    return found.fetchone()


def _was_notified(connection: psycopg.Connection[Any]) -> bool:
    """Read what has arrived, without asking the server: we look many times a second."""
    connection.pgconn.consume_input()
    was_notified = False
    while connection.pgconn.notifies() is not None:
        was_notified = True
    return was_notified


def key_pair(key: int) -> tuple[int, int]:
    """Return the two halves of a lock's number, as PostgreSQL takes them."""
    whole = key.to_bytes(8, signed=True)
    return int.from_bytes(whole[:4], signed=True), int.from_bytes(whole[4:], signed=True)


_stores: weakref.WeakSet[PostgresStore] = weakref.WeakSet()


def close_all() -> None:
    """Close what a child must not share: a connection belongs to one process."""
    for store in list(_stores):
        store.close()


os.register_at_fork(before=close_all)
