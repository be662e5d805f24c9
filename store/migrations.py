"""Bring the tables up to date, under the write lock because processes may start at once."""

import sqlite3
import time
from contextlib import closing

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store import database
from store.database import StorageBusy, StorageUnsafe, Store
from store.engines.sqlite import SqliteDatabase, SqliteStore
from store.keys import binding
from store.schema import confidential, inviting, original, people, reporting, searching
from store.schema.statements import run
from store.sealing import Seal

#: In the order in which the steps were added; the database keeps their names.
STEPS = (
    *original.STEPS, *people.STEPS, *searching.STEPS, *confidential.STEPS, *reporting.STEPS,
    *inviting.STEPS,
)  # fmt: skip
#: As long as systemd waits for what comes before a start.
LONGEST_WAIT_SECONDS = 90.0
#: It rewrites the whole file, which SQLite does outside of a transaction only.
WITHOUT_TRANSACTION = (confidential.emptied,)

migrations = Migrations("peer-support")
for step in STEPS:
    migrations(transactional=step not in WITHOUT_TRANSACTION)(step)


@migrations()
def undoable(db: Database) -> None:
    # What can still be taken back is found without reading the whole history.
    db.execute(
        "create index history_undoable on history (case_id) where document_before is not null"
    )


@migrations()
def bound(db: Database) -> None:
    # From here on nothing opens in another place, whichever release sealed it.
    binding.bind_everything(db)  # type: ignore[arg-type]


@migrations()
def unjoined(db: Database) -> None:
    # Nothing in clear joins a computer on a page, or a mail that waits, to a person or a request.
    run(db, confidential.UNJOINED)


@migrations()
def kept_for(db: Database) -> None:
    # How long a closed case is kept: a shorter time applies to it without opening its document.
    confidential.add_kept_for(db)  # type: ignore[arg-type]


class NewerRelease(Exception):
    """A newer release wrote this database. Install that release; trying again does not help."""


def refuse_newer(store: Store) -> None:
    """Raise NewerRelease if the database has migrations that this release does not know."""
    ours = {step.name for step in migrations.pending(Database(memory=True))}
    newer = ", ".join(name for name in _applied(store) if name not in ours)
    if newer:
        raise NewerRelease(
            f"It comes from a newer release, which made {newer} in it: install that release"
        )


def is_ours(store: Store) -> bool:
    """Tell whether this is a database of this service, however old."""
    return bool(_applied(store))


def is_current(store: Store) -> bool:
    """Tell whether every migration has run."""
    done = {*_applied(store)}
    return all(step.name in done for step in migrations.pending(Database(memory=True)))


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
        pending = [step.name for step in migrations.pending(db)]
        migrations.apply(db)
    if pending:
        store.checkpoint()
    return pending


def _applied(store: Store) -> list[str]:
    db = store.read()
    if isinstance(db, SqliteDatabase):
        return [step.name for step in migrations.applied(db)]
    if "migrations" not in db.table_names():
        return []
    return [name for (name,) in db.execute("select name from migrations").fetchall()]


def _migrate_server(store: Store) -> list[str]:
    """Make all tables in one go, as the steps would leave them; later, run only new steps."""
    refuse_newer(store)
    steps = {step.name: step for step in migrations.pending(Database(memory=True))}
    with store.write() as db:
        done = _applied(store)
        if not done:
            _make_tables(db, store.seal)
        pending = [name for name in steps if name not in done]
        for name in pending:
            if done:
                steps[name].fn(db)  # type: ignore[arg-type]
            db.execute("insert into migrations (name) values (?)", [name])
    return pending


def _make_tables(db: database.Database, seal: Seal) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        file = SqliteDatabase(connection)
        file.seal = seal
        migrations.apply(file)
        found = file.execute("select name, sql from sqlite_master where sql is not null").fetchall()
        for name, sql in found:
            if not name.startswith(("_sqlite", "sqlite_", "idx__sqlite")):
                db.execute(sql)
        db.execute("create table migrations (name text primary key)")
        for name, sealed in file.execute("select name, sealed from secrets").fetchall():
            db.execute("insert into secrets (name, sealed) values (?, ?)", [name, sealed])
