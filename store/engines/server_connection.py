"""A connection to a PostgreSQL server: our statements there, and its errors as ours."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import errors
from psycopg.adapt import Loader

from store.database import (
    Cursor,
    Database,
    StorageBusy,
    StorageDown,
    StorageError,
    Values,
)
from store.engines import dialect
from store.sealing import Seal


class Whole(Loader):
    """Reads PostgreSQL's sums as the whole numbers that they are."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


class PostgresDatabase(Database):
    """A connection to the server."""

    def __init__(self, connection: psycopg.Connection[Any], seal: Seal) -> None:
        self.connection = connection
        self.seal = seal

    def execute(self, sql: str, values: Values | None = None) -> Cursor:
        if dialect.is_definition(sql):
            return self.run(dialect.definition(sql))
        return self.run(dialect.query(sql), _plain(values if values is not None else ()))

    def run(self, sql: str, values: Values | None = None) -> Cursor:
        """Run a statement that is PostgreSQL's own."""
        with explained():
            return self.connection.execute(own(sql), values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with explained(), self.connection.cursor() as cursor:
            cursor.executemany(own(dialect.query(sql)), rows)

    def table_names(self) -> list[str]:
        found = self.run(
            "select tablename from pg_tables where schemaname = current_schema() order by 1"
        )
        return [name for (name,) in found.fetchall()]

    def column_names(self, table: str) -> list[str]:
        found = self.run(
            "select column_name from information_schema.columns"
            " where table_schema = current_schema() and table_name = %s",
            [table],
        )
        return [name for (name,) in found.fetchall()]


@contextmanager
def explained() -> Iterator[None]:
    """Let what PostgreSQL says end as our errors, without the values of a statement."""
    try:
        yield
    except (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure) as error:
        raise StorageBusy(f"PostgreSQL: {type(error).__name__}") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise StorageDown(f"PostgreSQL: {type(error).__name__}") from error
    except psycopg.Error as error:
        raise StorageError(f"PostgreSQL: {type(error).__name__}") from error


def own(sql: str) -> LiteralString:
    """Return a statement that is ours: what people wrote is in its values only."""
    return sql


def _plain(values: Values) -> Any:
    """Return values as SQLite stores them: words of ours are texts, yes and no are 1 and 0."""
    if isinstance(values, dict):
        return {name: _plain_value(value) for name, value in values.items()}
    return [_plain_value(value) for value in values]


def _plain_value(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    # Its texts hold no NUL, which only someone who tampers with a form sends.
    return str(value).replace("\0", "\ufffd") if isinstance(value, str) else value
