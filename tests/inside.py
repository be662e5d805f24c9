"""What can be seen behind the pages, for tests."""

from typing import Any

from flask import Flask
from pydantic import TypeAdapter

from engine.engine import Engine
from store.database import Store
from store.keys.upgrade import IDS
from store.outbox import Outgoing

#: Columns with pseudonyms, each with the name of these; sealed columns that tests read.
OF_COLUMN = {f"{table}.{column}": name for table, column, name in IDS}
OPENED = ("deliveries.response_id", "deliveries.submitted_at", "outbox.done_at")


class Inside:
    """What can be seen behind the pages: the database, and the engine as it is now."""

    app: Flask

    @property
    def store(self) -> Store:
        found: Store = self.app.extensions["store"]
        return found

    @property
    def engine(self) -> Engine:
        found: Engine = self.app.extensions["engine"]()
        return found

    @property
    def references(self) -> list[str]:
        """Return the requests that are there, in the order in which they came."""
        return [str(reference) for (reference,) in self.rows("cases", "reference")]

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Return what a table holds, in the order in which it came; all columns unless named.

        Ids are as people know them, where the table has pseudonyms.
        """
        shown = ", ".join(columns) or "*"
        found = self.store.read().execute(f"select {shown} from {table} order by rowid")  # noqa: S608
        return [
            tuple(map(self._opened, (f"{table}.{name}" for name in columns), row)) or row
            for row in found.fetchall()
        ]

    def _opened(self, column: str, value: Any) -> Any:
        if value and column in OF_COLUMN:
            return self.store.read().pseudonyms.id_of(OF_COLUMN[column], value)
        return self.store.seal.open(value) if value and column in OPENED else value

    @property
    def queue(self) -> list[Outgoing]:
        """Return the mails of the outbox, sent or not, in the order in which they were queued."""
        opened = (self.store.seal.open(detail) for (detail,) in self.rows("outbox", "detail"))
        return [TypeAdapter(Outgoing).validate_json(text) for text in opened]

    def row(self, table: str, *columns: str) -> tuple[Any, ...]:
        """Return the only row of a table."""
        (found,) = self.rows(table, *columns)
        return found
