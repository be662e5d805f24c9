"""What a reviewer saw when they decided."""

from store.database import Database

SEALED = "rankings.shown"


def record(db: Database, case_id: int, version: int, shown: str) -> None:
    """Record what a reviewer saw when they decided: it shows whom the request suits."""
    sealed = db.seal.close(SEALED, f"{case_id}/{version}", shown)
    db.execute(
        "insert into rankings (case_id, version, shown) values (?, ?, ?)",
        [case_id, version, sealed],
    )


def shown_at(db: Database, case_id: int, version: int) -> str | None:
    """Return the record of the ranking that a reviewer saw when they decided."""
    row = db.execute(
        "select shown from rankings where case_id = ? and version = ?", [case_id, version]
    ).fetchone()
    return db.seal.open(SEALED, f"{case_id}/{version}", row[0]) if row else None
