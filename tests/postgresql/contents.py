"""All rows of a database, to put them into another one: much faster than to make one anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

#: Whoever is still connected has been forgotten by a story that ended its processes.
LONGEST_MS = 5000


@dataclass(frozen=True)
class Contents:
    """The columns of all tables, the rows of those that have any, and the next numbers."""

    columns: tuple[tuple[str, str], ...]
    rows: dict[str, bytes]
    numbers: dict[str, int | None]

    @classmethod
    def of(cls, url: str) -> "Contents":
        with _connected(url) as db:
            rows = {table: _copied(db, table) for table in _filled(db)}
            return cls(_columns(db), rows, _numbers(db))

    def put_into(self, url: str) -> None:
        """Leave these rows in a database with the same tables, and no others."""
        with _connected(url) as db:
            # Rows come and go whatever refers to them.
            db.execute("set session_replication_role = replica")
            _run(db, *(f"delete from {table}" for table in _filled(db)))  # noqa: S608 - our names
            for table, rows in self.rows.items():
                with db.cursor().copy(f"copy {table} from stdin (format binary)".encode()) as copy:
                    copy.write(rows)
            now = _numbers(db)
            changed = {name: at for name, at in self.numbers.items() if now[name] != at}
            _run(db, *(f"select setval('{name}', {at or 1}, {at is not None})"
                       for name, at in changed.items()))  # fmt: skip


def is_left(url: str, columns: tuple[tuple[str, str], ...]) -> bool:
    """End all connections; tell whether the database has the tables and the rights it had."""
    with _connected(url) as db:
        ended = db.execute(
            "select bool_and(pg_terminate_backend(pid, %s)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()",
            [LONGEST_MS],
        ).fetchone()
        rights = db.execute(
            "select 1 from pg_database where datname = current_database() and datacl is null"
        ).fetchone()
        return ended != (False,) and rights is not None and _columns(db) == columns


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url) as db:
        yield db


def _columns(db: psycopg.Connection[Any]) -> tuple[tuple[str, str], ...]:
    found = db.execute(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace"
        " and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum"
    )
    return tuple(found.fetchall())


def _filled(db: psycopg.Connection[Any]) -> list[str]:
    """Return the tables that have any rows."""
    tables = dict.fromkeys(table for table, _ in _columns(db))
    asked = (f"select '{table}' where exists (select from {table})" for table in tables)  # noqa: S608
    return [table for (table,) in db.execute(" union all ".join(asked).encode()).fetchall()]


def _copied(db: psycopg.Connection[Any], table: str) -> bytes:
    with db.cursor().copy(f"copy {table} to stdout (format binary)".encode()) as copy:
        return b"".join(map(bytes, copy))


def _numbers(db: psycopg.Connection[Any]) -> dict[str, int | None]:
    found = db.execute(
        "select sequencename::text, last_value from pg_sequences"
        " where schemaname = current_schema()"
    )
    return dict(found.fetchall())


def _run(db: psycopg.Connection[Any], *statements: str) -> None:
    if statements:
        db.execute(";".join(statements).encode())
