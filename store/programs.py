"""Versions of the admins' folder. The column `fate` holds the status, `said` the report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from store.database import Database, stamp, unstamp

#: Replaced versions are kept this long, for people who open an old link.
OLDEST = timedelta(days=90)


#: The column with pseudonyms.
DECIDED_BY = "programs.decided_by"
#: The sealed columns: the report by the fingerprint, the files by their status, too.
SAID, FILES = "programs.said", "programs.files"


class VersionStatus(StrEnum):
    """The status of a version. At most one version has each status, except REPLACED."""

    IN_FORCE = "in_force"
    WAITS = "waits"
    REFUSED = "refused"
    REJECTED = "rejected"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Version:
    """One version of the folder; `report` and `files` are sealed."""

    id: int
    fingerprint: str
    status: VersionStatus
    at: datetime
    report: str
    files: str | None
    decided_at: datetime | None
    decided_by: str
    #: The admin's decision, also after a newer version replaced this one.
    decision: VersionStatus | None


def files_key(status: VersionStatus, fingerprint: str) -> str:
    """Return what files are sealed with, so that no other files and no other status pass."""
    return f"{status}/{fingerprint}"


def in_force_id(db: Database) -> int | None:
    """Return the id of the version in force, which is cheap enough to ask for all the time."""
    row = db.execute("select id from programs where fate = 'in_force'").fetchone()
    return row[0] if row else None


def in_force(db: Database) -> Version | None:
    return _one(db, "fate = 'in_force'")


def not_in_force(db: Database) -> Version | None:
    """Return the version that was checked last, unless it is in force."""
    return _one(db, "fate in ('waits', 'refused', 'rejected')")


def get(db: Database, version_id: int) -> Version | None:
    return _one(db, "id = ?", version_id)


def find(db: Database, fingerprint: str) -> Version | None:
    """Return the newest version with these files."""
    return _one(db, "fingerprint = ?", fingerprint)


def is_checked(db: Database, fingerprint: str) -> bool:
    """Tell whether the folder as it is now was checked already."""
    row = db.execute(
        "select 1 from programs where fingerprint = ? and fate <> 'replaced'", [fingerprint]
    ).fetchone()
    return row is not None


def add(
    db: Database,
    *,
    fingerprint: str,
    status: VersionStatus,
    at: datetime,
    report: str,
    files: str | None,
) -> int:
    """Store a checked version, which replaces the one not in force; return its id."""
    replace_not_in_force(db)
    if status is VersionStatus.IN_FORCE:
        _replace(db, VersionStatus.IN_FORCE)
    db.execute("delete from programs where fate = 'replaced' and at < ?", [stamp(at - OLDEST)])
    rows = db.execute(
        "insert into programs (fingerprint, fate, at, said, files) values (?, ?, ?, ?, ?)"
        " returning id",
        [fingerprint, status, stamp(at), report, files],
    ).fetchall()
    return int(rows[0][0])


def replace_not_in_force(db: Database) -> None:
    """Mark the version not in force as replaced: the folder now holds something else."""
    for status in (VersionStatus.WAITS, VersionStatus.REFUSED, VersionStatus.REJECTED):
        _replace(db, status)


def decide(
    db: Database,
    version_id: int,
    status: VersionStatus,
    by: str,
    at: datetime,
    report: str,
    files: str | None,
) -> bool:
    """Record an admin's decision; return False if the version no longer waits for one."""
    waits = db.execute(
        "select 1 from programs where id = ? and fate = 'waits'", [version_id]
    ).fetchone()
    if waits is None:
        return False
    if status is VersionStatus.IN_FORCE:
        _replace(db, VersionStatus.IN_FORCE)
    db.execute(
        "update programs set fate = :fate, decision = :fate, decided_at = :at, decided_by = :by,"
        " said = :said, files = :files where id = :id",
        {
            "fate": status,
            "at": stamp(at),
            "by": db.pseudonyms.of(DECIDED_BY, by),
            "said": report,
            "files": files,
            "id": version_id,
        },
    )
    return True


def say(db: Database, version_id: int, report: str) -> None:
    """Store what is said of a version by now, while it waits."""
    db.execute("update programs set said = ? where id = ? and fate = 'waits'", [report, version_id])


def unsettled_since(db: Database) -> datetime | None:
    """Return when the folder became wrong or began to wait for a decision; None if neither."""
    row = db.execute("select at from programs where fate in ('waits', 'refused')").fetchone()
    return unstamp(row[0]) if row else None


def _replace(db: Database, status: VersionStatus) -> None:
    db.execute("update programs set fate = 'replaced', files = null where fate = ?", [status])


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
        status=VersionStatus(row[2]),
        at=unstamp(row[3]),
        report=row[4],
        files=row[5],
        decided_at=unstamp(row[6]) if row[6] else None,
        decided_by=db.pseudonyms.id_of(DECIDED_BY, row[7]),
        decision=VersionStatus(row[8]) if row[8] else None,
    )
