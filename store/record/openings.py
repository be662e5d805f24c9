"""Who opened a name or a text, and when."""

import json
from datetime import datetime

from store.database import Database, stamp, unstamp

#: The sealed column.
SEALED = "openings.detail"


def record(db: Database, case_id: int, at: datetime, person: str, what: str) -> None:
    """Record that someone opened a name or a text."""
    detail = db.seal.close(SEALED, case_id, json.dumps([stamp(at), person, what]))
    db.execute("insert into openings (case_id, detail) values (?, ?)", [case_id, detail])


def of_case(db: Database, case_id: int) -> list[tuple[datetime, str, str]]:
    rows = db.execute(
        "select detail from openings where case_id = ? order by id", [case_id]
    ).fetchall()
    found = (json.loads(db.seal.open(SEALED, case_id, row[0])) for row in rows)
    return [(unstamp(at), person, what) for at, person, what in found]
