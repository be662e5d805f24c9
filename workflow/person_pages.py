"""Pages of one's own, for whoever reviews or supports: mailed on request, about no request."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from notifications.links import Link
from store import absences, outbox
from workflow import covering, mailroom, own_page, program_pages, visits
from workflow.absences import Absence
from workflow.deciding import BACK, HAND_OVER, BadForm, presence_in
from workflow.model import NotYours, Person, Role
from workflow.refusals import engine, message, show
from workflow.visits import NoVisit, PersonVisit

bp = Blueprint("person", __name__)


def begin(link: Link) -> ResponseReturnValue:
    """Begin a visit of half an hour on the pages that are somebody's own."""
    is_about_files = link.role is Role.ADMIN
    expires_at = visits.now() + visits.LIFE
    visits.begin_person(PersonVisit(link.person, expires_at, link.page if is_about_files else ""))
    page = "program.show_program" if is_about_files else "person.show_me"
    return redirect(url_for(page), 303)


def send_fresh_link(link: Link) -> ResponseReturnValue:
    """Mail a fresh link to the address on file; the answer never tells whether there is one."""
    if link.role is Role.ADMIN:
        return program_pages.send_fresh_link(link)
    return _mailed(engine().program.person(link.person))


@bp.get("/link")
def ask_for_link() -> ResponseReturnValue:
    return show("ask_for_link.html", problem="")


@bp.post("/link")
def mail_link() -> ResponseReturnValue:
    """Mail somebody the link to their page; the answer is the same for everybody."""
    address = request.form.get("address", "")
    if "@" not in address:
        return show("ask_for_link.html", 400, problem="Please type your e-mail address.")
    return _mailed(engine().program.found_by(address))


def _mailed(person: Person | None) -> ResponseReturnValue:
    now = visits.now()
    mails = [mailroom.link_to_own_page(person.id, now)] if person else []
    with engine().store.write() as db:
        outbox.add_like(db, mails, decoy=mailroom.decoy(now))
    return message(
        "Please look into your mail",
        "If we write to you at this address, the link to your page is on its way there. We mail it"
        " once in ten minutes at most.",
        200,
    )


@bp.get("/me")
def show_me() -> ResponseReturnValue:
    try:
        return _page(visitor())
    except NoVisit:
        return redirect(url_for("person.ask_for_link"), 303)


@bp.post("/me")
def say() -> ResponseReturnValue:
    """Record what somebody says about themselves; a choice has no default."""
    person, now = visitor(), visits.now()
    try:
        choice = presence_in(request.form, now.astimezone(engine().program.zone).date())
    except BadForm as error:
        return _page(person, problem=str(error), status=400)
    if choice == HAND_OVER:
        covering.hand_over(engine(), person.id, now)
    with engine().store.write() as db:
        absences.saw(db, person.id, now)
        if isinstance(choice, Absence):
            absences.say(db, person.id, choice)
        elif choice == BACK:
            absences.end(db, person.id)
    return redirect(url_for("person.show_me"), 303)


def visitor() -> Person:
    """Return who looks at a page of their own; NotYours when they have none any more."""
    program, id = engine().program, visits.current_person().person
    person = program.person(id)
    if person is None or not (id in program.all_reviewers or id in program.supporters):
        raise NotYours(f"{id} has no page")
    return person


def _page(person: Person, problem: str = "", status: int = 200) -> ResponseReturnValue:
    facts = own_page.facts(engine(), person, visits.now())
    return show("me.html", status, problem=problem, **facts)
