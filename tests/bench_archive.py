"""What the archive costs: the same question and the same write beside few and many cases."""

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from cryptography.fernet import Fernet
from pydantic import TypeAdapter

from store import cases, deliveries, outbox
from store.database import Database, stamp
from store.engines.sqlite import SqliteStore
from store.migrations import migrate
from store.record.documents import DOCUMENT
from store.sealing import Seal
from workflow.model import (
    Case,
    Decision,
    Event,
    Facts,
    Offer,
    OfferState,
    Outcome,
    Promise,
    PromiseKind,
    Role,
    State,
    Transition,
)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OPEN_CASES = 50
KEPT_FOR = timedelta(days=30)
#: With a number of sixteen digits, as long as a hash.
REST_OF_HASH = "0" * 48
LOOKS, COMMITS, ROUNDS, ROWS = 500, 40, 9, 2000

OPEN = Case(
    reference="PS-OPEN0",
    state=State.IN_REVIEW,
    version=1,
    submitted_at=NOW,
    opened_at=NOW,
    facts=Facts(department="emergency", role="nurse", is_mailable=True),
    promises=(Promise(PromiseKind.REVIEW, NOW, NOW + timedelta(days=3), NOW, NOW),),
)
CLOSED = replace(
    OPEN,
    state=State.CLOSED,
    version=5,
    outcome=Outcome.SUPPORTED,
    closed_at=NOW,
    promises=(),
    offers=(Offer(1, "alex-morgan", OfferState.ACCEPTED, NOW),),
)


@dataclass(frozen=True)
class Costs:
    """Median microseconds of asking for due work, and of one commit, in the quietest round."""

    poll: float
    commit: float


def commits_a_second(folder: Path) -> float:
    """Return what SQLite alone does on this disk: one row each, and synced."""
    connection = sqlite3.connect(folder / "disk.db", isolation_level=None)
    with closing(connection):
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("create table rows (id integer primary key, word text unique)")

        def commit() -> None:
            connection.execute("insert into rows (word) values (?)", [secrets.token_hex(32)])

        return 1e6 / median(_timed(commit, ROWS))


def compare(folder: Path, small: int, large: int) -> tuple[Costs, Costs, float]:
    """Measure beside a small and a large archive in turn; also gives the seconds of filling."""
    began = time.perf_counter()
    stores = [filled(folder / f"archive-{size}.db", size) for size in (small, large)]
    took = time.perf_counter() - began
    measured = [[_costs(store) for store in stores] for _ in range(ROUNDS)]
    few, many = (
        Costs(min(c.poll for c in costs), min(c.commit for c in costs))
        for costs in zip(*measured, strict=True)
    )
    return few, many, took


def filled(path: Path, size: int) -> SqliteStore:
    store = SqliteStore(path, Seal([Fernet.generate_key().decode()]))
    migrate(store)
    with store.write() as db:
        for number in range(OPEN_CASES):
            cases.add(db, _submitted(number))
        fill(db, size)
    store.checkpoint()
    return store


def _submitted(number: int) -> Transition:
    case = replace(OPEN, reference=f"PS-OPEN{number}")
    return Transition(case, case, Decision(Event.SUBMITTED, "", Role.REQUESTER), NOW)


def fill(db: Database, size: int) -> None:
    """Fill in what closed cases leave behind, in the order in which they come.

    The database makes the rows, so that their documents are all the same one, and open in the place
    of none: work that opens a closed case logs an error.
    """
    if not size:
        return
    # The first ones are opened until there is a report.
    first = db.execute("select coalesce(max(id), 0) + 50 from cases").fetchone()[0]
    document = db.seal.close(
        DOCUMENT, CLOSED.reference, TypeAdapter(Case).dump_json(CLOSED).decode()
    )
    day, kept = f"{NOW + KEPT_FOR:%Y-%m-%d}", int(KEPT_FOR.total_seconds())
    numbers = f"select 0 union all select n + 1 from made where n < {size - 1}"  # noqa: S608 - a number
    made = f"with recursive made (n) as ({numbers})"
    number = "cast(1000000000000000 + n as text)"
    for into, values, bound in (
        (
            "cases (id, reference, revision, version, document, is_open, forget_at, kept_for)",
            f"{first} + n, 'PS-' || cast(1000000 + n as text), 5, 5, ?, 0, ?, {kept}",
            [document, day],
        ),
        (
            "deliveries (seen, received_at, case_id)",
            f"? || {number}, ?, {first} + n",
            [REST_OF_HASH, stamp(NOW)],
        ),
        (
            "outbox (occasion, message, detail, case_id, done_on, result)",
            f"? || {number}, ? || {number}, ?, {first} + n, ?, 'sent'",
            [REST_OF_HASH, REST_OF_HASH, db.seal.wrap("{}"), f"{NOW:%Y-%m-%d}"],
        ),
    ):
        db.execute(f"insert into {into} {made} select {values} from made", bound)  # noqa: S608 - our words


def _costs(store: SqliteStore) -> Costs:
    db = store.read()
    early = NOW - timedelta(days=1)

    def poll() -> None:
        cases.due(db, early)
        deliveries.is_due(db, early)
        outbox.is_due(db, early)

    def commit() -> None:
        stored = cases.find(db, "PS-OPEN7")
        assert stored is not None
        with store.write() as writing:
            cases.save(writing, stored, stored.case)

    return Costs(median(_timed(poll, LOOKS)), median(_timed(commit, COMMITS)))


def _timed(call: Callable[[], None], times: int) -> Iterator[float]:
    for _ in range(times):
        began = time.perf_counter()
        call()
        yield 1e6 * (time.perf_counter() - began)
