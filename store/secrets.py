"""Secrets that the database keeps sealed, and the workers' heartbeats."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import stamp, unstamp
from store.sealing import Seal

#: Workers that ended are forgotten after this.
OLDEST_BEAT = timedelta(days=1)


class NotMigrated(Exception):
    """The database lacks what a migration makes. Run `flask migrate`, then try again."""


def pepper(db: Database, seal: Seal) -> str:
    """Return the key of all keyed hashes."""
    row = db.execute("select sealed from secrets where name = 'pepper'").fetchone()
    if row is None:
        raise NotMigrated("The database has no pepper: run `flask migrate`")
    return seal.open(row[0])


def beat(db: Database, worker: str, at: datetime) -> None:
    """Note that a worker finished a round."""
    db.execute("delete from heartbeats where at < ?", [stamp(at - OLDEST_BEAT)])
    db.execute(
        "insert into heartbeats (worker, at) values (?, ?)"
        " on conflict (worker) do update set at = excluded.at",
        [worker, stamp(at)],
    )


def last_beat(db: Database) -> datetime | None:
    row = db.execute("select max(at) from heartbeats").fetchone()
    return unstamp(row[0]) if row[0] else None
