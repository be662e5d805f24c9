"""The proof that requests are forgotten: how many in each week, when last, and what is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from store.database import Database, stamp, unstamp
from store.record.holds import IS_FREE

WEEKS_KEPT = timedelta(weeks=8)


@dataclass(frozen=True)
class Proof:
    """When forgetting last ran, and how many requests it forgot since the beginning of a week."""

    ran_at: datetime | None
    number: int


def count(db: Database, week: date) -> None:
    """Count a forgotten request in the week that begins on a Monday."""
    db.execute("delete from forgettings where week < ?", [f"{week - WEEKS_KEPT}"])
    db.execute(
        "insert into forgettings (week, number) values (?, 1)"
        " on conflict (week) do update set number = forgettings.number + 1",
        [f"{week}"],
    )


def record_run(db: Database, at: datetime) -> None:
    """Record that everything was looked at that might be due."""
    db.execute(
        "insert into last_forgetting (id, ran_at) values (1, ?)"
        " on conflict (id) do update set ran_at = excluded.ran_at",
        [stamp(at)],
    )


def since(db: Database, week: date) -> Proof:
    run = db.execute("select ran_at from last_forgetting where id = 1").fetchone()
    number = db.execute(
        "select coalesce(sum(number), 0) from forgettings where week >= ?", [f"{week}"]
    ).fetchone()[0]
    return Proof(unstamp(run[0]) if run else None, int(number))


def planned(db: Database) -> list[tuple[str, str]]:
    """Return the references of closed cases without a hold, with the day of forgetting."""
    rows = db.execute(
        "select reference, forget_at from cases"  # noqa: S608 - our words
        f" where forget_at is not null and {IS_FREE} order by forget_at, reference"
    ).fetchall()
    return [(row[0], row[1][:10]) for row in rows]


def oldest_due(db: Database) -> datetime | None:
    """Return when the oldest case or invitation is, or was, to be forgotten: of cases, the day."""
    day = db.execute(
        f"select min(forget_at) from cases where forget_at > '' and {IS_FREE}"  # noqa: S608
    ).fetchone()[0]
    invited = db.execute(
        "select min(ends_at) from invitations where not exists (select 1 from hold_on_all)"
    ).fetchone()[0]
    of_case = [datetime.fromisoformat(f"{day[:10]}T00:00:00Z")] if day else []
    return min([*of_case, *([unstamp(invited)] if invited else [])], default=None)
