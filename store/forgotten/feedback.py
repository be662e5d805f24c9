"""Feedback that was given: hashes of links that count no more. No row knows of a request."""

from datetime import date

from store.database import Database


def use(db: Database, hash: str, until: date) -> bool:
    """Record that a link was used; False if it was before."""
    done = db.execute(
        "insert into feedback_given (hash, until) values (?, ?) on conflict (hash) do nothing",
        [hash, f"{until}"],
    )
    return done.rowcount == 1


def was_used(db: Database, hash: str) -> bool:
    found = db.execute("select 1 from feedback_given where hash = ?", [hash])
    return found.fetchone() is not None


def has_over(db: Database, today: date) -> bool:
    found = db.execute("select 1 from feedback_given where until <= ? limit 1", [f"{today}"])
    return found.fetchone() is not None


def drop_over(db: Database, today: date) -> None:
    """Delete the hashes of links that count no more anyway."""
    db.execute("delete from feedback_given where until <= ?", [f"{today}"])
