"""How often each supporter was matched, by quarter, and the month in which they were asked last.

Never who was supported, and never a day.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlite_utils import Database

from matching.fairness import Use


def asked(db: Database, supporter: str, month: str) -> None:
    """An offer's mail left. Whatever they answer, it is only known that they were asked."""
    db.execute(
        "insert into asked (supporter, month) values (?, ?)"
        " on conflict (supporter) do update set month = excluded.month",
        [supporter, month],
    )


def matched(db: Database, supporter: str, quarter: str) -> None:
    """They said yes: one match more in this quarter."""
    db.execute(
        "insert into matches (supporter, quarter, number) values (?, ?, 1)"
        " on conflict (supporter, quarter) do update set number = matches.number + 1",
        [supporter, quarter],
    )


def of_everybody(db: Database) -> dict[str, Use]:
    """Return what is kept of each supporter; who was never asked is left out."""
    months = dict(db.execute("select supporter, month from asked order by supporter").fetchall())
    numbers = defaultdict[str, dict[str, int]](dict)
    for supporter, quarter, number in db.execute(
        "select supporter, quarter, number from matches order by supporter, quarter"
    ).fetchall():
        numbers[supporter][quarter] = number
    return {id: Use(numbers.get(id, {}), months.get(id, "")) for id in {*months, *numbers}}


def is_over(db: Database, oldest: str, known: Collection[str]) -> bool:
    """Tell whether something is kept from before a quarter, or of somebody who has left."""
    uses = of_everybody(db)
    too_old = any(quarter < oldest for use in uses.values() for quarter in use.matches)
    return too_old or not uses.keys() <= set(known)


def drop(db: Database, oldest: str, known: Collection[str]) -> None:
    """Keep nothing from before a quarter, and nothing of who has left the program."""
    db.execute("delete from matches where quarter < ?", [oldest])
    for supporter in of_everybody(db).keys() - set(known):
        db.execute("delete from matches where supporter = ?", [supporter])
        db.execute("delete from asked where supporter = ?", [supporter])
