"""Holds for legal reasons: on one case, or on all. No reason is stored."""

from datetime import datetime

from store.database import Database

#: A condition on the row of a case: neither it nor everything is held.
IS_FREE = "(held_at is null and not exists (select 1 from hold_on_all where id = 1))"


def hold(db: Database, case_id: int, held_at: datetime | None) -> None:
    """Hold a case so that it is not forgotten; None ends the hold."""
    value = f"{held_at:%Y-%m-%d}" if held_at else None
    db.execute("update cases set held_at = ? where id = ?", [value, case_id])


def hold_all(db: Database, held_at: datetime | None) -> None:
    """Hold everything, what is to come included; None ends that, not the holds on single cases."""
    db.execute("delete from hold_on_all")
    if held_at is not None:
        db.execute("insert into hold_on_all (id, held_at) values (1, ?)", [f"{held_at:%Y-%m-%d}"])


def all_held_since(db: Database) -> str:
    """Return the day since which everything is held; "" if that is not so."""
    row = db.execute("select held_at from hold_on_all where id = 1").fetchone()
    return str(row[0]) if row else ""


def is_held(db: Database, case_id: int) -> bool:
    row = db.execute(
        f"select 1 from cases where id = ? and not {IS_FREE}",  # noqa: S608 - our words
        [case_id],
    ).fetchone()
    return row is not None


def held(db: Database) -> list[tuple[str, str]]:
    """Return the references of cases that are held one by one, with the day of the hold."""
    rows = db.execute(
        "select reference, held_at from cases where held_at is not null order by held_at, reference"
    ).fetchall()
    return [(row[0], row[1]) for row in rows]
