"""The pages about nominees: coordinators decide (/nominees), admins add them (/newcomers)."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from casebook.invitations import sees_nominees
from engine.invitations import nominations
from invitations.model import AnswerStands
from lib.addresses import is_address
from lib.languages.said import for_staff
from notifications.mail.links import NEWCOMERS
from pages import own, visits
from pages.context import casebook, engine, now
from pages.facts.invitations import nominees
from pages.facts.page import SentForm
from pages.responses import not_sure_yet, not_yours, show
from pages.visits import NoVisit
from store.invitations.asked import shown
from workflow.errors import NoSuchCase, NotYours

bp = Blueprint("nominees", __name__)

CHOOSE = for_staff("Choose what to do, then press the button beside it.")
NO_ADDRESS = for_staff(
    "Write the email address at which to ask them, for example alex@example.org."
)
GONE = for_staff("This was decided or deleted in the meantime, so nothing was changed.")
#: What cannot be undone is asked twice: a mail goes out, or everything about someone is deleted.
ASKED_TWICE = {
    "ask": for_staff("Ask them at this address? An email goes out, unless we may not ask them."),
    "ask_held": for_staff("Ask all of them? Everyone we may ask gets an email."),
    "remove_held": for_staff("Delete all of them, and ask no one?"),
    "decline": for_staff(
        "Thank them, and say that you have enough supporters right now? An email goes out."
    ),
    "remove": for_staff("Delete everything about this nomination?"),
    "invite": for_staff("Invite them to a training? An email goes out."),
    "ready": for_staff("Have an admin add them to the supporters? They can be asked from then on."),
}
DONE = {
    "ask": for_staff(
        "We’ll ask them now. If they said never again, or we asked them recently, or they’re"
        " already a supporter, we ask no one and delete this."
    ),
    "invite": for_staff(
        "They’re invited. Planned sessions go out by email. None planned? Tell them when."
    ),
    "decline": for_staff(
        "Their thank-you email goes out now. What they told us is deleted within a week."
    ),
    "ready": for_staff("The admins have a new line for supporters.csv."),
    "remove": for_staff("It’s deleted."),
    "ask_held": for_staff("We’ll ask all of them now, except those we may not ask."),
    "remove_held": for_staff("All of them are deleted."),
}
#: These are about all nominations of a busy day.
ABOUT_HELD = {"ask_held": nominations.ask_held, "remove_held": nominations.remove_held}


@bp.get("/nominees")
def show_nominees() -> ResponseReturnValue:
    _coordinator()
    return _page(done=DONE.get(request.args.get("done", ""), ""))


@bp.post("/nominees")
def decide() -> ResponseReturnValue:
    """Do what a coordinator chose; no choice has a default."""
    _coordinator()
    chosen = request.form.get("choice", "")
    person = shown(casebook().store.read(), request.form.get("nominee", ""))
    if chosen not in DONE or not (person or chosen in ABOUT_HELD):
        return _page(CHOOSE, 400)
    if chosen in ASKED_TWICE and (question := not_sure_yet(ASKED_TWICE[chosen])):
        return question
    if chosen in ABOUT_HELD:
        ABOUT_HELD[chosen](engine(), now())
        return redirect(url_for("nominees.show_nominees", done=chosen), 303)
    try:
        problem = _carry_out(chosen, person)
    except (AnswerStands, NoSuchCase):
        return _page(GONE, 409)
    if problem:
        return _page(problem, 400)
    return redirect(url_for("nominees.show_nominees", done=chosen), 303)


def _carry_out(chosen: str, person: str) -> str:
    """Carry out a choice; return what is wrong with it, if anything."""
    if chosen == "ask":
        address = request.form.get("address", "").strip()
        if not is_address(address):
            return NO_ADDRESS
        nominations.ask_at(engine(), person, address, now())
    elif chosen == "remove":
        nominations.remove(engine(), person, now())
    elif chosen == "invite":
        nominations.invite(engine(), person, now())
    elif chosen == "ready":
        nominations.make_ready(engine(), person, now())
    else:
        nominations.decline(engine(), person, now())
    return ""


def _coordinator() -> None:
    if not sees_nominees(casebook().program, own.visitor().id):
        raise NotYours("Only coordinators see nominees")
    own.require_own_link()


def _page(problem: str = "", status: int = 200, done: str = "") -> ResponseReturnValue:
    return show(nominees.page(casebook(), SentForm(problem), done), status)


@bp.get("/newcomers")
def show_newcomers() -> ResponseReturnValue:
    """Show an admin the lines to paste; they are over once the file has them."""
    visit = visits.current_person()
    if visit.page != NEWCOMERS:
        raise NoVisit
    if visit.person not in casebook().program.duties.admins:
        return not_yours(None)
    return show(nominees.newcomers_page(casebook()))
