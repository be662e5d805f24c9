"""The reviewer's page after a supporter said yes."""

from dataclasses import replace

from pages.examples import events
from pages.examples.requester import CALLS_ONLY
from pages.examples.shown import Pages, decided, looked, of_reviewer
from pages.examples.stage import LISTENING, Stage
from pages.facts import common
from pages.facts.answered import GoneOnPage
from workflow.model import Event, Outcome
from workflow.promises import UNTOUCHED


def asked_first(stage: Stage) -> Pages:
    """A supporter said yes, and the requester is asked before it is settled."""
    reference = events.proposed(stage)
    yield "said yes, requester is asked", of_reviewer(stage, reference)
    stage.passes(days=2)
    stage.handles(reference)
    yield "said yes, requester has not answered", of_reviewer(stage, reference)


def as_usual(stage: Stage) -> Pages:
    """Matched, in contact, untouched for months, closed, and opened again."""
    reference = stage.matched(stage.submit())
    yield "matched", of_reviewer(stage, reference)
    stage.passes(days=4)
    yield "first contact is late", of_reviewer(stage, reference)
    stage.says(reference, Event.CONTACTED)
    yield "in contact", of_reviewer(stage, reference)
    stage.now += UNTOUCHED
    yield "nothing heard for months", of_reviewer(stage, reference)
    stage.says(reference, Event.COMPLETED, outcome=Outcome.SUPPORTED)
    stage.passes(minutes=20)
    yield "closed", of_reviewer(stage, reference)
    stage.decide(reference, Event.REOPENED)
    yield "opened again", decided(stage, reference)


def supporter_away(stage: Stage) -> Pages:
    """The supporter's mailbox answers automatically, and they are away."""
    reference = stage.matched(stage.submit())
    who = events.supporter_of(stage, reference)
    events.answers_automatically(stage, who)
    yield "mailbox answers", of_reviewer(stage, reference)
    events.goes_away(stage, who)
    yield "supporter is away", of_reviewer(stage, reference)


def excluded(stage: Stage) -> Pages:
    """It turns out that they do not want the supporter who is asked, or matched."""
    reference = stage.offered(stage.submit())
    asked = stage.program.supporters[events.supporter_of(stage, reference)]
    first = stage.load(reference).identity or LISTENING
    newer = stage.submit(replace(first, not_wanted=asked.name))
    yield "a second request leaves out who is asked", of_reviewer(stage, reference)
    yield "asked before? leaves out who is asked", of_reviewer(stage, newer)
    stage.wants(newer, Event.WITHDRAWN)
    stage.wants(reference, Event.WITHDRAWN)
    reference = events.proposed(stage)
    said_yes = stage.program.supporters[events.supporter_of(stage, reference)]
    _merge_without(stage, reference, said_yes.name)
    yield "said yes, but not wanted", of_reviewer(stage, reference)
    another = replace(LISTENING, email="sam.example@example.org", name="Sam Example")
    reference = stage.matched(stage.submit(another))
    matched = stage.program.supporters[events.supporter_of(stage, reference)]
    _merge_without(stage, reference, matched.name)
    yield "matched, but not wanted", of_reviewer(stage, reference)


def unclear(stage: Stage) -> Pages:
    """While a supporter is asked, they say whom they do not want, and we do not understand it."""
    reference = stage.offered(stage.submit())
    _merge_without(stage, reference, "the tall one on days")
    yield "asked, but not wanted is unclear", of_reviewer(stage, reference)


def corrected(stage: Stage) -> Pages:
    """Another way to reach them waits."""
    reference = stage.matched(stage.submit())
    given = replace(CALLS_ONLY, phone=stage.another_phone())
    stage.engine.correct_contact(reference, given, stage.now)
    yield "another way to reach them", of_reviewer(stage, reference)
    yield "another way, name opened", looked(stage, reference, "identity")
    events.asked_about_correction(stage, reference)
    yield "another way, asked by mail", of_reviewer(stage, reference)
    events.second_address_fails(stage, reference)
    yield "another way, a mail came back", of_reviewer(stage, reference)
    unmailable = replace(stage.facts(), is_mailable=False)
    urgent = stage.submit(CALLS_ONLY, unmailable, is_urgent=True)
    given = replace(CALLS_ONLY, phone=stage.another_phone())
    stage.engine.correct_contact(urgent, given, stage.now)
    yield "another way, urgent and without email", of_reviewer(stage, urgent)


def merged(stage: Stage) -> Pages:
    """A newer request is the same, and gave another address."""
    older = stage.matched(stage.submit())
    newer = events.twin(stage)
    events.merges(stage, newer, older)
    yield "second request", of_reviewer(stage, older)
    yield "second request, name opened", looked(stage, older, "identity")
    yield "second request, text opened", looked(stage, older, "text")
    case = common.summary(stage.casebook, stage.load(older).case, stage.now)
    yield "goes on as another", GoneOnPage(case, newer, is_theirs=True, may_act=False)
    yield "went on meanwhile", GoneOnPage(case, newer, is_theirs=False, may_act=True)


def merged_leaving_out(stage: Stage) -> Pages:
    """A newer request is the same, and leaves out people who could be asked otherwise."""
    names = [one.name for one in stage.program.supporters.values() if one.status == "active"]
    for count in (1, 2):
        reference = stage.submit()
        _merge_without(stage, reference, ", ".join(names[:count]))
        yield f"second request leaves out {count}", of_reviewer(stage, reference)
        yield f"second request leaves out {count}, text opened", looked(stage, reference, "text")
        stage.wants(reference, Event.WITHDRAWN)


def merged_urgent(stage: Stage) -> Pages:
    """The newer one is urgent; then the older one, which gets no mail."""
    reference = stage.submit()
    known = stage.load(reference).identity or LISTENING
    newer = stage.submit(known, is_urgent=True)
    yield "asked before? urgent", of_reviewer(stage, newer)
    yield "a second request is urgent", of_reviewer(stage, reference)
    stage.wants(newer, Event.WITHDRAWN)
    stage.wants(reference, Event.WITHDRAWN)
    facts = replace(stage.facts(), is_mailable=False)
    older = stage.matched(stage.submit(CALLS_ONLY, facts, is_urgent=True))
    newer = events.twin(stage)
    yield "asked before? without email", of_reviewer(stage, newer)
    events.merges(stage, newer, older)
    yield "second request, urgent", of_reviewer(stage, older)
    yield "second request, urgent, name opened", looked(stage, older, "identity")


def _merge_without(stage: Stage, older: str, not_wanted: str) -> None:
    """Let the same person ask again, from the same address, without someone."""
    first = stage.load(older).identity or LISTENING
    newer = stage.submit(replace(first, not_wanted=not_wanted))
    events.merges(stage, newer, older)
