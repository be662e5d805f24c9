"""The page for everyone: what peer support is, how to ask, and what help is open now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casebook.casebook import Casebook
from lib.languages.language import Language
from matching.fairness import quarter_of
from pages.facts import common
from pages.facts.page import Page
from pages.facts.public.qr import picture
from pages.facts.requester import Place, is_crisis_line, places
from program import Program
from program.languages.texts import paragraphs
from program.outreach.leads import leads_of
from store.forgotten import reports
from workflow.model import PromiseKind
from workflow.reports import periods
from workflow.reports.legs import Leg


@dataclass(frozen=True)
class Spoken:
    """A language in which the page can be read."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class HelpPage(Page):
    """What everyone may know."""

    template = "help.html"
    can_close = False
    language: str
    languages: Sequence[Spoken]
    who: Sequence[str]
    #: Where to ask, and the same as a picture; "" if no form is known.
    form: str
    qr: str
    review_within: str
    contact_within: str
    #: Within how long half of all heard from a colleague lately; "" if too few asked.
    typical: str
    forget_after: str
    #: The departments that have leads, in words; "" without any.
    led: str
    open_now: Sequence[Place]
    #: What is closed, or whose hours no one has told us.
    later: Sequence[Place]


def page(casebook: Casebook, language: Language, now: datetime, form: str) -> HelpPage:
    program = casebook.program
    known = [
        one
        for one in common.all_resources(casebook, now)
        if not is_crisis_line(program.file.crisis, one)
    ]
    return HelpPage(
        language=language.code,
        languages=_languages(program, language),
        who=[language.own(one) for one in paragraphs(program.file.help.who_may_ask)],
        form=form,
        qr=picture(form) if form else "",
        review_within=language.span(program.promises[PromiseKind.REVIEW].within),
        contact_within=language.span(program.promises[PromiseKind.FIRST_CONTACT].within),
        typical=_typical(casebook, language),
        forget_after=language.span(program.times.forget_after),
        led=_led(program, language),
        open_now=places(casebook, [one for one in known if one.is_open], language),
        later=places(casebook, [one for one in known if not one.is_open], language),
    )


def _typical(casebook: Casebook, language: Language) -> str:
    """Say what the newest report tells, where small numbers are hidden, unless it is too old."""
    db, today = casebook.store.read(), casebook.program.today(casebook.made_at)
    last = reports.last_quarter(db)
    if not last or periods.after(periods.after(last)) < quarter_of(today):
        return ""
    report = reports.get(db, last)
    waits = {wait.leg: wait.half for wait in report.waits} if report else {}
    half = waits.get(Leg.FIRST_CONTACT, "")
    return language.span(timedelta(hours=int(half))) if half.isdigit() else ""


def _led(program: Program, language: Language) -> str:
    names = dict.fromkeys(name for led in leads_of(program).values() for name in led)
    return language.listed(map(language.own, names)) if names else ""


def _languages(program: Program, current: Language) -> list[Spoken]:
    codes = sorted(program.languages, key=lambda code: (code != program.file.language, code))
    return [Spoken(code, program.language(code).own_name, code == current.code) for code in codes]
