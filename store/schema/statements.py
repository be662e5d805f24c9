"""Run the statements of one step."""

from collections.abc import Iterable

from store.engines.sqlite import SqliteDatabase


def run(db: SqliteDatabase, statements: Iterable[str]) -> None:
    for statement in statements:
        db.execute(statement)
