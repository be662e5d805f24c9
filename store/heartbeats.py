"""When each worker last finished a round."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import stamp, unstamp

#: Heartbeats of workers that ended are deleted after this time.
OLDEST_BEAT = timedelta(days=1)


def beat(db: Database, worker: str, at: datetime) -> None:
    """Record that a worker finished a round."""
    db.execute("delete from heartbeats where at < ?", [stamp(at - OLDEST_BEAT)])
    db.execute(
        "insert into heartbeats (worker, at) values (?, ?)"
        " on conflict (worker) do update set at = excluded.at",
        [worker, stamp(at)],
    )


def last_beat(db: Database) -> datetime | None:
    row = db.execute("select max(at) from heartbeats").fetchone()
    return unstamp(row[0]) if row[0] else None
