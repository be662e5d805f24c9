"""Every step from an empty database to this release, and which of them a database has taken."""

from store.database import Database, Store
from store.engines.sqlite import SqliteDatabase
from store.keys import binding
from store.schema import confidential, inviting, original, people, reporting, searching
from store.schema.statements import run

#: How sqlite-utils knows our steps in a file; a server has a table of its own.
NAME = "peer-support"


def undoable(db: SqliteDatabase) -> None:
    # What can still be taken back is found without reading the whole history.
    db.execute(
        "create index history_undoable on history (case_id) where document_before is not null"
    )


def bound(db: SqliteDatabase) -> None:
    # From here on nothing opens in another place, whichever release sealed it.
    binding.bind_everything(db)


def unjoined(db: SqliteDatabase) -> None:
    # Nothing in clear joins a computer on a page, or a mail that waits, to a person or a request.
    run(db, confidential.UNJOINED)


def kept_for(db: Database) -> None:
    # How long a closed case is kept: a shorter time applies to it without opening its document.
    confidential.add_kept_for(db)


#: In the order in which the steps were added; the database keeps their names.
STEPS = (
    *original.STEPS, *people.STEPS, *searching.STEPS, *confidential.STEPS, *reporting.STEPS,
    *inviting.STEPS, undoable, bound, unjoined, kept_for,
)  # fmt: skip


class NewerRelease(Exception):
    """A newer release wrote this database. Install that release; trying again does not help."""


def refuse_newer(store: Store) -> None:
    """Raise NewerRelease if the database has steps that this release does not know."""
    ours = {step.__name__ for step in STEPS}
    newer = ", ".join(name for name in applied(store) if name not in ours)
    if newer:
        raise NewerRelease(
            f"It comes from a newer release, which made {newer} in it: install that release"
        )


def is_ours(store: Store) -> bool:
    """Tell whether this is a database of this service, however old."""
    return bool(applied(store))


def is_current(store: Store) -> bool:
    """Tell whether every step has been taken."""
    done = {*applied(store)}
    return all(step.__name__ in done for step in STEPS)


def applied(store: Store) -> list[str]:
    """Return the names of the steps that a database has taken."""
    db = store.read()
    is_file = isinstance(db, SqliteDatabase)
    table = "_sqlite_migrations" if is_file else "migrations"
    if table not in db.table_names():
        return []
    which = f"where migration_set = '{NAME}' order by rowid" if is_file else ""
    return [name for (name,) in db.execute(f"select name from {table} {which}").fetchall()]  # noqa: S608 - our words
