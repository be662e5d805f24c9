"""Versions of the admins' folder: the one in force, one beside it, what became of others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database

from store.database import stamp, unstamp

#: Versions that are over are remembered so long, for whoever opens an old link.
OLDEST = timedelta(days=90)


class VersionFate(StrEnum):
    """What became of a version of the folder. Of each but REPLACED there is at most one."""

    IN_FORCE = "in_force"
    WAITS = "waits"
    REFUSED = "refused"
    REJECTED = "rejected"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Version:
    """One version of the folder; `said` and `files` are sealed."""

    id: int
    fingerprint: str
    fate: VersionFate
    at: datetime
    said: str
    files: str | None
    decided_at: datetime | None
    decided_by: str
    #: What was decided, also when something newer has come since.
    decision: VersionFate | None


def in_force_id(db: Database) -> int | None:
    """Return what changes when another version comes into force: asked all the time."""
    row = db.execute("select id from programs where fate = 'in_force'").fetchone()
    return row[0] if row else None


def in_force(db: Database) -> Version | None:
    return _one(db, "fate = 'in_force'")


def beside(db: Database) -> Version | None:
    """Return what the folder held when it was judged last, unless that is in force."""
    return _one(db, "fate in ('waits', 'refused', 'rejected')")


def get(db: Database, version_id: int) -> Version | None:
    return _one(db, "id = ?", version_id)


def find(db: Database, fingerprint: str) -> Version | None:
    """Return the newest version with these files."""
    return _one(db, "fingerprint = ?", fingerprint)


def is_judged(db: Database, fingerprint: str) -> bool:
    """Tell whether it is known what becomes of the folder as it is now."""
    row = db.execute(
        "select 1 from programs where fingerprint = ? and fate <> 'replaced'", [fingerprint]
    ).fetchone()
    return row is not None


def add(
    db: Database, *, fingerprint: str, fate: VersionFate, at: datetime, said: str, files: str | None
) -> int:
    """Store what becomes of the folder as it is now; what stood beside is over. Returns the id."""
    set_aside(db)
    if fate is VersionFate.IN_FORCE:
        _replace(db, VersionFate.IN_FORCE)
    db.execute("delete from programs where fate = 'replaced' and at < ?", [stamp(at - OLDEST)])
    rows = db.execute(
        "insert into programs (fingerprint, fate, at, said, files) values (?, ?, ?, ?, ?)"
        " returning id",
        [fingerprint, fate, stamp(at), said, files],
    ).fetchall()
    return int(rows[0][0])


def set_aside(db: Database) -> None:
    """End what stands beside the version in force: the folder holds something else by now."""
    for fate in (VersionFate.WAITS, VersionFate.REFUSED, VersionFate.REJECTED):
        _replace(db, fate)


def decide(db: Database, version_id: int, fate: VersionFate, by: str, at: datetime) -> bool:
    """Record an admin's decision; False when the version does not wait for one any more."""
    waits = db.execute(
        "select 1 from programs where id = ? and fate = 'waits'", [version_id]
    ).fetchone()
    if waits is None:
        return False
    if fate is VersionFate.IN_FORCE:
        _replace(db, VersionFate.IN_FORCE)
    db.execute(
        "update programs set fate = :fate, decision = :fate, decided_at = :at, decided_by = :by,"
        " files = case when :fate = 'in_force' then files end where id = :id",
        {"fate": fate, "at": stamp(at), "by": by, "id": version_id},
    )
    return True


def unsettled_since(db: Database) -> datetime | None:
    """Return since when the folder has been wrong or has waited for a decision."""
    row = db.execute("select at from programs where fate in ('waits', 'refused')").fetchone()
    return unstamp(row[0]) if row else None


def _replace(db: Database, fate: VersionFate) -> None:
    db.execute("update programs set fate = 'replaced', files = null where fate = ?", [fate])


def _one(db: Database, condition: str, *values: object) -> Version | None:
    row = db.execute(
        "select id, fingerprint, fate, at, said, files, decided_at, decided_by, decision"  # noqa: S608
        f" from programs where {condition} order by id desc limit 1",
        values,
    ).fetchone()
    if row is None:
        return None
    return Version(
        id=row[0],
        fingerprint=row[1],
        fate=VersionFate(row[2]),
        at=unstamp(row[3]),
        said=row[4],
        files=row[5],
        decided_at=unstamp(row[6]) if row[6] else None,
        decided_by=row[7],
        decision=VersionFate(row[8]) if row[8] else None,
    )
