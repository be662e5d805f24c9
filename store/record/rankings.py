"""What a reviewer saw when they decided."""

from store.database import Database


def record(db: Database, case_id: int, version: int, shown: str) -> None:
    """Record what a reviewer saw when they decided."""
    db.execute(
        "insert into rankings (case_id, version, shown) values (?, ?, ?)",
        [case_id, version, shown],
    )


def shown_at(db: Database, case_id: int, version: int) -> str | None:
    """Return the sealed record of the ranking that a reviewer saw when they decided."""
    row = db.execute(
        "select shown from rankings where case_id = ? and version = ?", [case_id, version]
    ).fetchone()
    return row[0] if row else None
