"""Boards, and the own pages of reviewers and supporters."""

from dataclasses import replace
from datetime import timedelta

from engine import talks
from lib.languages.said import for_staff
from pages.examples import events
from pages.examples.shown import Pages, missing
from pages.examples.stage import LISTENING, NotPossible, Stage
from pages.facts import board, own
from pages.facts.page import MessagePage, Page, SentForm
from pages.forms import NO_LAST_DAY
from pages.own import LINK_SENT, NOT_WITH_YOU
from people.absences import Absence
from people.records import Person
from people.supporters import Readiness
from store import absences, readiness
from store.access import visits
from store.access.visits import StoredVisit, hash_of
from store.copies import restorations
from workflow.choices import LOOKING
from workflow.model import Event, Role


def boards(stage: Stage) -> Pages:
    """Nothing open, much open, sorted and filtered, while away, and after a restoration."""
    reference = stage.submit(replace(LISTENING, email="first@example.org"))
    who = _person(stage, stage.reviewer(reference))
    yield "board", board.page(stage.casebook, who, stage.now)
    _fill(stage, who)
    yield "board, much open", board.page(stage.casebook, who, stage.now, [reference])
    brief = board.page(stage.casebook, who, stage.now, is_brief=True)
    yield "board, by a link that may be forwarded", brief
    much = board.page(stage.casebook, who, stage.now)
    yield "board, more than a page", replace(much, start=board.MOST_LINES, next_start=100)
    department = stage.load(reference).case.facts.department
    chosen = board.page(stage.casebook, who, stage.now, (), "state", department)
    yield "board, one department", chosen
    yield (
        "link to a request mailed",
        MessagePage(for_staff("Check your email"), for_staff(LINK_SENT, reference=reference)),
    )
    events.goes_away(stage, who.id)
    with stage.store.write() as db:
        restorations.record_copy(db, stage.now - timedelta(hours=9))
        restorations.record(db, stage.now)
    yield "board, away, restored", board.page(stage.casebook, who, stage.now)


def quiet_board(stage: Stage) -> Pages:
    who = _person(stage, stage.program.duties.default_coordinators[0])
    yield "board, quiet", board.page(stage.casebook, who, stage.now)


def of_coordinator(stage: Stage) -> Pages:
    """A coordinator's page: here, leaving with no one to stand in, and away."""
    reference = stage.submit()
    reviewers = stage.load(reference).reviewing.reviewers
    who, today = reviewers[0], stage.program.today(stage.now)
    _visits(stage, who)
    yield "coordinator", _own(stage, who)
    yield "coordinator, by a mail", _brief(stage, who)
    wrong = missing(NO_LAST_DAY)
    yield "coordinator, a day is missing", _own(stage, who, wrong)
    for other in reviewers[1:]:
        events.goes_away(stage, other.id)
    for number in (1, 30):
        first = today + timedelta(days=number)
        absence = Absence(first, first + timedelta(days=10))
        with stage.store.write() as db:
            absences.declare(db, who.id, absence, today)
    yield "coordinator, leaving", _own(stage, who)
    yield "coordinator, leaving, by a mail", _brief(stage, who)
    events.goes_away(stage, who.id)
    yield "coordinator, away", _own(stage, who)


def away_twice(stage: Stage) -> Pages:
    """A supporter with two absences at once, and one whose absence is in the files."""
    who, today = next(iter(stage.program.supporters.values())), stage.program.today(stage.now)
    for days in (1, 2):
        with stage.store.write() as db:
            absence = Absence(today - timedelta(days=days), today + timedelta(days=9))
            absences.declare(db, who.id, absence, today)
    page = _own(stage, _person(stage, who.id))
    yield "supporter, away twice", page
    if isinstance(page, own.OwnPage):
        written = [replace(one, is_in_files=True) for one in page.absences]
        yield "supporter, away by the files", replace(page, absences=written)


def of_supporter(stage: Stage) -> Pages:
    """A supporter's page: asked, supporting, having asked to talk, resting, away."""
    reference = stage.offered(stage.submit())
    who = _person(stage, events.supporter_of(stage, reference))
    yield "supporter, asked", _own(stage, who)
    stage.says(reference, Event.ACCEPTED)
    yield "supporter", _own(stage, who)
    yield "supporter, by a mail", _brief(stage, who)
    talks.ask(stage.engine, reference, who, stage.now)
    yield "supporter, would like to talk", _own(stage, who)
    yield "supporter, no longer with them", _own(stage, who, missing(NOT_WITH_YOU))
    today = stage.program.today(stage.now)
    for state, declared in (
        ("paused", Readiness(is_paused=True)),
        ("rests later", Readiness().resting(2, today, is_free=False)),
        ("rests", Readiness().resting(2, today, is_free=True)),
    ):
        with stage.store.write() as db:
            readiness.declare(db, who.id, declared)
        yield f"supporter, {state}", _own(stage, who)


def free_supporter(stage: Stage) -> Pages:
    """A supporter who has nothing open and could take several."""
    most = max(stage.program.supporters.values(), key=lambda one: one.capacity)
    yield "supporter, free", _own(stage, _person(stage, most.id))
    unlisted = (one for one in stage.program.supporters.values() if one.status != "active")
    for one in unlisted:
        yield "supporter, not active", _own(stage, _person(stage, one.id))
        return


def _own(stage: Stage, who: Person, form: SentForm | None = None) -> Page:
    here = [visits.name_of(hash_of("here"))]
    return own.page(stage.casebook, who, stage.now, form or SentForm(), here)


def _brief(stage: Stage, who: Person) -> Page:
    """Return the page by a mail that may have been passed on."""
    return own.page(stage.casebook, who, stage.now, SentForm(), (), is_brief=True)


def _person(stage: Stage, id: str) -> Person:
    person = stage.program.person(id)
    if person is None:
        raise NotPossible("nobody has this id")
    return person


def _visits(stage: Stage, who: Person) -> None:
    """Let two browsers have their pages open."""
    end = stage.now + timedelta(minutes=30)
    visit = StoredVisit(who.id, Role.REVIEWER, "", None, stage.now, stage.now, end)
    with stage.store.write() as db:
        for browser in ("here", "elsewhere"):
            visits.begin(db, hash_of(browser), visit)


def _fill(stage: Stage, who: Person) -> None:
    """Let requests be in many states, in several departments."""
    unmailable = replace(stage.facts(), is_mailable=False, language="xx")
    for number, department in enumerate(stage.program.departments):
        facts = replace(stage.facts(), department=department)
        stage.submit(replace(LISTENING, email=f"one{number}@example.org"), facts)
    looking = stage.load(stage.submit(replace(LISTENING, email="two@example.org")))
    stage.engine.record_opening(looking, LOOKING, who.id, stage.now)
    told = stage.matched(stage.submit(replace(LISTENING, email=""), unmailable))
    events.needs_telling(stage, told, "matched")
    stage.submit(replace(LISTENING, email="three@example.org"), is_urgent=True)
    stage.passes(days=2)
    stage.offered(stage.submit(replace(LISTENING, email="four@example.org"), is_test=True))
    stage.passes(days=2)
