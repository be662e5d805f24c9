"""When the database file was last rewritten, so that its unused space keeps nothing."""

from datetime import datetime

from store.database import Database


def is_due(db: Database, now: datetime) -> bool:
    """Tell whether something was forgotten since, or a day has begun (in UTC)."""
    done = db.execute("select done_on from compaction where id = 1").fetchone()
    return done is None or done[0] != f"{now:%Y-%m-%d}"


def require(db: Database) -> None:
    """Have the file rewritten soon. Call it inside the transaction that forgets something."""
    db.execute("delete from compaction")


def begin(db: Database) -> None:
    """Record that the file is about to be rewritten, which is not done yet."""
    db.execute("insert or replace into compaction (id, done_on) values (1, '')")


def finish(db: Database, now: datetime) -> None:
    """Record that the file was rewritten, unless something was forgotten meanwhile."""
    db.execute("update compaction set done_on = ? where id = 1", [f"{now:%Y-%m-%d}"])
