"""A hand-over to a support service: asked, agreed, at its partner, and over."""

from dataclasses import replace

from lib.languages.language import Language
from lib.phones import example
from pages.cases import ASKED_TWICE
from pages.examples.shown import Pages, of_requester, of_reviewer, of_supporter
from pages.examples.stage import NotPossible, Stage
from pages.facts import common
from pages.facts.answered import EndedPage
from pages.facts.page import SurePage
from pages.facts.partners import partner
from program.entries import PARTNER
from workflow.model import Event, HandOver, Role, Way


def of_its_requester(stage: Stage, language: Language) -> Pages:
    """They are asked, say yes in each way, and hear what became of it."""
    reference = _asked(stage)
    yield "asked about a support service", of_requester(stage, reference, language)
    yield from _of_silent_requester(stage, language)
    _agrees(stage, reference, Way.PHONE)
    page = of_requester(stage, reference, language, has_decided=True)
    yield "a support service hears of them", page
    if page.hand_over is not None:
        without = replace(page.hand_over, contact_by="")
        yield "a support service hears of them, no time", replace(page, hand_over=without)
        yield (
            "they call a support service",
            replace(page, hand_over=replace(page.hand_over, they_call=True)),
        )
        made = replace(page.hand_over, state="made", can_stop=False)
        yield "a support service is in touch", replace(page, hand_over=made)
    stage.passes(days=14)
    stage.handles(reference)
    page = of_requester(stage, reference, language)
    yield "a support service is late", page
    if page.hand_over is not None:
        another = replace(page.hand_over, contact=[])
        yield "a support service is another by now", replace(page, hand_over=another)


def of_staff(stage: Stage) -> Pages:
    """The supporter or a reviewer asks, and sees how it stands."""
    reference = _asked(stage)
    yield "supporter asked about a support service", of_supporter(stage, reference)
    yield "reviewer sees the question about a support service", of_reviewer(stage, reference)
    yield from _unanswered(stage)
    found = _found(stage, reference)
    stage.wants(reference, Event.HAND_OVER_REFUSED, hand_over=found.number)
    stage.passes(minutes=20)
    yield "a support service was refused", of_supporter(stage, reference)


def _of_silent_requester(stage: Stage, language: Language) -> Pages:
    reference = _asked(stage)
    stage.passes(days=8)
    stage.handles(reference)
    page = of_requester(stage, reference, language)
    yield "did not say if a support service may hear of them", page
    if page.hand_over is not None:
        without = replace(page.hand_over, contact=[])
        yield "did not say, about another service by now", replace(page, hand_over=without)


def _unanswered(stage: Stage) -> Pages:
    reference = _asked(stage)
    stage.passes(days=8)
    stage.handles(reference)
    yield "no answer about a support service, reviewer", of_reviewer(stage, reference)


def of_partner(stage: Stage) -> Pages:
    """The partner sees the name and the way that was chosen."""
    reference = _asked(stage)
    _agrees(stage, reference, Way.PHONE)
    page = _page(stage, reference)
    yield "partner, by phone", page
    phone = example(stage.program.file.country)
    by_mail = replace(page, phone="", dial="", email="jamie.quill@example.org", name="")
    yield "partner, by email, no name", by_mail
    yield "partner, they call", replace(page, phone="", they_call=True)
    yield "partner, way is corrected", replace(page, phone="", must_wait=True)
    yield "partner, no time", replace(page, phone=phone, contact_by="", no_voicemail=False)
    made = f"{Event.HAND_OVER_MADE}"
    yield (
        "partner, sure?",
        SurePage(stage.program.english.own(ASKED_TWICE[made]), [("choice", made)]),
    )
    case = common.summary(stage.casebook, stage.load(reference).case, stage.now)
    case = replace(case, reference=page.case.reference)
    yield "partner made contact", EndedPage(case, event=Event.HAND_OVER_MADE, role=Role.PARTNER)


def _asked(stage: Stage) -> str:
    """Let a supporter have the requester asked about the first place that takes people over."""
    reference = stage.in_contact(stage.submit())
    partners = [id.removeprefix(PARTNER) for id in stage.program.partners]
    if not partners:
        raise NotPossible("no support service takes people over")
    stage.says(reference, Event.HAND_OVER_ASKED, resources=tuple(partners[:1]))
    stage.passes(minutes=20)
    return reference


def _agrees(stage: Stage, reference: str, way: Way) -> None:
    number = _found(stage, reference).number
    stage.wants(reference, Event.HAND_OVER_AGREED, hand_over=number, way=way)


def _found(stage: Stage, reference: str) -> HandOver:
    found = stage.load(reference).case.hand_over
    if found is None:
        raise NotPossible("nobody is handed over")
    return found


def _page(stage: Stage, reference: str) -> partner.PartnerPage:
    found = _found(stage, reference)
    loaded, person = stage.load(reference), f"{PARTNER}{found.resource}"
    page = partner.page(stage.casebook, loaded, person, found.number, stage.now)
    if page is None:
        raise NotPossible("the partner may see nothing")
    return page
