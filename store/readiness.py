"""How much supporters take on, as they declared it; without a row the roster counts."""

from collections.abc import Collection
from datetime import date

from people.supporters import Readiness
from store.database import Database

#: The column with pseudonyms.
SUPPORTER = "readiness.supporter"


def declared(db: Database) -> dict[str, Readiness]:
    rows = db.execute(
        "select supporter, is_paused, rest_weeks, rests_until, capacity from readiness"
        " order by supporter"
    ).fetchall()
    found = {
        db.pseudonyms.id_of(SUPPORTER, row[0]): Readiness(
            bool(row[1]), row[2], date.fromisoformat(row[3]) if row[3] else None, row[4]
        )
        for row in rows
    }
    return dict(sorted(found.items()))


def declare(db: Database, supporter: str, readiness: Readiness) -> None:
    """Store what a supporter declared, instead of what they declared before."""
    if readiness == Readiness():
        _delete(db, supporter)
        return
    db.execute(
        "insert into readiness (supporter, is_paused, rest_weeks, rests_until, capacity)"
        " values (?, ?, ?, ?, ?)"
        " on conflict (supporter) do update set is_paused = excluded.is_paused,"
        " rest_weeks = excluded.rest_weeks, rests_until = excluded.rests_until,"
        " capacity = excluded.capacity",
        [
            db.pseudonyms.of(SUPPORTER, supporter),
            int(readiness.is_paused),
            readiness.rest_weeks,
            f"{readiness.rests_until}" if readiness.rests_until else None,
            readiness.capacity,
        ],
    )


def keep_only(db: Database, known: Collection[str]) -> None:
    """Delete the rows of everyone who is no longer on the roster."""
    for supporter in declared(db).keys() - set(known):
        _delete(db, supporter)


def _delete(db: Database, supporter: str) -> None:
    pseudonym = db.pseudonyms.of(SUPPORTER, supporter)
    db.execute("delete from readiness where supporter = ?", [pseudonym])
