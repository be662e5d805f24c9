"""The page for deleting in Qualtrics, by hand, what forgotten requests left there."""

from collections.abc import Sequence

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from casebook.copies import by_hand
from lib.languages.said import for_staff
from notifications.mail.links import COPIES
from pages import visits
from pages.context import casebook
from pages.facts.page import SentForm
from pages.facts.privacy import copies_page
from pages.responses import not_sure_yet, not_yours, show
from pages.visits import NoVisit
from store.forgotten import copies
from store.forgotten.copies import Copy

bp = Blueprint("copies", __name__)

NONE_TICKED = for_staff("Check what you’ve deleted in Qualtrics, then press the button below.")


@bp.get("/copies")
def show_copies() -> ResponseReturnValue:
    return _page(_visitor())


@bp.post("/copies")
def tick_off() -> ResponseReturnValue:
    """Forget the ids of what this person says is deleted in Qualtrics."""
    person = _visitor()
    ticked = set(request.form.getlist("deleted"))
    gone = [copy.id for copy in _theirs(person) if f"{copy.id}" in ticked]
    if not ticked:
        return _page(person, NONE_TICKED, 400)
    if question := not_sure_yet(for_staff("Are all of these deleted in Qualtrics?")):
        return question
    with casebook().store.write() as db:
        copies.drop(db, gone)
    casebook().store.checkpoint()
    return redirect(url_for("copies.show_copies"), 303)


def _visitor() -> str:
    visit = visits.current_person()
    if visit.page != COPIES:
        raise NoVisit
    return visit.person


def _theirs(person: str) -> Sequence[Copy]:
    has_api = current_app.extensions["settings"].has_api
    return by_hand(casebook(), has_api=has_api).get(person, [])


def _page(person: str, problem: str = "", status: int = 200) -> ResponseReturnValue:
    if casebook().program.person(person) is None:
        return not_yours(None)
    return show(copies_page(casebook(), _theirs(person), SentForm(problem)), status)
