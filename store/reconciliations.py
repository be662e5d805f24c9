"""When each survey was last compared with Qualtrics, and when it is due again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from store.database import Database, stamp, unstamp

#: When nothing could be compared for this long, someone must look.
TOO_LONG = timedelta(hours=6)


@dataclass(frozen=True)
class Claimed:
    """A reconciliation that this process runs now; the last successful one began at `began_at`."""

    survey_id: str
    accept_from: date
    began_at: datetime | None
    first_at: datetime


def is_due(db: Database, survey_ids: Iterable[str], now: datetime, latest: datetime) -> bool:
    """Tell whether one of these surveys is due, or was never reconciled.

    A next moment after the latest possible one was set by a wrong clock, and counts as due.
    """
    rows = db.execute(
        "select survey_id from reconciliations where next_at > ? and next_at <= ?",
        [stamp(now), stamp(latest)],
    ).fetchall()
    return bool(set(survey_ids) - {row[0] for row in rows})


def compared_since(db: Database, survey_ids: Iterable[str], now: datetime) -> datetime:
    """Return the moment up to which all of these surveys were compared; `now` if none was begun."""
    rows = db.execute("select survey_id, coalesce(began_at, first_at) from reconciliations")
    wanted = set(survey_ids)
    return min((unstamp(at) for id, at in rows.fetchall() if id in wanted), default=now)


def claim(
    db: Database,
    survey_id: str,
    accept_from: date,
    now: datetime,
    leased_until: datetime,
    latest: datetime,
    is_asked_for: bool = False,
) -> Claimed | None:
    """Lease a survey that is due; None if it is not due or another process has it.

    A survey that now accepts from an earlier day than before starts over. With `is_asked_for` it
    is always due.
    """
    row = db.execute(
        "insert into reconciliations (survey_id, accept_from, first_at, next_at)"
        " values (:survey_id, :accept_from, :now, :until) on conflict (survey_id) do update set"
        " began_at = case when excluded.accept_from < reconciliations.accept_from"
        " then null else reconciliations.began_at end,"
        " accept_from = excluded.accept_from, next_at = excluded.next_at"
        " where reconciliations.next_at <= :now or reconciliations.next_at > :latest"
        " or :is_asked_for = 1 returning began_at, first_at",
        {
            "survey_id": survey_id,
            "accept_from": f"{accept_from}",
            "now": stamp(now),
            "until": stamp(leased_until),
            "latest": stamp(latest),
            "is_asked_for": int(is_asked_for),
        },
    ).fetchall()
    if not row:
        return None
    began_at, first_at = row[0]
    return Claimed(
        survey_id, accept_from, unstamp(began_at) if began_at else None, unstamp(first_at)
    )


def finish(db: Database, claimed: Claimed, began_at: datetime, next_at: datetime) -> None:
    """Record success: the next one begins where this one began, unless it starts over."""
    db.execute(
        "update reconciliations set began_at = ?, next_at = ?"
        " where survey_id = ? and accept_from = ?",
        [stamp(began_at), stamp(next_at), claimed.survey_id, f"{claimed.accept_from}"],
    )


def start_over(db: Database, now: datetime) -> None:
    """Let every survey be compared from its beginning, at once."""
    db.execute("update reconciliations set began_at = null, next_at = ?", [stamp(now)])


def postpone(db: Database, survey_id: str, next_at: datetime) -> None:
    db.execute(
        "update reconciliations set next_at = ? where survey_id = ?", [stamp(next_at), survey_id]
    )
