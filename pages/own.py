"""The own pages of reviewers and supporters (/link, /me, /board)."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from casebook import attendance, duplicates
from casebook.purpose import has_own_page
from engine import covering, resting, talks
from engine.access import fresh_links
from lib.languages.language import for_requesters
from lib.languages.said import for_staff
from notifications import planning
from notifications.mail.links import BOARD, COPIES, DIGEST, MAILED, NEWCOMERS, TRAININGS
from pages import visits
from pages.access.timing import SHORT_STEP_SECONDS, in_steps, refusals_in_steps
from pages.context import browser_language, casebook, engine, now
from pages.facts import board, own
from pages.facts.page import LinkPage, SentForm
from pages.forms import BACK, HAND_OVER, BadForm, presence_in
from pages.readiness_form import is_about_readiness, readiness_in
from pages.responses import message, show, show_to_anybody
from pages.visits import NoVisit, PersonVisit
from people.absences import Absence
from people.records import Person
from people.supporters import Readiness
from store import absences, readiness
from store.access import visits as stored_visits
from store.access.links import Link
from store.database import Database
from workflow.choices import TALK
from workflow.errors import NoSuchCase, NotYours
from workflow.model import Role

bp = Blueprint("person", __name__)

TOO_OFTEN = for_requesters(
    "Your network has asked for too many links today. If it can’t wait, reply to any email you have"
    " from us. Whoever reads our mailbox will see who you are."
)
ON_ITS_WAY = for_requesters(
    "If we write to you at this address, a new link is on its way. We send one every ten minutes at"
    " most, and three a day."
)
LINK_SENT = for_staff(
    "We’ve emailed you the link to %(reference)s. Open it to decide. This board can’t open a"
    " request by itself, because its link may have been forwarded. We send a link at most once in"
    " ten minutes, and three times a day."
)
PASSED_ON = for_staff(
    "The email whose link you opened may have been passed on, so it doesn’t open this page. Ask for"
    " a link of your own."
)
#: The pages that links of admins lead to, besides the one about their files.
OF_ADMINS = {
    COPIES: "copies.show_copies",
    NEWCOMERS: "nominees.show_newcomers",
    TRAININGS: "trainings.show_sessions",
}
#: No board is longer; a larger number is no one's.
MOST_STARTS = 1_000_000
#: Links that lead to the board.
BOARDS = (BOARD, DIGEST)
#: The field that names a visit to end.
END_VISIT = "end_visit"
NOT_WITH_YOU = for_staff(
    "You’re no longer asked to support this request. Would you like to talk? Call a coordinator."
)


class PassedOn(Exception):
    """The link may have been passed on, and what is here takes one that its reader asked for."""


def begin(link: Link) -> ResponseReturnValue:
    """Begin a visit of half an hour on someone's own pages."""
    if link.role is Role.INVITED:
        visits.begin_person(PersonVisit(link.person, link.role))
        return redirect(url_for("invited.show_invitation"), 303)
    visits.begin_person(PersonVisit(link.person, link.role, link.page))
    if link.page in OF_ADMINS:
        return redirect(url_for(OF_ADMINS[link.page]), 303)
    if link.role is Role.ADMIN:
        return redirect(url_for("program.show_program"), 303)
    return redirect(url_for("person.show_board" if link.page in BOARDS else "person.show_me"), 303)


@bp.get("/link")
def ask_for_link() -> ResponseReturnValue:
    problem = PASSED_ON if request.args.get("because") == "passed_on" else ""
    return show_to_anybody(LinkPage(SentForm(problem)))


@bp.post("/link")
def mail_link() -> ResponseReturnValue:
    """Let someone be mailed a fresh link; everyone gets the same answer in the same time."""
    address = request.form.get("address", "")
    if "@" not in address:
        problem = browser_language().say("Please type your email address.")
        return show_to_anybody(LinkPage(SentForm(problem)), 400)
    # "Back" must not show the next person at a shared computer which address was typed.
    visits.clear_cache()
    if not fresh_links.ask_by_address(engine(), address, _client(), now()):
        return message(for_requesters("Please try again tomorrow"), TOO_OFTEN, 429)
    return message(for_requesters("Please check your email"), ON_ITS_WAY, 200)


def _client() -> str:
    """Return a client's address; "" when it would be that of a proxy, which is everyone's."""
    is_hidden = current_app.config["IS_BEHIND_UNKNOWN_PROXY"]
    return "" if is_hidden else request.remote_addr or ""


@bp.get("/me")
def show_me() -> ResponseReturnValue:
    try:
        return _page(_own_visitor())
    except NoVisit:
        return redirect(url_for("person.ask_for_link"), 303)


@bp.post("/me")
def say() -> ResponseReturnValue:
    """Record an answer on someone's own page; no choice has a default."""
    person = _own_visitor()
    if visits.current_person().page == MAILED and request.form.get("choice") != HAND_OVER:
        raise PassedOn
    if END_VISIT in request.form:
        return _end_visit(person)
    if person.id in casebook().program.supporters:
        if request.form.get("choice") == TALK:
            with in_steps(SHORT_STEP_SECONDS):
                return _ask_to_talk(person)
        if is_about_readiness(request.form):
            return _record_readiness(person)
    return _record_absence(person)


def _end_visit(person: Person) -> ResponseReturnValue:
    """End a visit of this person, here or in another browser."""
    ids = attendance.ids_of_person(casebook().program, person)
    with casebook().store.write() as db:
        stored_visits.end_named(db, ids, request.form[END_VISIT], now())
    visits.clear_cache()
    return redirect(url_for("person.show_me"), 303)


def _record_absence(person: Person) -> ResponseReturnValue:
    """Record an absence or its end, or hand over uncovered cases."""
    try:
        choice = presence_in(request.form, _today())
    except BadForm as error:
        return _page(person, problem=error.words, status=400)
    if choice == HAND_OVER:
        covering.hand_over(engine(), person.id, request.form.getlist("shown"), now())
    with casebook().store.write() as db:
        for id in attendance.ids_of_person(casebook().program, person):
            _record_choice(db, id, choice)
    return redirect(url_for("person.show_me"), 303)


def _record_choice(db: Database, id: str, choice: Absence | str) -> None:
    if isinstance(choice, Absence):
        absences.declare(db, id, choice, _today())
    elif choice == BACK and request.form.get("first"):
        absences.take_back(db, id, request.form["first"])
    elif choice == BACK:
        absences.end_current(db, id, _today())


def _today() -> date:
    return casebook().program.today(now())


def _record_readiness(person: Person) -> ResponseReturnValue:
    """Record a pause, a rest, the end of either, or how many cases a supporter takes."""
    most = casebook().program.supporters[person.id].capacity
    is_free = person.id not in resting.busy_supporters(casebook().store.read())
    try:
        with casebook().store.write() as db:
            before = readiness.declared(db).get(person.id, Readiness())
            after = readiness_in(request.form, before, most, _today(), is_free)
            readiness.declare(db, person.id, after)
    except BadForm as error:
        return _page(person, problem=error.words, status=400)
    return redirect(url_for("person.show_me"), 303)


def _ask_to_talk(person: Person) -> ResponseReturnValue:
    """Tell the reviewers of a case that its supporter would like to talk about it.

    Whether one that is not theirs anymore is still there must not show by the time.
    """
    try:
        talks.ask(engine(), request.form.get("reference", ""), person, now())
    except (NoSuchCase, NotYours):
        return _page(person, problem=NOT_WITH_YOU, status=409)
    return redirect(url_for("person.show_me"), 303)


@bp.get("/board")
def show_board() -> ResponseReturnValue:
    try:
        return _board(reviewer())
    except NoVisit:
        return redirect(url_for("person.ask_for_link"), 303)


@bp.post("/board")
def open_request() -> ResponseReturnValue:
    """Mail the link to a case, or go on with what its mail began in this browser.

    The link to the board may have been passed on, so the board opens and decides nothing.
    """
    person, chosen = reviewer(), request.form.get("choice", "")
    with refusals_in_steps(), in_steps(SHORT_STEP_SECONDS):
        loaded = casebook().load(chosen)
        if visits.current_person().page != BOARD:
            # What was merged is on their board, and looks like any other.
            older = duplicates.asked_about(casebook(), loaded.case)
            loaded = loaded if older is None else casebook().load(older.reference)
        if not loaded.reviewing.may_act(person.id):
            raise NoSuchCase(f"There’s no request {chosen} on this board")
    visit = visits.running(person.id).get(chosen)
    if visit is None:
        mail = planning.fresh_link(loaded, person.id, Role.REVIEWER, None, now())
        fresh_links.queue(engine(), [mail], now())
        return message(for_staff("Check your email"), for_staff(LINK_SENT, reference=chosen), 200)
    visits.change(replace(visit, has_decided=False))
    return redirect(url_for("pages.show_case", slot=visit.slot), 303)


def reviewer() -> Person:
    """Return the reviewer who is on the board; NotYours when they have none."""
    person = visitor()
    if visits.current_person().page == MAILED:
        raise PassedOn
    if person.id not in casebook().program.all_reviewers:
        raise NotYours(f"{person.id} has no board")
    return person


def _board(person: Person) -> ResponseReturnValue:
    sort, department = request.args.get("sort", ""), request.args.get("department", "")
    open_here = visits.running(person.id).keys()
    start = min(max(0, request.args.get("start", 0, int)), MOST_STARTS)
    is_brief = visits.current_person().page != BOARD
    # Requests that are kept from its reader are opened too, to find that out.
    with in_steps():
        page = board.page(
            casebook(), person, now(), open_here, sort, department, start, is_brief=is_brief
        )
        return show(page)


def visitor() -> Person:
    """Return who is on their own page; NotYours when they have none anymore.

    NoVisit by the link of a mail about something else: whom it was passed on to sees that alone.
    """
    visit = visits.current_person()
    if visit.role is Role.ADMIN:
        raise NoVisit
    id = visit.person
    person = casebook().program.person(id)
    if person is None or not has_own_page(casebook().program, id):
        raise NotYours(f"{id} has no page")
    return person


def _own_visitor() -> Person:
    """Return who is on their own page; PassedOn by the morning's mail, which others may read.

    If they could say that its reader is away, deputies would see requests, and nothing tells its
    reader: whoever is away gets no mail.
    """
    person = visitor()
    if visits.current_person().page == DIGEST:
        raise PassedOn
    return person


def require_own_link() -> None:
    """Raise PassedOn unless a reviewer is here by the link that they asked for."""
    if visits.current_person().page != BOARD:
        raise PassedOn


@bp.app_errorhandler(PassedOn)
def _passed_on(error: PassedOn) -> ResponseReturnValue:
    return redirect(url_for("person.ask_for_link", because="passed_on"), 303)


def _page(person: Person, problem: str = "", status: int = 200) -> ResponseReturnValue:
    form = SentForm(problem, kept=request.form)
    is_brief = visits.current_person().page == MAILED
    # Requests in which their part is over are opened too, to find that out.
    with in_steps(SHORT_STEP_SECONDS):
        facts = own.page(casebook(), person, now(), form, visits.names_here(), is_brief=is_brief)
        return show(facts, status)
