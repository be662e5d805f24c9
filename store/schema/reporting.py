"""What reporting added."""

from store.engines.sqlite import SqliteDatabase


def reports(db: SqliteDatabase) -> None:
    """What was said of each quarter and year, sealed; it never changes."""
    db.execute("create table reports (period text primary key, said text not null) strict")


def feedback_given(db: SqliteDatabase) -> None:
    """Links by which someone gave feedback, until they would count no more.

    Without row ids, so that no order tells who was first.
    """
    db.execute(
        "create table feedback_given (hash text primary key, until text not null)"
        " strict, without rowid"
    )
    db.execute("create index feedback_given_by_end on feedback_given (until)")


STEPS = (reports, feedback_given)
