"""When this database was copied and put back, and whether it still holds mails back."""

from dataclasses import dataclass
from datetime import datetime

from store import workers
from store.copies import held
from store.database import Database, stamp, unstamp


@dataclass(frozen=True)
class Restoration:
    """A database was put back; what people decided between these two moments is missing."""

    #: Unknown if neither the copy nor a worker's heartbeat in it tells.
    copied_at: datetime | None
    restored_at: datetime

    @property
    def since_in_words(self) -> str:
        """Say from when on decisions are missing."""
        at = self.copied_at
        return f"{at:%Y-%m-%d %H:%M} UTC" if at else "a moment that the copy does not tell"


def record_copy(db: Database, at: datetime) -> None:
    """Write into a copy when it was made."""
    db.execute(
        "insert into restorations (id, copied_at) values (1, ?)"
        " on conflict (id) do update set copied_at = excluded.copied_at",
        [stamp(at)],
    )


def copied_at(db: Database) -> datetime | None:
    """Return when a copy was made, or the last moment at which the service surely ran before."""
    row = db.execute("select copied_at from restorations").fetchone()
    known = [unstamp(row[0])] if row and row[0] else []
    # A copy that was made by other means has only the heartbeats, half a minute apart.
    beat = workers.last_beat(db)
    return max([*known, *([beat] if beat else [])], default=None)


def record(db: Database, at: datetime) -> Restoration:
    """Record that this copy is put back now, so that it holds mails back."""
    found = Restoration(copied_at(db), at)
    db.execute(
        "insert into restorations (id, copied_at, restored_at) values (1, ?, ?)"
        " on conflict (id) do update set copied_at = excluded.copied_at,"
        " restored_at = excluded.restored_at, released_at = null",
        [stamp(found.copied_at) if found.copied_at else None, stamp(at)],
    )
    return found


def latest(db: Database) -> Restoration | None:
    return _found(db, "id = 1 and restored_at is not null")


def holding(db: Database) -> Restoration | None:
    """Return the restoration that still holds mails back; None once it was released."""
    return _found(db, "id = 1 and restored_at is not null and released_at is null")


def release(db: Database, at: datetime) -> None:
    """Release the mails that were held back, and hold back no others."""
    held.release(db, stamp(at))
    db.execute("update restorations set released_at = ?", [stamp(at)])


def _found(db: Database, condition: str) -> Restoration | None:
    row = db.execute(
        f"select copied_at, restored_at from restorations where {condition}"  # noqa: S608 - our words
    ).fetchone()
    return Restoration(unstamp(row[0]) if row[0] else None, unstamp(row[1])) if row else None
