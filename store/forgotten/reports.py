"""Reports as they were said: the numbers that leadership may know, with small ones hidden."""

import logging

from lib.documents import Document
from lib.faults import where
from store.database import Database
from store.record.documents import UNREADABLE
from workflow.reports.figures import Report
from workflow.reports.periods import is_year

log = logging.getLogger(__name__)

#: The sealed column.
SEALED = "reports.said"
_report = Document(Report)


def keep(db: Database, report: Report) -> None:
    """Keep what is said of a period for good: it is never said otherwise."""
    db.execute(
        "insert into reports (period, said) values (?, ?)",
        [report.period, db.seal.close(SEALED, report.period, _report.write(report))],
    )


def get(db: Database, period: str) -> Report | None:
    """Return what was said of a period; None if nothing was, or if it is damaged."""
    row = db.execute("select said from reports where period = ?", [period]).fetchone()
    try:
        return _report.read(db.seal.open(SEALED, period, row[0])) if row else None
    except UNREADABLE as error:
        log.error("The report of %s cannot be read: %s", period, where(error))
        return None


def is_said(db: Database, period: str) -> bool:
    return db.execute("select 1 from reports where period = ?", [period]).fetchone() is not None


def periods(db: Database) -> list[str]:
    """Return the periods that were said, each year before its quarters."""
    rows = db.execute("select period from reports order by period").fetchall()
    return [row[0] for row in rows]


def last_quarter(db: Database) -> str:
    """Return the last quarter that was said; "" if there is none."""
    return max((one for one in periods(db) if not is_year(one)), default="")
