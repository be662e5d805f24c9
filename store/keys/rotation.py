"""Seal everything with the first key, while the service runs, and count what needs which key."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

from store.database import Database, Store
from store.sealing import CannotOpen, has_moment

#: Every column that is sealed.
SEALED = (
    ("secrets", "sealed"),
    ("identities", "sealed"),
    ("cases", "document"),
    ("history", "detail"),
    ("history", "document_before"),
    ("openings", "detail"),
    ("rankings", "shown"),
    ("outbox", "detail"),
    ("outbox", "done_at"),
    ("outbox", "delayed_at"),
    ("outbox", "returned_since"),
    ("deliveries", "response_id"),
    ("deliveries", "submitted_at"),
    ("deliveries", "body"),
    ("copies", "response_id"),
    ("alarms", "detail"),
    ("programs", "said"),
    ("programs", "files"),
    ("links", "detail"),
    ("visits", "detail"),
    ("link_asks", "wanted"),
    ("reports", "said"),
    ("invitations", "detail"),
)
#: So many values are written in one transaction: others wait for a few milliseconds.
BATCH = 50

#: A row's number, and what is sealed in it.
Row = tuple[int, str]


def rotate(store: Store, tell: Callable[[str, int], None]) -> int:
    """Seal anew what another than the first key sealed; return how much that was.

    It may be stopped and repeated at any time. `tell` hears of each column and what was sealed
    anew there. A value that someone changes meanwhile is theirs: they seal with the first key.
    """
    total = 0
    for table, column in SEALED:
        batches = _batches(store, table, column)
        number = sum(_resealed(store, table, column, rows) for rows in batches)
        tell(f"{table}.{column}", number)
        total += number
    return total


def needed(store: Store) -> Counter[int | None]:
    """Return how many values each key opens, by its place in DATA_KEYS; None is no key."""
    counts: Counter[int | None] = Counter()
    for table, column in SEALED:
        for rows in _batches(store, table, column):
            counts.update(store.seal.key_of(sealed) for _, sealed in rows)
    return counts


def _batches(store: Store, table: str, column: str) -> Iterator[list[Row]]:
    last = 0
    while rows := _after(store.read(), table, column, last):
        yield rows
        last, _ = rows[-1]


def _after(db: Database, table: str, column: str, last: int) -> list[Row]:
    return db.execute(
        f"select rowid, {column} from {table} where rowid > ? and {column} is not null"  # noqa: S608 - our names
        " order by rowid limit ?",
        [last, BATCH],
    ).fetchall()


def _resealed(store: Store, table: str, column: str, rows: list[Row]) -> int:
    """Seal anew what needs it, and only if it is still the same when it is written."""
    anew = [(row_id, old, new) for row_id, old in rows if (new := _anew(store, old)) is not None]
    if not anew:
        return 0
    with store.write() as db:
        return sum(
            db.execute(
                f"update {table} set {column} = ? where rowid = ? and {column} = ?",  # noqa: S608 - our names
                [new, row_id, old],
            ).rowcount
            for row_id, old, new in anew
        )


def _anew(store: Store, sealed: str) -> str | None:
    """Return it sealed by the first key; None if it is, or if no key opens it."""
    if store.seal.key_of(sealed) == 0 and not has_moment(sealed):
        return None
    with suppress(CannotOpen):
        return store.seal.wrap(store.seal.unwrap(sealed))
    return None
