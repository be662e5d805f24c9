"""Reports for leadership."""

from pages.examples.shown import Pages
from pages.examples.stage import Stage
from pages.reports import page as facts
from pages.reports.page import NoReportPage
from store.forgotten import reports
from workflow.reports.figures import Line, Promised, Report, Table, Wait
from workflow.reports.legs import Leg

FULL = Report(
    period="2026-Q3",
    bound=11,
    requests=47,
    is_in_parts=True,
    tables=(
        Table("outcome", (Line("supported", 33), Line("referred", 14), Line("withdrawn", None))),
    ),
    waits=tuple(Wait(leg, "1d", "4d", Promised("5 days", 120)) for leg in Leg),
    supporters=40,
    load=Table("load", (Line("0", 14), Line("1", 14), Line("2 or more", 12))),
    lacking=("Similar role: Pharmacist",),
)
FEW = Report("2026-Q2", bound=11, requests=None, is_in_parts=True)


def for_leadership(stage: Stage) -> Pages:
    """None yet, one with too few requests, and a full one, on a page and in a file of its own."""
    yield "report, none yet", NoReportPage()
    for said in (FEW, FULL):
        with stage.store.write() as db:
            reports.keep(db, said)
        yield f"report of {said.period}", facts.page(stage.store.read(), said)
    yield "report in a file", facts.file(stage.store.read(), FULL, "")
