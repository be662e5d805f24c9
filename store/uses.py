"""How often each supporter was matched, by quarter, and the month in which they were last asked.

It never records who was supported, or a day.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlite_utils import Database

from matching.fairness import Use


def record_asked(db: Database, supporter: str, month: str) -> None:
    """Record the month in which a supporter was last asked, whatever they answered."""
    db.execute(
        "insert into asked (supporter, month) values (?, ?)"
        " on conflict (supporter) do update set month = excluded.month",
        [supporter, month],
    )


def record_match(db: Database, supporter: str, quarter: str) -> None:
    """Add one to the matches of a supporter in a quarter."""
    db.execute(
        "insert into matches (supporter, quarter, number) values (?, ?, 1)"
        " on conflict (supporter, quarter) do update set number = matches.number + 1",
        [supporter, quarter],
    )


def all_uses(db: Database) -> dict[str, Use]:
    """Return the uses by supporter, without those who were never asked."""
    months = dict(db.execute("select supporter, month from asked order by supporter").fetchall())
    numbers = defaultdict[str, dict[str, int]](dict)
    for supporter, quarter, number in db.execute(
        "select supporter, quarter, number from matches order by supporter, quarter"
    ).fetchall():
        numbers[supporter][quarter] = number
    return {id: Use(numbers.get(id, {}), months.get(id, "")) for id in {*months, *numbers}}


def has_expired(db: Database, oldest: str, known: Collection[str]) -> bool:
    """Tell whether anything is from before a quarter, or about somebody who has left."""
    too_old = db.execute("select 1 from matches where quarter < ? limit 1", [oldest]).fetchone()
    listed = "select supporter from asked union select supporter from matches"
    return too_old is not None or any(
        supporter not in known for (supporter,) in db.execute(listed).fetchall()
    )


def drop_expired(db: Database, oldest: str, known: Collection[str]) -> None:
    """Delete what is from before a quarter, or about somebody who has left the program."""
    db.execute("delete from matches where quarter < ?", [oldest])
    for supporter in all_uses(db).keys() - set(known):
        db.execute("delete from matches where supporter = ?", [supporter])
        db.execute("delete from asked where supporter = ?", [supporter])
