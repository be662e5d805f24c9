"""Run the statements of one step."""

from collections.abc import Iterable

from sqlite_utils import Database


def run(db: Database, statements: Iterable[str]) -> None:
    for statement in statements:
        db.execute(statement)
