"""Many open requests like some that are there, each with seals of its own, made at once."""

import json
import secrets
from collections.abc import Collection, Iterator
from typing import Any

from store import identities, outbox
from store.database import Database, Store
from store.record import history
from store.record.documents import DOCUMENT

#: What a request that only waits has, and what is sealed there together with which column.
TABLES = (
    ("cases", DOCUMENT, "reference"),
    ("identities", identities.SEALED, "reference"),
    ("identity_hashes", "", ""),
    ("history", history.SEALED, "case_id"),
    ("outbox", outbox.DETAIL, "occasion"),
)
#: What no two rows share; as long as a hash.
UNIQUE = ("hash", "occasion", "message")

Row = dict[str, Any]
#: A table, its sealed column and the key of that, and one of its rows.
Model = tuple[str, str, str, Row]


def multiply(store: Store, db: Database, references: Collection[str], number: int) -> None:
    """Add so many requests, made after these in turn."""
    last = db.execute("select max(id) from cases").fetchone()[0]
    models = [_rows(db, reference) for reference in references]
    made: dict[str, list[Row]] = {}
    for one in range(number):
        for table, row in _copy(db, models[one % len(models)], last + 1 + one, f"PS-M{one:06}"):
            made.setdefault(table, []).append(row)
    for table, rows in made.items():
        names, marks = ", ".join(rows[0]), ", ".join("?" for _ in rows[0])
        db.executemany(
            f"insert into {table} ({names}) values ({marks})",  # noqa: S608 - our names
            (list(row.values()) for row in rows),
        )
    store.number_on(db)


def _rows(db: Database, reference: str) -> list[Model]:
    """Return all rows of a request, with what they seal in clear."""
    found = []
    for table, column, key in TABLES:
        names = db.column_names(table)
        condition = "id" if table == "cases" else "case_id"
        rows = db.execute(
            f"select {', '.join(names)} from {table}"  # noqa: S608 - our names
            f" where {condition} = (select id from cases where reference = ?)",
            [reference],
        ).fetchall()
        for values in rows:
            row = dict(zip(names, values, strict=True))
            assert not row.get("document_before"), "more happened than that it came"
            if column:
                name = column.partition(".")[2]
                row[name] = db.seal.open(column, row.get(key, reference), row[name])
            found.append((table, column, key, row))
    return found


def _copy(
    db: Database, model: list[Model], case_id: int, reference: str
) -> Iterator[tuple[str, Row]]:
    for table, column, key, row in model:
        new = row | {name: secrets.token_hex(32) for name in UNIQUE if name in row}
        if table == "cases":
            new |= {"id": case_id, "reference": reference}
        else:
            new.pop("id", None)
            new["case_id"] = case_id
        if column:
            name = column.partition(".")[2]
            text = _about(row[name], case_id, reference)
            new[name] = db.seal.close(column, new.get(key, reference), text)
        yield table, new


def _about(text: str, case_id: int, reference: str) -> str:
    """Let a document be about the new request."""
    document = json.loads(text)
    known = {"reference": reference, "case_id": case_id}
    return json.dumps(document | {name: known[name] for name in known if name in document})
