"""What arrived at our door: stored before it is answered, kept until it is a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from store.database import stamp, unstamp

ARRIVALS_KEPT = timedelta(weeks=8)


#: Ways in besides the two doors.
RECONCILIATION, IMPORT = "reconciliation", "import"


@dataclass(frozen=True)
class StoredDelivery:
    """One response's arrival. `body` is sealed; `attempts` counts tries to make it a case."""

    id: int
    way: str
    survey_id: str
    response_id: str
    received_at: datetime
    submitted_at: datetime | None
    body: str | None
    attempts: int
    trouble: str
    #: Why the door took it for a test, "" if it did not; the program decides whether it counts.
    mark: str


@dataclass(frozen=True)
class Known:
    """What became so far of a delivery that we have already."""

    kept_because: str
    #: It is a case, or was one.
    is_settled: bool
    mark: str


@dataclass(frozen=True)
class Arrivals:
    """How many requests of a survey came by one way in the week that begins on this Monday."""

    week: date
    survey_id: str
    way: str
    number: int


def add(
    db: Database,
    *,
    seen: str,
    way: str,
    survey_id: str,
    response_id: str,
    received_at: datetime,
    submitted_at: datetime | None,
    kept_because: str,
    body: str | None,
    mark: str = "",
) -> bool:
    """Store a delivery; True when it says something new. It is due unless it is kept.

    A repeat of one that is not a case yet makes it due again, with the newer status and body;
    a repeat of one that is a case, or was one, is nothing new. Repeats come in any order: news of
    an earlier stage ("unfinished") does not take back that it is due. A worker that reads it at
    this moment has older news: `came_again` keeps what that worker finds out from counting.
    """
    row = db.execute(
        "insert into deliveries (seen, way, survey_id, response_id, received_at, submitted_at,"
        " kept_because, body, mark, next_at)"
        " values (:seen, :way, :survey_id, :response_id, :received_at, :submitted_at,"
        " :kept_because, :body, :mark, :next_at)"
        " on conflict (seen) do update set kept_because = excluded.kept_because,"
        " body = coalesce(excluded.body, deliveries.body), next_at = excluded.next_at,"
        " submitted_at = coalesce(excluded.submitted_at, deliveries.submitted_at), attempts = 0,"
        " came_again = 1,"
        " mark = case when deliveries.mark = '' then excluded.mark else deliveries.mark end"
        " where deliveries.case_id is null and deliveries.response_id is not null"
        " and excluded.kept_because = ''"
        " returning id",
        {
            "seen": seen,
            "way": way,
            "survey_id": survey_id,
            "response_id": response_id,
            "received_at": stamp(received_at),
            "submitted_at": stamp(submitted_at) if submitted_at else None,
            "kept_because": kept_because,
            "body": body,
            "mark": mark,
            "next_at": None if kept_because else stamp(received_at),
        },
    ).fetchall()
    return bool(row)


def claim(db: Database, now: datetime, leased_until: datetime, limit: int) -> list[StoredDelivery]:
    """Take deliveries that are due; whoever dies with one leaves it due again by itself."""
    rows = db.execute(
        "update deliveries set next_at = ?, attempts = attempts + 1, came_again = 0 where id in"
        " (select id from deliveries where next_at <= ? order by next_at, id limit ?)"
        " returning id, way, survey_id, response_id, received_at, submitted_at, body, attempts,"
        " trouble, mark",
        [stamp(leased_until), stamp(now), limit],
    ).fetchall()
    return [_delivery(row) for row in sorted(rows)]


def is_due(db: Database, now: datetime) -> bool:
    row = db.execute("select 1 from deliveries where next_at <= ? limit 1", [stamp(now)]).fetchone()
    return row is not None


def wake(db: Database, survey_id: str, kept_because: str, now: datetime) -> int:
    """Make deliveries due again that were kept for a reason that is gone."""
    return int(
        db.execute(
            "update deliveries set kept_because = '', next_at = ?"
            " where survey_id = ? and kept_because = ? and case_id is null and next_at is null",
            [stamp(now), survey_id, kept_because],
        ).rowcount
    )


def postpone(db: Database, delivery_id: int, until: datetime, trouble: str) -> None:
    """Later, not lost: try again at its next moment, and say what stood in the way."""
    db.execute(
        "update deliveries set next_at = ?, trouble = ?"
        " where id = ? and case_id is null and came_again = 0",
        [stamp(until), trouble, delivery_id],
    )


def keep(db: Database, delivery_id: int, kept_because: str, keeps_body: bool = False) -> None:
    """Keep a delivery that makes no case, with the reason; its answers go, unless told."""
    db.execute(
        "update deliveries set kept_because = :why, next_at = null, trouble = '',"
        " body = case when :keeps_body then body end"
        " where id = :id and case_id is null and came_again = 0",
        {"why": kept_because, "id": delivery_id, "keeps_body": int(keeps_body)},
    )


def drop_bodies(db: Database, kept_because: str, before: datetime) -> None:
    """Let the answers go of what has been kept for so long."""
    db.execute(
        "update deliveries set body = null where kept_because = ? and received_at < ?"
        " and case_id is null and next_at is null and body is not null",
        [kept_because, stamp(before)],
    )


def become_case(db: Database, delivery_id: int, case_id: int) -> bool:
    """Tie a delivery to its case; False when another worker was first, or it was forgotten."""
    tied = db.execute(
        "update deliveries set case_id = ?, next_at = null, body = null, trouble = '',"
        " kept_because = ''"
        " where id = ? and case_id is null and response_id is not null",
        [case_id, delivery_id],
    ).rowcount
    return bool(tied == 1)


def known(db: Database, seen: Sequence[str]) -> dict[str, Known]:
    """Return what became of those deliveries that we have; at most some hundreds at a time."""
    rows = db.execute(
        "select seen, kept_because, case_id is not null or response_id is null, mark"  # noqa: S608
        f" from deliveries where seen in ({', '.join('?' * len(seen))})",
        list(seen),
    ).fetchall()
    return {row[0]: Known(row[1], bool(row[2]), row[3]) for row in rows}


def waiting_ids(db: Database, delivery_id: int) -> tuple[str, str] | None:
    """Return survey and response of a delivery that is still to be read."""
    row = db.execute(
        "select survey_id, response_id from deliveries where id = ? and next_at is not null",
        [delivery_id],
    ).fetchone()
    return (row[0], row[1]) if row else None


def count_arrival(db: Database, week: date, survey_id: str, way: str) -> None:
    """Count a request by the way that it came; nothing here leads to one of them."""
    db.execute("delete from arrivals where week < ?", [f"{week - ARRIVALS_KEPT}"])
    db.execute(
        "insert into arrivals (week, survey_id, way, number) values (?, ?, ?, 1)"
        " on conflict (week, survey_id, way) do update set number = arrivals.number + 1",
        [f"{week}", survey_id, way],
    )


def arrivals(db: Database, since: date) -> list[Arrivals]:
    rows = db.execute(
        "select week, survey_id, way, number from arrivals where week >= ?"
        " order by week, survey_id, way",
        [f"{since}"],
    ).fetchall()
    return [Arrivals(date.fromisoformat(row[0]), *row[1:]) for row in rows]


def oldest_waiting(db: Database) -> datetime | None:
    """Return when the oldest delivery that is not read yet arrived."""
    row = db.execute("select min(received_at) from deliveries where next_at is not null").fetchone()
    return unstamp(row[0]) if row[0] else None


def count_waiting(db: Database, before: datetime) -> int:
    """Return how many deliveries that arrived before a moment are not read yet."""
    row = db.execute(
        "select count(*) from deliveries where next_at is not null and received_at < ?",
        [stamp(before)],
    ).fetchone()
    return int(row[0])


def _delivery(row: tuple) -> StoredDelivery:  # type: ignore[type-arg]
    return StoredDelivery(
        id=row[0],
        way=row[1],
        survey_id=row[2],
        response_id=row[3],
        received_at=unstamp(row[4]),
        submitted_at=unstamp(row[5]) if row[5] else None,
        body=row[6],
        attempts=row[7],
        trouble=row[8],
        mark=row[9],
    )
