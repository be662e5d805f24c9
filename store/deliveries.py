"""Deliveries from Qualtrics: stored before we answer, with their answers until they are a case."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from store.database import Database, stamp, unstamp
from store.sealing import CannotOpen

log = logging.getLogger(__name__)

#: The column with pseudonyms.
SURVEY = "deliveries.survey_id"
#: The sealed columns.
RESPONSE, SUBMITTED_AT, BODY = (
    f"deliveries.{name}" for name in ("response_id", "submitted_at", "body")
)
ARRIVALS_KEPT = timedelta(weeks=8)
#: No try is planned for later, except by a wrong clock: then a delivery is due.
LATEST_TRY = timedelta(hours=2)
DUE = "next_at is not null and (next_at <= ? or next_at > ?)"
NEXT_DUE = f"select id from deliveries where {DUE} order by next_at, id limit ?"  # noqa: S608


#: How the trouble of a delivery begins whose response Qualtrics does not know, or not yet.
NOT_THERE_YET = "not at Qualtrics yet"
#: Ways of arrival besides the two webhooks.
RECONCILIATION, IMPORT = "reconciliation", "import"


@dataclass(frozen=True)
class StoredDelivery:
    """The arrival of one response. `attempts` counts tries to make it a case."""

    id: int
    way: str
    survey_id: str
    response_id: str
    received_at: datetime
    submitted_at: datetime | None
    body: str | None = field(repr=False)
    attempts: int
    trouble: str
    #: Why the webhook took it for a test, or "". The program decides whether tests count.
    mark: str


@dataclass(frozen=True)
class Known:
    """What we already know about a delivery."""

    kept_because: str
    #: It is a case, or was one that we have forgotten.
    is_settled: bool
    mark: str


@dataclass(frozen=True)
class Arrivals:
    """The number of requests that arrived by one way in the week that begins on a Monday."""

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
    """Store a delivery; return True if it is new or has news. It is due unless it is kept.

    A repeat of a delivery that is not a case yet makes it due again, with the newer status and
    body. A repeat of one that is or was a case has no effect. Repeats come in any order, so news
    of an earlier stage ("unfinished") does not make it less due. A worker that is reading the
    delivery at this moment has older news: `came_again` makes us ignore its result.
    """
    received = stamp(received_at)
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
            "survey_id": db.pseudonyms.of(SURVEY, survey_id),
            "response_id": db.seal.close(RESPONSE, seen, response_id),
            "received_at": received,
            "submitted_at": db.seal.close(SUBMITTED_AT, seen, stamp(submitted_at))
            if submitted_at
            else None,
            "kept_because": kept_because,
            "body": db.seal.close(BODY, seen, body) if body else None,
            "mark": mark,
            "next_at": None if kept_because else received,
        },
    ).fetchall()
    return bool(row)


def claim(
    db: Database, now: datetime, leased_until: datetime, limit: int, by: str
) -> list[StoredDelivery]:
    """Lease deliveries that are due. If the claimant dies, others take them over at once.

    One that no key opens waits, and keeps no other from becoming a case.
    """
    rows = db.execute(
        "update deliveries set next_at = ?, claimed_by = ?, attempts = attempts + 1,"  # noqa: S608
        f" came_again = 0 where id in ({NEXT_DUE})"
        " returning id, way, survey_id, seen, response_id, received_at, submitted_at, body,"
        " attempts, trouble, mark",
        [stamp(leased_until), by, stamp(now), stamp(now + LATEST_TRY), limit],
    ).fetchall()
    found = []
    for row in sorted(rows):
        try:
            found.append(_delivery(db, row))
        except CannotOpen as error:
            log.error("Delivery %s cannot be read and waits: %s", row[0], error)
            postpone(db, row[0], leased_until, "error")
    return found


def let_go(db: Database, by: str, now: datetime) -> None:
    """Make due what a claimant has claimed and no longer works on."""
    db.execute(
        "update deliveries set next_at = ?, claimed_by = ''"
        " where claimed_by = ? and next_at is not null",
        [stamp(now), by],
    )


def is_due(db: Database, now: datetime) -> bool:
    row = db.execute(
        f"select 1 from deliveries where {DUE} limit 1",  # noqa: S608 - our words
        [stamp(now), stamp(now + LATEST_TRY)],
    ).fetchone()
    return row is not None


def wake(db: Database, survey_id: str, kept_because: str, now: datetime) -> int:
    """Make deliveries due again that were kept for a reason that no longer holds."""
    return int(
        db.execute(
            "update deliveries set kept_because = '', next_at = ?"
            " where survey_id = ? and kept_because = ? and case_id is null and next_at is null",
            [stamp(now), db.pseudonyms.of(SURVEY, survey_id), kept_because],
        ).rowcount
    )


def postpone(db: Database, delivery_id: int, until: datetime, trouble: str) -> None:
    """Try a delivery again later, and store what went wrong."""
    db.execute(
        "update deliveries set next_at = ?, claimed_by = '', trouble = ?"
        " where id = ? and case_id is null and came_again = 0",
        [stamp(until), trouble, delivery_id],
    )


def keep(db: Database, delivery_id: int, kept_because: str, keeps_body: bool = False) -> None:
    """Keep a delivery that makes no case, with the reason; `keeps_body` keeps its answers too."""
    db.execute(
        "update deliveries set kept_because = :why, next_at = null, claimed_by = '', trouble = '',"
        " body = case when :keeps_body = 1 then body end"
        " where id = :id and case_id is null and came_again = 0",
        {"why": kept_because, "id": delivery_id, "keeps_body": int(keeps_body)},
    )


def drop_bodies(db: Database, kept_because: str, before: datetime) -> None:
    """Delete the answers of kept deliveries that arrived before a moment."""
    db.execute(
        "update deliveries set body = null where kept_because = ? and received_at < ?"
        " and case_id is null and next_at is null and body is not null",
        [kept_because, stamp(before)],
    )


def tie_to_case(db: Database, delivery_id: int, case_id: int) -> bool:
    """Tie a delivery to its case; return False if it has a case already or was forgotten."""
    tied = db.execute(
        "update deliveries set case_id = ?, next_at = null, claimed_by = '', body = null,"
        " trouble = '', kept_because = '', received_at = null, submitted_at = null"
        " where id = ? and case_id is null and response_id is not null",
        [case_id, delivery_id],
    ).rowcount
    return bool(tied == 1)


def take_in(db: Database, delivery_id: int) -> bool:
    """Keep only the hash of a delivery that becomes no request; False if that is done already."""
    taken = db.execute(
        "update deliveries set way = null, survey_id = null, response_id = null, body = null,"
        " received_at = null, submitted_at = null, next_at = null, claimed_by = '', attempts = 0,"
        " trouble = '', kept_because = ''"
        " where id = ? and case_id is null and response_id is not null",
        [delivery_id],
    ).rowcount
    return bool(taken == 1)


def known(db: Database, seen: Sequence[str]) -> dict[str, Known]:
    """Return what we know about these deliveries. Ask for a few hundred at most."""
    rows = db.execute(
        "select seen, kept_because, case_id is not null or response_id is null, mark"  # noqa: S608
        f" from deliveries where seen in ({', '.join('?' * len(seen))})",
        list(seen),
    ).fetchall()
    return {row[0]: Known(row[1], bool(row[2]), row[3]) for row in rows}


def waiting_ids(db: Database, delivery_id: int) -> tuple[str, str] | None:
    """Return the ids of survey and response of a delivery that no one has read yet."""
    row = db.execute(
        "select survey_id, seen, response_id from deliveries where id = ? and next_at is not null",
        [delivery_id],
    ).fetchone()
    return (db.pseudonyms.id_of(SURVEY, row[0]), db.seal.open(RESPONSE, *row[1:])) if row else None


def count_arrival(db: Database, week: date, survey_id: str, way: str) -> None:
    """Count a request by its way of arrival. Nothing here leads back to the request."""
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


def oldest_waiting(db: Database, retried_since: datetime) -> datetime | None:
    """Return the arrival of the oldest delivery that no one could read yet.

    One that Qualtrics does not have yet only waits, as long as it is tried again in time.
    """
    row = db.execute(
        "select min(received_at) from deliveries"
        " where next_at is not null and not (trouble like ? and next_at > ?)",
        [f"{NOT_THERE_YET}%", stamp(retried_since)],
    ).fetchone()
    return unstamp(row[0]) if row[0] else None


def count_waiting(db: Database, before: datetime) -> int:
    """Count deliveries that arrived before a moment and that no one has read yet."""
    row = db.execute(
        "select count(*) from deliveries where next_at is not null and received_at < ?",
        [stamp(before)],
    ).fetchone()
    return int(row[0])


def _delivery(db: Database, row: tuple) -> StoredDelivery:  # type: ignore[type-arg]
    seen = row[3]
    return StoredDelivery(
        id=row[0],
        way=row[1],
        survey_id=db.pseudonyms.id_of(SURVEY, row[2]),
        response_id=db.seal.open(RESPONSE, seen, row[4]),
        received_at=unstamp(row[5]),
        submitted_at=unstamp(db.seal.open(SUBMITTED_AT, seen, row[6])) if row[6] else None,
        body=db.seal.open(BODY, seen, row[7]) if row[7] else None,
        attempts=row[8],
        trouble=row[9],
        mark=row[10],
    )
