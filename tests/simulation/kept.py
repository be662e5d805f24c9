"""What the database keeps: what the keys open, what anybody reads, and the counters."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from engine.engine import Engine
from store.database import stamp
from store.engines.sqlite import SqliteStore
from tests import disk
from tests.simulation.reported import Reported
from workflow.reports.feedback import ANSWERS

#: Nothing is left there that is due once a worker has done its round.
DUE_IN = (
    ("cases", "next_at", "moment"), ("deliveries", "next_at", "delivery"),
    ("outbox", "next_at", "mail"), ("invitations", "remind_at", "reminder"),
    ("invitations", "ends_at", "end"),
)  # fmt: skip


def found_without_keys(engine: Engine, told: set[str]) -> set[str]:
    """Return which texts, and which ids of the program, somebody finds who has only the disk."""
    return disk.found(disk.raw(engine.store), told | disk.ids(engine.program))


def found_with_keys(engine: Engine, texts: Iterable[str]) -> set[str]:
    """Return which texts somebody finds who has the keys, too."""
    assert isinstance(engine.store, SqliteStore)
    known = disk.opened(engine.store)
    return {text for text in texts if len(text) >= disk.SHORTEST and text in known}


def where_found_with_keys(engine: Engine, texts: Collection[str]) -> str:
    """Return in which tables these texts are, and beside what."""
    assert isinstance(engine.store, SqliteStore)
    return "; ".join(sorted(disk.places(engine.store, texts)))


def miscounted(engine: Engine, reported: Reported, least: int, most: int) -> str:
    """Return what the counters of quarters that are not reported yet count wrongly, or ""."""
    rows = engine.store.read().execute("select quarter, what, number from tallies").fetchall()
    sums: Counter[tuple[str, str]] = Counter()
    for quarter, what, number in rows:
        if not reported.knows(quarter):
            sums[quarter, what] += number
    counted = sum(number for (_, what), number in sums.items() if what == "requests")
    if not least <= counted <= most:
        return f"{least} requests are gone and {counted} are counted"
    for (quarter, what), number in sums.items():
        said = reported.said.get(quarter, Counter())
        right = (
            sum(n for (about, _), n in said.items() if about == what)
            if what in ANSWERS
            else sums[quarter, "requests"]
        )
        if number != right:
            return f"{what} of {quarter} adds up to {number} instead of {right}"
    return ""


def overdue(engine: Engine, now: datetime) -> str:
    """Return what is due and still there; "" if nothing is."""
    for table, column, what in DUE_IN:
        count = engine.store.read().execute(
            f"select count(*) from {table} where {column} <= ?",  # noqa: S608 - our names
            [stamp(now)],
        ).fetchone()[0]  # fmt: skip
        if count:
            return f"{count} due {what}(s)"
    return ""
