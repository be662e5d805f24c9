"""Mails that a restored installation holds back until `flask restore --release`."""

import json
from collections.abc import Iterable

from store.database import Database
from store.outbox import HELD

#: The next try of a mail that no one may claim.
NEVER = "9999-12-31T00:00:00Z"


def hold_but(db: Database, ids: Iterable[int]) -> None:
    """Hold back all mails that wait but these, also those that a worker had claimed."""
    db.execute(
        "update outbox set next_at = ?, claimed_by = '', result = ?"
        " where next_at is not null and id not in (select value from json_each(?))",
        [NEVER, HELD, json.dumps(list(ids))],
    )


def hold_claimed(db: Database, row_id: int) -> None:
    """Hold back a mail that this worker has claimed, without counting an attempt."""
    db.execute(
        "update outbox set next_at = ?, claimed_by = '', attempts = attempts - 1, result = ?"
        " where next_at is not null and id = ?",
        [NEVER, HELD, row_id],
    )


def count(db: Database) -> int:
    row = db.execute("select count(*) from outbox where result = ?", [HELD]).fetchone()
    return int(row[0])


def release(db: Database, at: str) -> None:
    """Let the mails leave that were held back."""
    db.execute("update outbox set next_at = ?, result = '' where result = ?", [at, HELD])
