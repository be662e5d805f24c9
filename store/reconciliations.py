"""When each survey was last compared with what Qualtrics has, and when it is next."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from store.database import stamp, unstamp


@dataclass(frozen=True)
class Claimed:
    """A reconciliation that this process does now; `began_at` is the last one that went well."""

    survey_id: str
    began_at: datetime | None


def is_due(db: Database, survey_ids: list[str], now: datetime) -> bool:
    """Tell whether one of these surveys has to be reconciled, or never was."""
    rows = db.execute(
        "select survey_id from reconciliations where next_at > ?", [stamp(now)]
    ).fetchall()
    return bool(set(survey_ids) - {row[0] for row in rows})


def claim(
    db: Database,
    survey_id: str,
    accept_from: date,
    now: datetime,
    leased_until: datetime,
    is_asked_for: bool = False,
) -> Claimed | None:
    """Take a survey that is due; None when it is not, or somebody else has it.

    A survey that accepts from an earlier day than before begins anew. Whoever asks for it by hand
    waits for no next moment.
    """
    row = db.execute(
        "insert into reconciliations (survey_id, accept_from, next_at)"
        " values (:survey_id, :accept_from, :until) on conflict (survey_id) do update set"
        " began_at = case when excluded.accept_from < reconciliations.accept_from"
        " then null else reconciliations.began_at end,"
        " accept_from = excluded.accept_from, next_at = excluded.next_at"
        " where reconciliations.next_at <= :now or :is_asked_for returning began_at",
        {
            "survey_id": survey_id,
            "accept_from": f"{accept_from}",
            "now": stamp(now),
            "until": stamp(leased_until),
            "is_asked_for": int(is_asked_for),
        },
    ).fetchall()
    if not row:
        return None
    return Claimed(survey_id, unstamp(row[0][0]) if row[0][0] else None)


def finish(db: Database, survey_id: str, began_at: datetime, next_at: datetime) -> None:
    """It went well: the next one goes on where this one began."""
    db.execute(
        "update reconciliations set began_at = ?, next_at = ? where survey_id = ?",
        [stamp(began_at), stamp(next_at), survey_id],
    )


def postpone(db: Database, survey_id: str, next_at: datetime) -> None:
    db.execute(
        "update reconciliations set next_at = ? where survey_id = ?", [stamp(next_at), survey_id]
    )
