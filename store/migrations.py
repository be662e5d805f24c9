"""Bring the tables up to date, under the write lock because processes may start at once."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store.database import StorageUnsafe, Store
from store.schema import confidential, inviting, original, people, reporting, searching

#: In the order in which the steps were added; the database keeps their names.
STEPS = (
    *original.STEPS, *people.STEPS, *searching.STEPS, *confidential.STEPS, *reporting.STEPS,
    *inviting.STEPS,
)  # fmt: skip
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


class NewerRelease(Exception):
    """A newer release wrote this database. Install that release; trying again does not help."""


def refuse_newer(store: Store) -> None:
    """Raise NewerRelease if the database has migrations that this release does not know."""
    ours = {step.name for step in migrations.pending(Database(memory=True))}
    steps = (step.name for step in migrations.applied(store.read()))
    newer = ", ".join(name for name in steps if name not in ours)
    if newer:
        raise NewerRelease(
            f"It comes from a newer release, which made {newer} in it: install that release"
        )


def is_ours(store: Store) -> bool:
    """Tell whether this is a database of this service, however old."""
    return bool(migrations.applied(store.read()))


def migrate(store: Store) -> list[str]:
    """Bring the database up to date; return the names of the migrations that ran."""
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


def is_current(store: Store) -> bool:
    """Tell whether every migration has run."""
    return not migrations.pending(store.read())
