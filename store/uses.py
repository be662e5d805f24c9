"""How often each supporter was matched, by quarter, and the month in which they were last asked.

It never records who was supported, or a day.
"""

from collections import defaultdict
from collections.abc import Collection

from matching.fairness import Use
from store.database import Database

#: The column with pseudonyms, in both tables.
SUPPORTER = "uses.supporter"


def record_asked(db: Database, supporter: str, month: str) -> None:
    """Record the month in which a supporter was last asked, whatever they answered."""
    db.execute(
        "insert into asked (supporter, month) values (?, ?)"
        " on conflict (supporter) do update set month = excluded.month",
        [db.pseudonyms.of(SUPPORTER, supporter), month],
    )


def record_match(db: Database, supporter: str, quarter: str) -> None:
    """Add one to the matches of a supporter in a quarter."""
    db.execute(
        "insert into matches (supporter, quarter, number) values (?, ?, 1)"
        " on conflict (supporter, quarter) do update set number = matches.number + 1",
        [db.pseudonyms.of(SUPPORTER, supporter), quarter],
    )


def take_back_match(db: Database, supporter: str, quarter: str) -> None:
    """Subtract a match that was taken back."""
    values = [db.pseudonyms.of(SUPPORTER, supporter), quarter]
    db.execute("update matches set number = number - 1 where supporter = ? and quarter = ?", values)
    db.execute("delete from matches where supporter = ? and quarter = ? and number < 1", values)


def all_uses(db: Database) -> dict[str, Use]:
    """Return the uses by supporter, without those who were never asked."""
    rows = db.execute("select supporter, month from asked").fetchall()
    months = {_supporter(db, row[0]): row[1] for row in rows}
    numbers = defaultdict[str, dict[str, int]](dict)
    for supporter, quarter, number in db.execute(
        "select supporter, quarter, number from matches order by quarter"
    ).fetchall():
        numbers[_supporter(db, supporter)][quarter] = number
    return {id: Use(numbers.get(id, {}), months.get(id, "")) for id in {*months, *numbers}}


def has_expired(db: Database, oldest: str, known: Collection[str]) -> bool:
    """Tell whether anything is from before a quarter, or about someone who has left."""
    too_old = db.execute("select 1 from matches where quarter < ? limit 1", [oldest]).fetchone()
    listed = "select supporter from asked union select supporter from matches"
    return too_old is not None or any(
        _supporter(db, supporter) not in known for (supporter,) in db.execute(listed).fetchall()
    )


def drop_expired(db: Database, oldest: str, known: Collection[str]) -> None:
    """Delete what is from before a quarter, or about someone who has left the program."""
    db.execute("delete from matches where quarter < ?", [oldest])
    for supporter in all_uses(db).keys() - set(known):
        pseudonym = db.pseudonyms.of(SUPPORTER, supporter)
        db.execute("delete from matches where supporter = ?", [pseudonym])
        db.execute("delete from asked where supporter = ?", [pseudonym])


def _supporter(db: Database, pseudonym: str) -> str:
    return db.pseudonyms.id_of(SUPPORTER, pseudonym)
