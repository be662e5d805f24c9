"""Pages of one's own, for whoever reviews or supports: mailed on request, about no request."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from notifications.links import Link
from store import outbox
from workflow import mailroom, program_pages, visits
from workflow.model import Person, Role
from workflow.refusals import engine, message, not_yours, show
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
        person = _visitor()
    except NoVisit:
        return redirect(url_for("person.ask_for_link"), 303)
    return show("me.html", name=person.name) if person else not_yours(None)


def _visitor() -> Person | None:
    """Return who looks at their own page; None when they have none any more."""
    program, id = engine().program, visits.current_person().person
    is_ours = id in program.all_reviewers or id in program.supporters
    return program.person(id) if is_ours else None
