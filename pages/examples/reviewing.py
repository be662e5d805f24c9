"""The reviewer's page until a supporter says yes."""

from dataclasses import replace

from engine.duplicates import tell_apart
from pages.cases import ASK_FOR_GOOD, ASK_NOW, DROPS_CHANGE, REFUSED, SAVE_FOR_GOOD, SAVE_NOW
from pages.examples import events
from pages.examples.requester import CALLS_ONLY
from pages.examples.shown import Pages, decided, looked, missing, of_reviewer
from pages.examples.stage import LISTENING, NotPossible, Stage
from pages.facts import candidates, common
from pages.facts.answered import EndedPage
from pages.facts.page import Page, SurePage
from people.records import Identity
from store.record import holds
from workflow.choices import LOOKING
from workflow.errors import CannotBeAsked, NeedsReason
from workflow.model import Event, Role, Wish

TEXTS = Identity(name="Alex Example", is_text_ok=True)
NO_WAY = Identity(name="Kim Example", email="kim@example.org")
NOTHING_CHOSEN = "Please choose one of the answers first."
MEANWHILE = "This was settled in the meantime, so your answer changed nothing."


def arrived(stage: Stage) -> Pages:
    """A new request, until a supporter is asked."""
    reference = stage.submit()
    yield "new", of_reviewer(stage, reference)
    yield "nothing chosen", of_reviewer(stage, reference, missing(NOTHING_CHOSEN))
    loaded, person = stage.load(reference), stage.reviewer(reference)
    stage.engine.record_opening(loaded, LOOKING, person, stage.now)
    yield "looking at it", of_reviewer(stage, reference)
    yield "name opened", looked(stage, reference, "identity")
    yield "text opened", looked(stage, reference, "text")
    yield "why still?", _why_still(stage, reference)
    yield "why still, with a backup?", _why_still(stage, reference, backup="backup")
    events.answers_automatically(stage, stage.chosen(reference)[0])
    yield "someone’s mailbox answers", of_reviewer(stage, reference)
    stage.passes(days=4)
    yield "late", of_reviewer(stage, reference)
    stage.asks(reference)
    yield "asked just now", decided(stage, reference)
    yield "offer not mailed yet", of_reviewer(stage, reference)


def asked(stage: Stage) -> Pages:
    """A supporter was asked."""
    reference = stage.offered(stage.submit())
    page = of_reviewer(stage, reference)
    yield "asked", page
    late = "We emailed the requester on Monday, Nov 23, 9 AM, and it hasn’t arrived yet"
    yield "asked, a mail is delayed", replace(page, delays=[late])
    close = replace(page, offer=replace(page.offer, exclusion="too_close"))
    yield "asked, but too close", close
    second = missing(MEANWHILE, choice="offered")
    yield "came second", of_reviewer(stage, reference, second)
    stage.says(reference, Event.DECLINED)
    stage.passes(minutes=20)
    yield "backup is asked", of_reviewer(stage, reference)
    stage.passes(days=30)
    for _ in range(3):
        stage.handles(reference)
        stage.passes(days=30)
    yield "no one answered", of_reviewer(stage, reference)
    alone = stage.submit(replace(LISTENING, email="sam.example@example.org"))
    stage.decide(alone, Event.OFFERED, supporters=(stage.chosen(alone)[0],), although="asked_for")
    yield "asked just now, without a backup", decided(stage, alone)


def seldom(stage: Stage) -> Pages:
    """Someone is asked who seldom reads mail."""
    reference = stage.submit()
    ranking = stage.casebook.ranking(stage.load(reference), stage.now)
    found = [one.supporter.id for one in ranking.ranked if one.supporter.checks_mail != "daily"]
    if not found:
        raise NotPossible("everybody reads mail daily")
    stage.decide(reference, Event.OFFERED, supporters=(found[0],), although="asked_for")
    yield "asked someone who seldom reads mail", decided(stage, reference)
    stage.mailed(reference)
    yield "someone who seldom reads mail was mailed", decided(stage, reference)


def urgent(stage: Stage) -> Pages:
    """They may not be safe."""
    reference = stage.submit(is_urgent=True)
    page = of_reviewer(stage, reference)
    yield "urgent", page
    yield "urgent, no one calls", replace(page, are_more_called=True)
    stage.decide(reference, Event.CALL_TAKEN)
    yield "urgent, calling", of_reviewer(stage, reference)
    stage.engine.record_opening(
        stage.load(reference), LOOKING, stage.reviewer(reference), stage.now
    )
    yield "urgent, calling and looking", of_reviewer(stage, reference)
    stage.decide(reference, Event.CALLED)
    yield "urgent, called", of_reviewer(stage, reference)
    yield "sure? ask now", SurePage(ASK_NOW, [("choice", "offered")])
    english = stage.program.english
    yield "sure? save now", SurePage(english.own(SAVE_NOW), [("choice", "referred")])
    yield "sure? ask for good", SurePage(ASK_FOR_GOOD, [("choice", "offered")])
    yield "sure? save for good", SurePage(english.own(SAVE_FOR_GOOD), [("choice", "accepted")])
    yield "sure? drops a change", SurePage(DROPS_CHANGE, [("choice", "closed")])
    yield "not free anymore", of_reviewer(stage, reference, missing(REFUSED[CannotBeAsked]))


def by_phone(stage: Stage) -> Pages:
    """They get no mail, so that reviewers tell them; or no one can reach them."""
    unmailable = replace(stage.facts(), is_mailable=False)
    reference = stage.submit(CALLS_ONLY, unmailable)
    yield "without email", of_reviewer(stage, reference)
    stage.matched(reference)
    events.needs_telling(stage, reference, "matched")
    yield "must be told", of_reviewer(stage, reference)
    yield "must be told, name opened", looked(stage, reference, "identity")
    stage.passes(days=3)
    yield "must be told, late", of_reviewer(stage, reference)
    events.needs_telling(stage, texted := stage.submit(TEXTS, unmailable), "delayed")
    yield "must be told, may be texted", looked(stage, texted, "identity")
    events.needs_telling(stage, silent := stage.submit(NO_WAY, unmailable), "delayed")
    yield "must be told, no way is fine", looked(stage, silent, "identity")
    unreachable = replace(unmailable, is_reachable=False, unreadable=("contact",))
    reference = stage.submit(Identity(name="Sam Example"), unreachable)
    yield "cannot be reached", of_reviewer(stage, reference)
    events.everybody_is_away(stage)
    yield "cannot be reached, no one is free", of_reviewer(stage, reference)


def wishes(stage: Stage) -> Pages:
    """Few fit; no one is free; and what is known of the requester is little."""
    last = [*stage.program.roles][-1]
    similar = replace(stage.facts(), role=last, wish_specialty=Wish.SIMILAR)
    yield "few fit", of_reviewer(stage, stage.submit(facts=similar))
    little = replace(stage.facts(), department="", role="", specialty="", language="xx")
    unreadable = replace(little, unreadable=("safety", "wish_role"))
    odd = replace(LISTENING, name="", email="sam.example@example.org", response_id="R_1example")
    reference = stage.submit(odd, unreadable, is_test=True)
    yield "unreadable answers", of_reviewer(stage, reference)
    yield "unreadable answers, name opened", looked(stage, reference, "identity")
    events.everybody_is_away(stage)
    yield "no one is free", of_reviewer(stage, reference)


def away_from_it(stage: Stage) -> Pages:
    """The reviewer stepped back, or it ended."""
    reference = stage.submit()
    case = common.summary(stage.casebook, stage.load(reference).case, stage.now)
    yield "stepped back", EndedPage(case, Event.HANDED_OVER, Role.REVIEWER, "9:50 AM")
    yield "withdrawn meanwhile", EndedPage(case, Event.WITHDRAWN, Role.REVIEWER)
    stage.decide(reference, Event.REFERRED, resources=tuple(stage.program.resources)[:1])
    yield "referred just now", decided(stage, reference)
    stage.passes(minutes=20)
    yield "referred", of_reviewer(stage, reference)


def doubles(stage: Stage) -> Pages:
    """Another open request may come from the same person."""
    older, newer = stage.submit(), events.twin(stage)
    yield "asked before?", of_reviewer(stage, newer)
    yield "a newer one came", of_reviewer(stage, older)
    tell_apart(stage.engine, newer, older, stage.reviewer(newer), stage.now)
    yield "two requests", of_reviewer(stage, newer)
    same = stage.submit(replace(LISTENING, phone=stage.another_phone()))
    yield "the same address", of_reviewer(stage, same)
    held = stage.load(older).stored.id
    with stage.store.write() as db:
        holds.hold(db, held, stage.now)
    yield "the older one is held", of_reviewer(stage, same)
    with stage.store.write() as db:
        holds.hold(db, held, None)
    third = stage.submit(Identity(phone=stage.load(older).identity.phone, is_call_ok=True))  # type: ignore[union-attr]
    yield "the same phone", of_reviewer(stage, third)
    stage.offered(same)
    yield "the same address, asked", of_reviewer(stage, same)
    stage.says(same, Event.ACCEPTED)
    yield "the same address, matched", of_reviewer(stage, same)


def alike(stage: Stage) -> Pages:
    """Someone who has a supporter, and is in touch, sends the same form again."""
    older = stage.submit()
    identity = stage.load(older).identity
    if identity is None:
        raise NotPossible("the identity cannot be opened")
    stage.matched(older)
    newer = stage.submit(identity)
    yield "the same form again, matched", of_reviewer(stage, newer)
    stage.says(older, Event.CONTACTED)
    yield "the same form again, in contact", of_reviewer(stage, newer)


def left_out(stage: Stage) -> Pages:
    """Most colleagues are left out at the requester's wish, or perhaps at someone else's."""
    names = [one.name for one in stage.program.supporters.values()]
    several = names[: len(names) * 2 // 3]
    reference = stage.submit(replace(LISTENING, not_wanted=" / ".join(several)))
    yield "most left out", of_reviewer(stage, reference)


def _why_still(stage: Stage, reference: str, **kept: str) -> Page:
    first = stage.chosen(reference)[0]
    why = candidates.needs_reason(stage.casebook, NeedsReason({first: ("works in the same unit",)}))
    form = missing(why, choice="offered", first=first, **kept)
    return of_reviewer(stage, reference, replace(form, missing="although"))
