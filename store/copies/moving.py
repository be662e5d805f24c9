"""Move a whole program from one database to another, and show that nothing differs."""

import hashlib
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from store.copies import checking
from store.copies.checking import Unusable
from store.database import MOVED, Database, Store

#: So many rows are written at a time.
BATCH = 500
#: Rows that others point to come first.
FIRST = ("cases",)
#: What a database has before anything happened in it.
FROM_MIGRATION = ("secrets",)

Row = tuple[Any, ...]


Tell = Callable[[str, int], None]


def move(source: Store, target: Store, tell: Tell = lambda name, number: None) -> dict[str, int]:
    """Copy all rows into an empty, migrated database; return how many each table has.

    `tell` hears of each table as it is done. Raises Unusable if the target is not empty, or differs
    afterwards: then nothing was written.
    """
    with source.write() as there:
        # No one writes there meanwhile, and no one afterwards: what comes later must go to the
        # target. A web server that was not stopped answers 503, so Qualtrics sends it again.
        numbers = copy_rows(there, target, tell)
        there.execute(f"create table {MOVED} (at text) strict")
        return numbers


def copy_rows(
    source: Database, target: Store, tell: Tell = lambda name, number: None
) -> dict[str, int]:
    """Do so with what a connection sees, whose moment must stay the same."""
    names = checking.tables(source)
    if names != checking.tables(target.read()):
        raise Unusable("the two databases are of different releases: run `flask migrate` on both")
    with target.write() as db:
        refuse_unless_empty(db)
        for name in FROM_MIGRATION:
            db.execute(f"delete from {name}")  # noqa: S608 - our names
        numbers = {}
        for name in sorted(names, key=lambda name: name not in FIRST):
            numbers[name] = _copy(source, db, name)
            tell(name, numbers[name])
        for name in names:
            if fingerprint(source, name) != fingerprint(db, name):
                raise Unusable(f"the rows of {name} differ after the move")
        target.number_on(db)
    # Its connections know the pepper that it had before.
    target.close()
    return numbers


def refuse_unless_empty(db: Database) -> None:
    """Raise Unusable if anything was stored: a delivery that waits is someone's request."""
    for name in checking.tables(db):
        found = db.execute(f"select 1 from {name} limit 1").fetchone()  # noqa: S608 - our names
        if found is not None and name not in FROM_MIGRATION:
            raise Unusable(f"the database to move to has rows in {name}: it must be empty")


def fingerprint(db: Database, table: str) -> str:
    """Return a hash of all rows, whatever their order."""
    digest = 0
    for row in _rows(db, table, _columns(db, table)):
        line = hashlib.sha256(json.dumps(row).encode()).digest()
        # Adding up makes the order not matter, and two alike rows count twice.
        digest = (digest + int.from_bytes(line)) % 2**256
    return f"{digest:064x}"


def _copy(source: Database, target: Database, table: str) -> int:
    columns, number = _columns(source, table), 0
    places = ", ".join("?" * len(columns))
    statement = f"insert into {table} ({', '.join(columns)}) values ({places})"  # noqa: S608 - our names
    rows = _rows(source, table, columns)
    while batch := list(islice(rows, BATCH)):
        target.executemany(statement, batch)
        number += len(batch)
    return number


def _rows(db: Database, table: str, columns: list[str]) -> Iterator[Row]:
    order = "id" if "id" in columns else columns[0]
    found = db.execute(f"select {', '.join(columns)} from {table} order by {order}")  # noqa: S608 - our names
    return (tuple(row) for row in found)


def _columns(db: Database, table: str) -> list[str]:
    return sorted(name for name in db.column_names(table) if name != "rowid")
