"""Bring the tables up to date, under the write lock because processes may start at once."""

import sqlite3
import time
from contextlib import closing

import sqlite_utils
from sqlite_utils.migrations import Migrations

from store import database
from store.database import StorageBusy, StorageUnsafe, Store
from store.engines.sqlite import SqliteDatabase, SqliteStore
from store.schema import confidential
from store.schema.steps import NAME, STEPS, applied, refuse_newer
from store.sealing import Seal

#: As long as systemd waits for what comes before a start.
LONGEST_WAIT_SECONDS = 90.0
#: It rewrites the whole file, which SQLite does outside of a transaction only.
WITHOUT_TRANSACTION = (confidential.emptied,)

migrations = Migrations(NAME)
for step in STEPS:
    migrations(transactional=step not in WITHOUT_TRANSACTION)(step)  # type: ignore[type-var]


class Upgrading(sqlite_utils.Database, SqliteDatabase):  # type: ignore[misc]
    """A connection to the file while sqlite-utils takes the steps on it."""

    def __init__(self, db: SqliteDatabase) -> None:
        super().__init__(db.conn, execute_plugins=False)
        self.seal = db.seal


def migrate(store: Store) -> list[str]:
    """Bring the database up to date; return the names of the migrations that ran.

    A process that finds another migrating waits for it, much longer than for a page's write: the
    other may have a large database, or a busy machine.
    """
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        try:
            return _migrate(store)
        except StorageBusy:
            if time.monotonic() > until:
                raise


def _migrate(store: Store) -> list[str]:
    if not isinstance(store, SqliteStore):
        return _migrate_server(store)
    with store.locked():
        db = store.read()
        refuse_newer(store)
        if db.execute("pragma journal_mode = wal").fetchone()[0] != "wal":
            raise StorageUnsafe("SQLite cannot keep a write-ahead log where the database lies")
        pending = [step.name for step in migrations.pending(Upgrading(db))]
        migrations.apply(Upgrading(db))
    if pending:
        store.checkpoint()
    return pending


def _migrate_server(store: Store) -> list[str]:
    """Make all tables in one go, as the steps would leave them; later, run only new steps."""
    refuse_newer(store)
    steps = {step.__name__: step for step in STEPS}
    with store.write() as db:
        done = applied(store)
        if not done:
            _make_tables(db, store.seal)
        pending = [name for name in steps if name not in done]
        for name in pending:
            if done:
                steps[name](db)  # type: ignore[arg-type]
            db.execute("insert into migrations (name) values (?)", [name])
    return pending


def _make_tables(db: database.Database, seal: Seal) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        file = Upgrading(SqliteDatabase(connection, seal))
        migrations.apply(file)
        found = file.execute("select name, sql from sqlite_master where sql is not null").fetchall()
        for name, sql in found:
            if not name.startswith(("_sqlite", "sqlite_", "idx__sqlite")):
                db.execute(sql)
        db.execute("create table migrations (name text primary key)")
        for name, sealed in file.execute("select name, sealed from secrets").fetchall():
            db.execute("insert into secrets (name, sealed) values (?, ?)", [name, sealed])
