"""What reporting added."""

from sqlite_utils import Database


def reports(db: Database) -> None:
    """What was said of each quarter and year, sealed; it never changes."""
    db.execute("create table reports (period text primary key, said text not null) strict")


def feedback_given(db: Database) -> None:
    """Links by which someone gave feedback, until they would count no more.

    Without row ids, so that no order tells who was first.
    """
    db.execute(
        "create table feedback_given (hash text primary key, until text not null)"
        " strict, without rowid"
    )
    db.execute("create index feedback_given_by_end on feedback_given (until)")


STEPS = (reports, feedback_given)
