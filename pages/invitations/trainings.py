"""The page of the sessions: for coordinators, and for the people who lead one (/trainings)."""

from collections.abc import Sequence

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.invitations import training
from lib.languages.said import for_staff
from notifications.mail.links import TRAININGS
from pages import own, visits
from pages.context import casebook, engine, now
from pages.facts.invitations import sessions
from pages.facts.page import SentForm
from pages.responses import not_sure_yet, show
from program.training.sessions import Session
from store.invitations.asked import shown
from workflow.errors import NotYours

bp = Blueprint("trainings", __name__)

CHOOSE = for_staff("Check who came, then press Save who came.")
SURE = for_staff(
    "Save who came? Those you checked get credit for it. The others are invited to the next one."
)


@bp.get("/trainings")
def show_sessions() -> ResponseReturnValue:
    return _page(_theirs())


@bp.post("/trainings")
def record() -> ResponseReturnValue:
    """Record who came to a session that is over."""
    theirs = _theirs()
    found = next((one for one in theirs if one.id == request.form.get("session")), None)
    is_chosen = request.form.get("choice") == "attendance"
    if found is None or not is_chosen or found.ends_at > now() or _is_care(found):
        return _page(theirs, CHOOSE, 400)
    if question := not_sure_yet(SURE):
        return question
    db = casebook().store.read()
    came = {shown(db, name) for name in request.form.getlist("came")}
    training.record(engine(), found, came, now())
    return redirect(url_for("trainings.show_sessions"), 303)


def _is_care(session: Session) -> bool:
    return casebook().program.training.is_care(session.kind)


def _theirs() -> Sequence[Session]:
    """Return the sessions that someone may see: all for coordinators, else those they lead."""
    visit, program = visits.current_person(), casebook().program
    known = list(program.sessions.values())
    if visit.page == TRAININGS:
        led = [one for one in known if one.led_by == visit.person]
        if not led:
            raise NotYours(f"{visit.person} leads no session")
        return led
    if own.visitor().id not in program.all_coordinators or not known:
        raise NotYours("Only coordinators see all sessions")
    own.require_own_link()
    return known


def _page(theirs: Sequence[Session], problem: str = "", status: int = 200) -> ResponseReturnValue:
    return show(sessions.page(casebook(), theirs, SentForm(problem)), status)
