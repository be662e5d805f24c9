"""What can be seen behind the pages, for tests."""

from typing import Any

from flask import Flask
from pydantic import TypeAdapter

from engine.engine import Engine
from store.engines.sqlite import SqliteStore
from store.keys.upgrade import IDS, OF_MAIL
from store.outbox import Outgoing
from tests.disk import text_of

#: Columns with pseudonyms, each with the name of these; sealed columns that tests read.
OF_COLUMN = {f"{table}.{column}": name for table, column, name in IDS}
MAIL = TypeAdapter(Outgoing)
OPENED = ("deliveries.response_id", "deliveries.submitted_at", "outbox.done_at")


class Inside:
    """What can be seen behind the pages: the database, and the engine as it is now."""

    app: Flask

    @property
    def store(self) -> SqliteStore:
        found: SqliteStore = self.app.extensions["store"]
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

        Ids are as people know them, where the table has pseudonyms; what a mail's sealed details
        hold is a column, too.
        """
        known = [f"outbox.{name}" for name in OF_MAIL]
        places = [f"{table}.{name}" for name in columns]
        shown = ", ".join("detail" if one in known else one for one in places) or "*"
        found = self.store.read().execute(f"select {shown} from {table} order by rowid")  # noqa: S608
        return [tuple(map(self._opened, places, row)) or row for row in found.fetchall()]

    def _opened(self, column: str, value: Any) -> Any:
        table, _, name = column.partition(".")
        if table == "outbox" and name in OF_MAIL:
            return getattr(MAIL.validate_json(text_of(self.store.seal, value)), name)
        if value and column in OF_COLUMN:
            return self.store.read().pseudonyms.id_of(OF_COLUMN[column], value)
        return text_of(self.store.seal, value) if value and column in OPENED else value

    @property
    def queue(self) -> list[Outgoing]:
        """Return the mails of the outbox, sent or not, in the order in which they were queued."""
        opened = (text_of(self.store.seal, detail) for (detail,) in self.rows("outbox", "detail"))
        return [MAIL.validate_json(text) for text in opened]

    def row(self, table: str, *columns: str) -> tuple[Any, ...]:
        """Return the only row of a table."""
        (found,) = self.rows(table, *columns)
        return found
