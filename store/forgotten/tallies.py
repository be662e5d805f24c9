"""Counts per quarter: what is left of forgotten cases, until the year is reported."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from store.database import Database
from workflow.reports.figures import Counts

#: A column with pseudonyms.
VALUE = "tallies.value"

#: A quarter, what is counted, and the value that is counted once more.
Tally = tuple[str, str, str]


def add(db: Database, tallies: Iterable[Tally]) -> None:
    for (quarter, what, value), number in Counter(tallies).items():
        db.execute(
            "insert into tallies (quarter, what, value, number) values (?, ?, ?, ?)"
            " on conflict (quarter, what, value)"
            " do update set number = tallies.number + excluded.number",
            [quarter, what, db.pseudonyms.of(VALUE, value), number],
        )


def of_quarter(db: Database, quarter: str) -> Counts:
    """Return how often each value was counted, by what was counted."""
    found = defaultdict[str, dict[str, int]](dict)
    for what, value, number in db.execute(
        "select what, value, number from tallies where quarter = ?", [quarter]
    ).fetchall():
        found[what][db.pseudonyms.id_of(VALUE, value)] = number
    return found


def first_quarter(db: Database) -> str:
    """Return the first quarter with a tally; "" if there is none."""
    return str(db.execute("select coalesce(min(quarter), '') from tallies").fetchone()[0])


def drop_until(db: Database, quarter: str) -> None:
    """Delete the tallies of a quarter and of all before it."""
    db.execute("delete from tallies where quarter <= ?", [quarter])
