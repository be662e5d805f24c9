"""The page with reports for leadership (/report): what it says, and its route."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from pages.context import casebook
from pages.facts.page import Page
from pages.own import reviewer
from pages.reports import pictures
from pages.reports.pictures import Column, Span, Tick
from pages.responses import show
from pages.visits import NoVisit
from store.database import Database
from store.forgotten import reports
from workflow.reports import wording
from workflow.reports.figures import Report, Table
from workflow.reports.periods import in_words, is_year, newest

bp = Blueprint("report", __name__)


@dataclass(frozen=True)
class PeriodShown:
    """A quarter or a year of which there is a report."""

    id: str
    name: str


@dataclass(frozen=True)
class LineShown:
    """A part of a whole that is not hidden, with the length of its bar in percent."""

    name: str
    number: int
    length: int


@dataclass(frozen=True)
class TableShown:
    """A whole in its parts."""

    title: str
    lines: Sequence[LineShown]
    #: The names of the parts whose numbers are hidden.
    hidden: Sequence[str]


@dataclass(frozen=True)
class WaitShown:
    """How long a leg took."""

    name: str
    half: str
    most: str
    promised: str


@dataclass(frozen=True)
class ReportPage(Page):
    """One report, and the way to the others."""

    template = "report.html"
    title: str
    periods: Sequence[PeriodShown]
    current: str
    requests: str
    #: False if there is nothing more to say of the period.
    has_more: bool
    elsewhere: str
    about_hidden: str
    columns: Sequence[Column]
    spans: Sequence[Span]
    ticks: Sequence[Tick]
    waits: Sequence[WaitShown]
    tables: Sequence[TableShown]
    supporters: int
    lacking: Sequence[str]


@dataclass(frozen=True)
class ReportFile(ReportPage):
    """A report in a file of its own."""

    template = "report_alone.html"
    style: Markup


@dataclass(frozen=True)
class NoReportPage(Page):
    """Nothing was said yet."""

    template = "no_report.html"


@bp.get("/report")
def show_report() -> ResponseReturnValue:
    """Show a report to a reviewer; the newest one unless they chose another."""
    try:
        reviewer()
    except NoVisit:
        return redirect(url_for("person.ask_for_link"), 303)
    db = casebook().store.read()
    known, chosen = reports.periods(db), request.args.get("period", "")
    if not known:
        return show(NoReportPage())
    said = reports.get(db, chosen or newest(known))
    return show(page(db, said)) if said is not None else abort(404)


def page(db: Database, said: Report) -> ReportPage:
    """Return the page of a report, with the quarters up to its end."""
    known = reports.periods(db)
    before = [one for one in known if not is_year(one) and one <= _last(said)]
    quarters = [one for id in before if (one := reports.get(db, id)) is not None]
    return _shown(said, known, quarters)


def file(db: Database, said: Report, style: str) -> ReportFile:
    """Return a report to be kept or printed elsewhere, with the stylesheet in it."""
    shown = page(db, said)
    known = {one.name: getattr(shown, one.name) for one in fields(shown)}
    return ReportFile(**known, style=Markup(style))  # noqa: S704 - our own stylesheet


def _shown(said: Report, known: Sequence[str], quarters: Sequence[Report]) -> ReportPage:
    tables = (*said.tables, *([said.load] if said.load else []))
    return ReportPage(
        title=in_words(said.period),
        periods=[PeriodShown(one, in_words(one)) for one in reversed(known)],
        current=said.period,
        requests=wording.requests(said),
        has_more=said.requests is not None,
        elsewhere=wording.elsewhere(said),
        about_hidden=wording.about_hidden(said),
        columns=pictures.columns(quarters),
        spans=pictures.spans(said.waits),
        ticks=pictures.ticks(),
        waits=[
            WaitShown(
                wording.LEG_WORDS[one.leg],
                wording.within(one.half),
                wording.within(one.most),
                one.promised.words,
            )
            for one in said.waits
        ],
        tables=[_table(one) for one in tables],
        supporters=said.supporters,
        lacking=said.lacking,
    )


def _last(said: Report) -> str:
    return f"{said.period}-Q4" if is_year(said.period) else said.period


def _table(table: Table) -> TableShown:
    shown = [(line.name, line.number) for line in table.lines if line.number is not None]
    most = max((number for _, number in shown), default=0)
    return TableShown(
        wording.TITLES[table.what],
        [LineShown(wording.value(name), n, round(100 * n / most)) for name, n in shown],
        [wording.value(line.name) for line in table.lines if line.number is None],
    )
