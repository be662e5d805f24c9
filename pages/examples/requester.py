"""The requester's page in each state, and the pages after what ends a request."""

from dataclasses import replace

from lib.languages.language import Language
from lib.phones import example
from pages.cases import ASKED_TWICE
from pages.examples import events
from pages.examples.shown import Pages, missing, of_requester
from pages.examples.stage import LISTENING, Stage
from pages.facts import common
from pages.facts.answered import EndedPage
from pages.facts.page import SurePage
from people.records import Identity
from workflow.model import Event, Outcome, Role

BAD_ADDRESS = "This email address doesn’t look right. Write it like name@example.org."
CALLS_ONLY = Identity(name="Jamie Quill", is_call_ok=True)


def on_its_way(stage: Stage, language: Language) -> Pages:
    """From the review to the first contact."""
    reference = stage.submit()
    page = of_requester(stage, reference, language)
    yield "in review", page
    yield "in review, first contact settled", replace(page, first_contact_by="")
    stage.offered(reference)
    yield "a supporter is asked", of_requester(stage, reference, language)
    stage.says(reference, Event.ACCEPTED)
    page = of_requester(stage, reference, language)
    yield "matched", page
    yield "matched, supporter unlisted", replace(page, supporter_name="")
    stage.passes(minutes=20)
    stage.says(reference, Event.CONTACTED)
    page = of_requester(stage, reference, language)
    yield "in contact", page
    yield "in contact, supporter unlisted", replace(page, supporter_name="")
    stage.wants(reference, Event.REMATCH_ASKED)
    yield "asked for someone else", of_requester(stage, reference, language, has_decided=True)


def asked_first(stage: Stage, language: Language) -> Pages:
    """They say yes to the supporter before it is settled."""
    reference = events.proposed(stage)
    page = of_requester(stage, reference, language)
    yield "asked about the supporter", page
    if page.proposed is not None:
        unlisted = replace(page.proposed, name="", answer_by="")
        yield "asked about the supporter, unlisted", replace(page, proposed=unlisted)


def checked_in_on(stage: Stage, language: Language) -> Pages:
    """Asked some weeks later how they are doing."""
    reference = events.asked_how_they_are(stage, stage.in_contact(stage.submit()))
    yield "asked how they are doing", of_requester(stage, reference, language)
    stage.wants(reference, Event.ASKED_AGAIN)
    yield "would like to talk again", of_requester(stage, reference, language, has_decided=True)
    closed = stage.in_contact(stage.submit(replace(LISTENING, email="sam.example@example.org")))
    stage.says(closed, Event.COMPLETED, outcome=Outcome.SUPPORTED)
    events.asked_how_they_are(stage, closed)
    yield "asked how they are doing, closed", of_requester(stage, closed, language)


def late(stage: Stage, language: Language) -> Pages:
    """What was promised did not come in time."""
    reference = stage.submit()
    stage.passes(days=4)
    yield "review is late", of_requester(stage, reference, language)
    stage.passes(days=4)
    yield "everything is late", of_requester(stage, reference, language)
    stage.matched(reference)
    yield "matched late", of_requester(stage, reference, language)
    stage.passes(days=4)
    page = of_requester(stage, reference, language)
    yield "first contact is late", page
    yield "first contact is late, supporter unlisted", replace(page, supporter_name="")


def by_phone(stage: Stage, language: Language) -> Pages:
    """They get no mail."""
    facts = replace(stage.facts(), is_mailable=False)
    reference = stage.submit(CALLS_ONLY, facts)
    yield "without email", of_requester(stage, reference, language)


def correcting(stage: Stage, language: Language) -> Pages:
    """They give another way to be reached, which waits for a yes at the first address."""
    reference = stage.submit()
    bad = missing(language.say(BAD_ADDRESS), choice="contact_corrected", email="jamie.quill@")
    yield "wrong address typed", of_requester(stage, reference, language, bad)
    phone = example(stage.program.file.country)
    stage.engine.correct_contact(reference, replace(CALLS_ONLY, phone=f"{phone} x12"), stage.now)
    asked = stage.load(reference).case.confirmation
    number = asked.number if asked else None
    yield "corrected", of_requester(stage, reference, language)
    events.asked_about_correction(stage, reference)
    yield "corrected, asked by mail", of_requester(stage, reference, language, asked=number)
    yield "corrected, other link", of_requester(stage, reference, language)


def twice(stage: Stage, language: Language) -> Pages:
    """A second request looks like theirs, and gave another address."""
    older, newer = stage.submit(), events.twin(stage)
    events.merges(stage, newer, older)
    asked = stage.load(older).case.confirmation
    number = asked.number if asked else None
    yield "second request, asked by mail", of_requester(stage, older, language, asked=number)
    yield "second request, other link", of_requester(stage, older, language)


def over(stage: Stage, language: Language) -> Pages:
    """Closed, or ended by themselves."""
    reference = stage.in_contact(stage.submit())
    stage.says(reference, Event.COMPLETED, outcome=Outcome.SUPPORTED)
    yield "closed", of_requester(stage, reference, language)
    stage.wants(reference, Event.REOPENED)
    yield "opened again", of_requester(stage, reference, language, has_decided=True)
    referred = stage.submit(replace(LISTENING, email="sam.example@example.org"))
    stage.decide(referred, Event.REFERRED, resources=tuple(stage.program.resources)[:2])
    yield "referred to help", of_requester(stage, referred, language)
    case = common.summary(stage.casebook, stage.load(reference).case, stage.now)
    for event in ("withdrawn", "erased", "contact_confirmed"):
        yield f"ended: {event}", EndedPage(case, event=event, role=Role.REQUESTER)


def asked_twice(stage: Stage, language: Language) -> Pages:
    """Asked again before what cannot be undone."""
    theirs = {one: ASKED_TWICE[one] for one in ASKED_TWICE if one != Event.HAND_OVER_MADE}
    for choice, question in theirs.items():
        yield f"sure? {choice}", SurePage(language.own(question), [("choice", f"{choice}")])
