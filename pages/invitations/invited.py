"""The page of somebody who is asked something outside of any request (/invitation)."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.invitations import asking
from invitations.model import Answer, AnswerStands
from pages import visits
from pages.context import casebook, engine, now
from pages.facts.invitations import nominee
from pages.facts.page import SentForm
from pages.forms import BadForm
from pages.invitations.nominee_form import said_in
from pages.responses import message, not_sure_yet, show
from pages.visits import NoVisit
from workflow.model import Role

bp = Blueprint("invited", __name__)

#: The answers that stand on buttons; the rest of a page is its kind's little form.
ANSWERS = {answer.value: answer for answer in (Answer.YES, Answer.NO, Answer.NEVER)}
ABOUT_ME = "about_me"
CHOOSE = "Choose an answer, then press Send my answer."
STANDS = (
    "The coordinators have gone ahead since, so nothing was changed. Reply to our email instead."
)
NEVER_AGAIN = "Delete everything about this, and never ask again?"


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
    if said is Answer.NEVER and (question := not_sure_yet(NEVER_AGAIN)):
        return question
    try:
        asking.answer(engine(), person, said, now())
    except AnswerStands:
        return _page(person, STANDS, 409)
    if said is Answer.NEVER:
        visits.clear_cache()
        return message("We won’t ask again", "Everything about this is deleted. Thank you.", 200)
    return redirect(url_for("invited.show_invitation"), 303)


def _describe(person: str) -> ResponseReturnValue:
    try:
        asking.describe(engine(), person, said_in(request.form, casebook().program), now())
    except BadForm as error:
        return _page(person, str(error), 400)
    except AnswerStands:
        return _page(person, STANDS, 409)
    return redirect(url_for("invited.show_invitation"), 303)


def _visitor() -> str:
    visit = visits.current_person()
    if visit.role is not Role.INVITED:
        raise NoVisit
    return visit.person


def _page(person: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    stored = asking.find(engine(), person)
    form = SentForm(problem, kept=request.form)
    return show(nominee.page(casebook(), stored.invitation, form), status)
