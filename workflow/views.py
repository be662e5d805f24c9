"""The pages behind the links: opening changes nothing, only a chosen answer does."""

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from notifications.links import BadLink, ExpiredLink, Link, read
from store import outbox
from store.database import StorageBusy
from workflow import mailroom, pages
from workflow.deciding import BadForm, correction_in, decision_in
from workflow.engine import Engine, Loaded
from workflow.letters import Desk, common_facts
from workflow.model import Event, NoSuchCase, NotYours, Role, TransitionNotAllowed
from workflow.words import about

bp = Blueprint("pages", __name__, static_folder="../static", static_url_path="/static")

SESSION_LIFE = timedelta(minutes=30)
#: Visits that one browser may hold at a time; a cookie has room for no more than some twenty.
MOST_VISITS = 12
#: After these the person has nothing more to do with the case in this session.
ENDING = {Event.HANDED_BACK, Event.HANDED_OVER, Event.WITHDRAWN}
LOOKS = {"identity", "text"}


@dataclass(frozen=True)
class Visit:
    """One person on one case in one role, for half an hour."""

    reference: str
    role: Role
    person: str
    offer: int | None
    expires_at: datetime
    has_decided: bool = False


class NoVisit(Exception):
    """Nobody opened this page with a link, or too long ago."""


def engine() -> Engine:
    found: Engine = current_app.extensions["engine"]()
    return found


def desk() -> Desk:
    found: Desk = current_app.extensions["desk"]
    return found


def clock_now() -> datetime:
    now: datetime = current_app.extensions["clock"]()
    return now


# Links


@bp.get("/open/<token>")
def look_at_link(token: str) -> ResponseReturnValue:
    """The same neutral page for everybody: mail scanners open links."""
    return show("continue.html", token=token)


@bp.post("/open/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Begin a visit, or offer a fresh link when this one is too old."""
    try:
        link = read(token, desk().link_keys, clock_now())
    except ExpiredLink as error:
        return _expired(token, error.link)
    except BadLink:
        return _message(
            "This link does not work",
            "It may have been cut off on the way. Please open it from the e-mail again.",
            404,
        )
    expires_at = clock_now() + SESSION_LIFE
    _begin(Visit(link.reference, link.role, link.person, link.offer, expires_at))
    return redirect(url_for("pages.show_case", reference=link.reference, role=link.role), 303)


def _expired(token: str, link: Link) -> ResponseReturnValue:
    """Mail a fresh link to the address on file; the answer never tells whether there is one."""
    if request.form.get("choice") != "fresh":
        return show("expired.html", 410, token=token)
    with suppress(NoSuchCase):
        loaded = engine().load(link.reference)
        person = link.person or mailroom.REQUESTER
        mail = mailroom.fresh_link(loaded, person, link.role, link.offer, clock_now())
        with engine().store.write() as db:
            outbox.add(db, [mail])
    return _message(
        "A new link is on its way",
        "If this request is still open, you get a new link at the address that we have on file.",
        200,
    )


# The page of a case


@bp.get("/case/<reference>/<role>")
def show_case(reference: str, role: str) -> ResponseReturnValue:
    visit = _visit(reference, role)
    return _page(visit, engine().load(reference))


@bp.post("/case/<reference>/<role>")
def decide(reference: str, role: str) -> ResponseReturnValue:
    """Carry out what was chosen; a choice has no default."""
    visit = _visit(reference, role)
    loaded = engine().load(reference)
    chosen = request.form.get("choice", "")
    if chosen in LOOKS and visit.role is Role.REVIEWER and not visit.has_decided:
        return _look_closer(visit, loaded, chosen)
    try:
        event = _carry_out(visit, loaded, chosen)
    except BadForm as error:
        return _page(visit, loaded, problem=str(error), status=400)
    except TransitionNotAllowed:
        return _came_second(visit, chosen)
    if event in ENDING:
        _end(visit)
        return show("ended.html", event=event.value, reference=reference)
    _begin(replace(visit, has_decided=True))
    return redirect(url_for("pages.show_case", reference=reference, role=role), 303)


def _carry_out(visit: Visit, loaded: Loaded, chosen: str) -> Event:
    now = clock_now()
    if chosen == Event.UNDONE and visit.role is Role.REVIEWER:
        return engine().undo(visit.reference, visit.person, now).decision.event
    if chosen == Event.CONTACT_CORRECTED and visit.role is Role.REQUESTER:
        changed, is_mailable = correction_in(request.form)
        engine().correct_contact(visit.reference, changed, is_mailable, now)
        return Event.CONTACT_CORRECTED
    decision = decision_in(request.form, loaded.case, visit.role, visit.person, visit.offer)
    shown = ""
    if decision.event is Event.OFFERED:
        shown = json.dumps(pages.shown_at_decision(engine().ranking(loaded, now)))
    return engine().decide(visit.reference, decision, now, shown).decision.event


def _page(
    visit: Visit, loaded: Loaded, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    now = clock_now()
    more = {"visit": visit, "problem": problem, "explained": pages.explained(engine(), loaded)}
    match visit.role:
        case Role.REVIEWER:
            if not loaded.reviewing.may_act(visit.person):
                return _not_yours(None)
            name = "decided.html" if visit.has_decided else "reviewer.html"
            facts = pages.reviewer(engine(), loaded, visit.person, now)
        case Role.SUPPORTER:
            offer = loaded.case.offer(visit.offer) if visit.offer is not None else None
            if offer is None or offer.supporter != visit.person:
                return _not_yours(None)
            name, facts = "supporter.html", pages.supporter(engine(), loaded, offer, now)
        case _:
            name, facts = "requester.html", pages.requester(engine(), loaded, now)
    return show(name, status, **more | facts)


def _look_closer(visit: Visit, loaded: Loaded, what: str) -> ResponseReturnValue:
    """Show name or text on this one answer, and record that it was opened."""
    if not loaded.reviewing.may_act(visit.person):
        return _not_yours(None)
    engine().record_opening(loaded, what, visit.person, clock_now())
    seen = pages.identity(loaded) if what == "identity" else pages.text(loaded)
    facts = pages.about(engine(), loaded.case, clock_now())
    return show("looked.html", visit=visit, what=what, seen=seen, **facts)


def _came_second(visit: Visit, chosen: str) -> ResponseReturnValue:
    """The same decision again shows its page; another one hears what was decided, and when."""
    loaded = engine().load(visit.reference)
    if chosen == pages.last_event(engine(), loaded, by=visit.person):
        _begin(replace(visit, has_decided=True))
        return redirect(url_for("pages.show_case", reference=visit.reference, role=visit.role), 303)
    problem = "This was settled in the meantime, so your answer changed nothing."
    return _page(visit, loaded, problem=problem, status=409)


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept, who sees it and when it goes, from the program in force."""
    program = engine().program
    return show("privacy.html", forget_after=about(program.forget_after))


# Visits


def _visit(reference: str, role: str) -> Visit:
    try:
        person, offer, expires, has_decided = session["visits"][f"{reference}/{role}"]
    except (KeyError, TypeError, ValueError):
        raise NoVisit from None
    visit = Visit(
        reference, Role(role), person, offer, datetime.fromtimestamp(expires, UTC), has_decided
    )
    if visit.expires_at <= clock_now():
        _end(visit)
        raise NoVisit
    return visit


def _begin(visit: Visit) -> None:
    visits = dict(session.get("visits", {}))
    visits[f"{visit.reference}/{visit.role}"] = [
        visit.person,
        visit.offer,
        int(visit.expires_at.timestamp()),
        visit.has_decided,
    ]
    session["visits"] = dict(list(visits.items())[-MOST_VISITS:])


def _end(visit: Visit) -> None:
    visits = dict(session.get("visits", {}))
    visits.pop(f"{visit.reference}/{visit.role}", None)
    session["visits"] = visits


# Answers


def show(template: str, status: int = 200, /, **facts: object) -> ResponseReturnValue:
    """Render a page with what every page says."""
    common = common_facts(engine(), desk())
    return render_template(template, **common | facts), status


@bp.app_errorhandler(NoVisit)
def _no_visit(error: NoVisit) -> ResponseReturnValue:
    return _message(
        "Please open the link again",
        "This page closes itself after half an hour. Open it from the e-mail again.",
        403,
    )


@bp.app_errorhandler(NoSuchCase)
def _forgotten(error: NoSuchCase) -> ResponseReturnValue:
    return _message(
        "This request is over",
        "Nothing about it is kept here any more. There is nothing left for you to do.",
        410,
    )


@bp.app_errorhandler(NotYours)
def _not_yours(error: NotYours | None) -> ResponseReturnValue:
    return _message(
        "Your part in this is over",
        "Somebody else looks after this request now. There is nothing left for you to do.",
        403,
    )


@bp.app_errorhandler(CSRFError)
def _no_token(error: CSRFError) -> ResponseReturnValue:
    return _message(
        "Please open the link again",
        "This page was open for too long, or your browser keeps no cookies. Nothing was changed.",
        400,
    )


@bp.app_errorhandler(404)
def _nothing_here(error: Exception) -> ResponseReturnValue:
    return _message("There is nothing here", "Please open the link from the e-mail again.", 404)


@bp.app_errorhandler(StorageBusy)
@bp.app_errorhandler(sqlite3.Error)
def _busy(error: Exception) -> ResponseReturnValue:
    """Nothing was changed and trying again helps: Qualtrics and people are told so."""
    current_app.logger.error("Storage: %s", error)
    return _plainly("Please try again in a minute", "Nothing was changed, nothing is lost.", 503)


@bp.app_errorhandler(500)
def _failed(error: Exception) -> ResponseReturnValue:
    return _plainly("Something went wrong on our side", "Please try again later.", 500)


def _message(title: str, words: str, status: int) -> ResponseReturnValue:
    return show("message.html", status, title=title, words=words)


def _plainly(title: str, words: str, status: int) -> ResponseReturnValue:
    """Answer without the program, which may be what failed."""
    return f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{words}", status


@bp.after_app_request
def _headers(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["X-Content-Type-Options"] = "nosniff"
    is_file = request.endpoint == "pages.static"
    response.headers["Cache-Control"] = "max-age=3600" if is_file else "no-store"
    return response
