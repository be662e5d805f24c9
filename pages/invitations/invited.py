"""The page of someone who is asked something outside of any request (/invitation)."""

import hashlib
from collections.abc import Callable

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from casebook import invitations
from casebook.casebook import Casebook
from engine.invitations import asking, group_sessions, training
from invitations.model import Answer, AnswerStands, Invitation, Kind
from lib.calendar_text import event
from lib.languages.language import Language, for_requesters
from lib.languages.said import for_staff
from pages import visits
from pages.context import casebook, engine, now
from pages.facts.invitations import group_session, nominee, referral, session
from pages.facts.page import MessagePage, Page, SentForm
from pages.forms import BadForm
from pages.invitations.calendar import entry
from pages.invitations.nominee_form import said_in
from pages.responses import not_sure_yet, show
from pages.visits import NoVisit
from program.outreach.sources import survey_for
from store.invitations.asked import token_of
from workflow.model import Role

bp = Blueprint("invited", __name__)

#: The answers that stand on buttons; the rest of a page is its kind's little form.
ANSWERS = {answer.value: answer for answer in (Answer.YES, Answer.NO, Answer.NEVER)}
ABOUT_ME = "about_me"
CHOOSE = for_requesters("Choose an answer, then press Send my answer.")
STANDS = for_staff(
    "The coordinators have already taken the next step, so nothing was changed. Reply to our"
    " email instead."
)
TOO_LATE = for_requesters("It’s too late to change your answer. Nothing was changed.")
NEVER_AGAIN = for_requesters("Delete everything about this, and never ask again?")
DELETED = (
    for_requesters("We won’t ask again"),
    for_requesters("Everything about this is deleted. Thank you."),
)


#: A calendar program opens it; its name says nothing.
CALENDAR = {
    "Content-Type": "text/calendar; charset=utf-8",
    "Content-Disposition": 'attachment; filename="calendar.ics"',
}
#: The kinds that offer support; a yes leads to the form.
OFFERING = (Kind.REFERRAL, Kind.OUTREACH)
#: The kinds of which an answer means more than the answer.
RECORDED = {Kind.TRAINING: training.answer, Kind.GROUP_SESSION: group_sessions.answer}
#: The page of each other kind.
PAGES: dict[Kind, Callable[[Casebook, Invitation, SentForm], Page]] = {
    Kind.NOMINATION: nominee.page,
    Kind.TRAINING: session.page,
    Kind.GROUP_SESSION: group_session.page,
}


@bp.get("/invitation")
def show_invitation() -> ResponseReturnValue:
    return _page(_visitor())


@bp.post("/invitation")
def answer() -> ResponseReturnValue:
    """Record an answer, or the little form after a yes; no choice has a default."""
    person, chosen = _visitor(), request.form.get("choice", "")
    if chosen == ABOUT_ME:
        return _describe(person)
    said = ANSWERS.get(chosen)
    if said is None:
        return _page(person, CHOOSE, 400)
    language = _language(person)
    if said is Answer.NEVER and (question := not_sure_yet(NEVER_AGAIN, language)):
        return question
    kind = asking.find(engine(), person).invitation.kind
    try:
        RECORDED.get(kind, asking.answer)(engine(), person, said, now())
    except AnswerStands:
        return _page(person, TOO_LATE if kind in RECORDED else STANDS, 409)
    if said is Answer.NEVER:
        visits.clear_cache()
        return show(MessagePage(*map(language.own, DELETED)), language=language)
    return redirect(url_for("invited.show_invitation"), 303)


@bp.get("/invitation/calendar.ics")
def calendar() -> ResponseReturnValue:
    """Return the session to which someone said yes, for their calendar."""
    person = _visitor()
    found = entry(casebook(), asking.find(engine(), person).invitation, _language(person))
    if found is None:
        abort(404)
    # The session's id may say what its title must not.
    uid = hashlib.sha256(f"session {found.id}".encode()).hexdigest()[:16]
    moments = (found.begins_at, found.ends_at, now())
    return event(f"{uid}@care-desk", found.title, found.place, *moments), 200, CALENDAR


def _describe(person: str) -> ResponseReturnValue:
    try:
        asking.describe(engine(), person, said_in(request.form, casebook().program), now())
    except BadForm as error:
        return _page(person, error.words, 400)
    except AnswerStands:
        return _page(person, STANDS, 409)
    return redirect(url_for("invited.show_invitation"), 303)


def _visitor() -> str:
    visit = visits.current_person()
    if visit.role is not Role.INVITED:
        raise NoVisit
    return visit.person


def _page(person: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    one, language = asking.find(engine(), person).invitation, _language(person)
    form = SentForm(language.own(problem), kept=request.form)
    if one.kind in OFFERING:
        shown: Page = referral.page(casebook(), one, form, _form_for(person, language), language)
    else:
        shown = PAGES[one.kind](casebook(), one, form)
    return show(shown, status, language)


def _language(person: str) -> Language:
    return invitations.language_of(casebook(), person)


def _form_for(person: str, language: Language) -> str:
    """Return where someone asks for support; the link brings along that we invited them."""
    base_url = current_app.extensions["settings"].qualtrics_base_url
    token = token_of(casebook().store.read(), person)
    form = survey_for(casebook().program, language.code)
    return form.address_for(base_url, token) or url_for("help.show_help")
