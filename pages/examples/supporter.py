"""The supporter's page: asked, matched, in contact, and over."""

from dataclasses import replace

from lib.phones import example
from pages.examples import events
from pages.examples.requester import CALLS_ONLY
from pages.examples.shown import Pages, of_supporter
from pages.examples.stage import LISTENING, Stage
from pages.facts import common
from pages.facts.answered import EndedPage
from workflow.model import Event, Outcome, Role


def asked(stage: Stage) -> Pages:
    """A question, as usual, of an urgent request, and after the time to answer."""
    reference = stage.offered(stage.submit(facts=replace(stage.facts(), role="")))
    yield "asked, role not stated", of_supporter(stage, reference)
    urgent = replace(LISTENING, name="", email="sam.example@example.org")
    reference = stage.offered(stage.submit(urgent, is_urgent=True))
    yield "asked, urgent", of_supporter(stage, reference)
    first = stage.load(reference).case.current_offer
    stage.passes(days=8)
    yield "asked, time is just over", of_supporter(stage, reference)
    stage.handles(reference)
    number = first.number if first else None
    yield "asked, time is over", of_supporter(stage, reference, number)


def matched(stage: Stage) -> Pages:
    """After their yes: how to reach whom, and what they say about it."""
    reference = stage.offered(stage.submit())
    yield "asked", of_supporter(stage, reference)
    stage.says(reference, Event.ACCEPTED)
    yield "matched", of_supporter(stage, reference, has_decided=True)
    stage.passes(minutes=20)
    stage.says(reference, Event.TRIED)
    stage.passes(hours=2)
    stage.says(reference, Event.TRIED)
    yield "tried twice", of_supporter(stage, reference)
    stage.passes(days=3)
    yield "contact is late", of_supporter(stage, reference)
    stage.says(reference, Event.CONTACTED)
    page = of_supporter(stage, reference, has_decided=True)
    yield "in contact", page
    yield "in contact, nothing due", replace(page, case=replace(page.case, due=""))
    stage.passes(minutes=20)
    yield "in contact, later", of_supporter(stage, reference)
    number = _number(stage, reference)
    stage.says(reference, Event.COMPLETED, outcome=Outcome.SUPPORTED)
    yield "done", of_supporter(stage, reference, number)


def not_settled(stage: Stage) -> Pages:
    """They said yes, and the requester has not yet."""
    reference = events.proposed(stage)
    yield "said yes, not settled", of_supporter(stage, reference, _number(stage, reference))


def wanted_again(stage: Stage) -> Pages:
    """The requester would like to talk once more."""
    reference = events.asked_how_they_are(stage, stage.in_contact(stage.submit()))
    stage.wants(reference, Event.ASKED_AGAIN)
    yield "in contact, wanted again", of_supporter(stage, reference)


def ways(stage: Stage) -> Pages:
    """Only calls; then another way to be reached is being checked, and counts."""
    facts = replace(stage.facts(), is_mailable=False)
    yield "calls only", of_supporter(stage, stage.matched(stage.submit(CALLS_ONLY, facts)))
    country = stage.program.file.country
    phone = stage.another_phone()
    nameless = replace(LISTENING, name="", email="sam.example@example.org", phone=phone)
    reference = stage.matched(stage.submit(nameless))
    yield "matched, no name given", of_supporter(stage, reference)
    given = replace(nameless, email="sam.two@example.org")
    stage.engine.correct_contact(reference, given, stage.now)
    yield "another address is checked", of_supporter(stage, reference)
    given = replace(nameless, phone=stage.another_phone())
    stage.engine.correct_contact(reference, given, stage.now)
    yield "another phone is checked", of_supporter(stage, reference)
    given = replace(CALLS_ONLY, phone=f"{example(country)} x12")
    stage.engine.correct_contact(reference, given, stage.now)
    yield "another phone and address are checked", of_supporter(stage, reference)
    events.asked_about_correction(stage, reference)
    yield "until when it is checked", of_supporter(stage, reference)
    stage.passes(days=2)
    stage.handles(reference)
    yield "another way counts", of_supporter(stage, reference)


def over(stage: Stage) -> Pages:
    """Nothing is left to do: while they can undo their answer, and where nothing can be undone."""
    reference = stage.offered(stage.submit())
    number = _number(stage, reference)
    stage.says(reference, Event.DECLINED)
    yield "said not this time", of_supporter(stage, reference, number)
    case = common.summary(stage.casebook, stage.load(reference).case, stage.now)
    yield "handed back", EndedPage(case, Event.HANDED_BACK, Role.SUPPORTER, "9:50 AM")
    yield "not reached, for good", EndedPage(case, Event.NOT_REACHED, Role.SUPPORTER)
    yield "said not this time, for good", EndedPage(case, Event.DECLINED, Role.SUPPORTER)
    yield "done for good", EndedPage(case, Event.COMPLETED, Role.SUPPORTER)


def _number(stage: Stage, reference: str) -> int | None:
    offer = stage.load(reference).case.current_offer
    return offer.number if offer else None
