"""What reporting added."""

from sqlite_utils import Database


def reports(db: Database) -> None:
    """What was said of each quarter and year, sealed; it never changes."""
    db.execute("create table reports (period text primary key, said text not null) strict")


STEPS = (reports,)
