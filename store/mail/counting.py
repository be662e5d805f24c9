"""How many mails a day had, for monitors."""

from collections import Counter
from datetime import date

from store.database import Database
from store.outbox import UNDELIVERABLE, is_caused_by_anybody, opened
from store.sealing import CannotOpen

#: How a mail that is done has ended; others were dropped.
SENT, FAILED = "sent", "failed"
RESULTS = {"sent": SENT, UNDELIVERABLE: FAILED, "given up": FAILED}


def done_on(db: Database, day: date) -> Counter[str]:
    """Count the mails that were done on a day, by how they ended.

    Mails that anyone can cause by an address are left out: their number would tell whether we
    know it.
    """
    rows = db.execute(
        "select result, occasion, detail from outbox where done_on = ?", [f"{day}"]
    ).fetchall()
    return Counter(RESULTS[result] for result, *sealed in rows
                   if result in RESULTS and _is_ours(db, *sealed))  # fmt: skip


def _is_ours(db: Database, occasion: str, detail: str) -> bool:
    try:
        return not is_caused_by_anybody(opened(db, occasion, detail))
    except CannotOpen:
        return False
