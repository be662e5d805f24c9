"""Reports for leadership."""

from engine.forgotten import saying
from pages.examples.shown import Pages
from pages.examples.stage import Stage
from pages.reports import past
from pages.reports.page import NoReportPage, file, page
from store.forgotten import reports
from workflow.reports.figures import Report
from workflow.reports.periods import newest


def for_leadership(stage: Stage) -> Pages:
    """None yet, a quarter, a year, too few requests, one that is lost, and a file of its own."""
    yield "report, none yet", NoReportPage()
    with stage.store.write() as db:
        past.invent(db, stage.program, stage.program.today(stage.now))
    saying.say_due(stage.casebook, stage.now)
    db = stage.store.read()
    known = {id: one for id in reports.periods(db) if (one := reports.get(db, id)) is not None}
    quarter, year = known[newest(list(known))], known[min(known)]
    bound = stage.program.file.reports.bound
    yield "report of a quarter", page(db, quarter)
    yield "report of a year", page(db, year)
    yield "report of few", page(db, Report(quarter.period, bound, None, True))
    yield "report that is lost", page(db, Report(quarter.period, bound, None, True, is_lost=True))
    yield "report in a file", file(db, quarter, "")
