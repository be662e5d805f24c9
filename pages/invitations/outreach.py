"""The page on which coordinators write to a group after a hard event (/outreach)."""

import re

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.invitations import group_sessions, outreach
from invitations.outreach import MOST_ADDRESSES
from lib.addresses import domain_of, is_address
from lib.languages.said import for_staff
from lib.text import one_line
from pages import own
from pages.context import casebook, engine, now
from pages.facts.invitations import outreach as facts
from pages.facts.page import SentForm
from pages.forms import BadForm
from pages.invitations.group_session_form import session_in
from pages.responses import not_sure_yet, show
from program.outreach.sources import survey_for
from store.invitations.asked import StoredInvitation, shown, token_of
from workflow.errors import NotYours

bp = Blueprint("outreach", __name__)

LONGEST_UNIT = 120
NO_UNIT = for_staff("Write where it happened, then press Write to them.")
NO_ADDRESS = for_staff(
    "“%(typed)s” isn’t an email address. Write one on each line, such as alex@example.org."
)
#: With mailboxes of their own elsewhere, a coordinator could find out one person's answer.
OUTSIDE = for_staff(
    "“%(typed)s” is outside of your organization. We write to addresses at %(domains)s only."
)
TOO_MANY = for_staff(
    "You gave %(number)s addresses, and we can write to %(most)s at most. Leave the field"
    " empty and post the link instead."
)
SURE = for_staff("Write to these people? The emails can’t be taken back.")
SURE_TO_CANCEL = for_staff("Cancel the group session? Everyone who might come gets an email.")
#: What the form of a group may ask for.
INVITE, CANCEL = "invite", "cancel"


@bp.get("/outreach")
def show_outreach() -> ResponseReturnValue:
    _coordinator()
    return _page(done=facts.DONE.get(request.args.get("done", "-"), ""))


@bp.post("/outreach")
def begin() -> ResponseReturnValue:
    """Write to a group, or invite one to a group session, after one more question."""
    _coordinator()
    if request.form.get("choice") in (INVITE, CANCEL):
        return _about_session()
    try:
        unit, addresses = _unit(), _addresses()
    except BadForm as error:
        return _page(error.words, 400)
    if addresses and (question := not_sure_yet(SURE)):
        return question
    language = request.form.get("language", "")
    known = casebook().program.languages
    outreach.begin(engine(), unit, addresses, language if language in known else "", now())
    done = "" if addresses else "link"
    return redirect(url_for("outreach.show_outreach", done=done), 303)


def _about_session() -> ResponseReturnValue:
    """Invite a group to a group session, or cancel it."""
    group = shown(casebook().store.read(), request.form.get("group", ""))
    if request.form["choice"] == CANCEL:
        if question := not_sure_yet(SURE_TO_CANCEL):
            return question
        group_sessions.cancel(engine(), group, now())
    else:
        try:
            session = session_in(request.form, casebook().program, now())
        except BadForm as error:
            return _page(error.words, 400)
        if question := not_sure_yet(SURE):
            return question
        try:
            group_sessions.plan(engine(), group, session, now())
        except group_sessions.TooFew:
            return _page(facts.TOO_FEW, 400)
    return redirect(url_for("outreach.show_outreach", done=""), 303)


def _unit() -> str:
    unit = one_line(request.form.get("unit", ""), LONGEST_UNIT)
    if not unit:
        raise BadForm(NO_UNIT)
    return unit


def _addresses() -> list[str]:
    domains = casebook().program.mail_domains
    typed = re.split(r"[\s,;]+", request.form.get("addresses", "").strip())
    found = [one for one in typed if one]
    if len(found) > MOST_ADDRESSES:
        raise BadForm(for_staff(TOO_MANY, number=len(found), most=MOST_ADDRESSES))
    for one in found:
        if not is_address(one):
            raise BadForm(for_staff(NO_ADDRESS, typed=one[:LONGEST_UNIT]))
        if domain_of(one) not in domains:
            listed = ", ".join(sorted(domains))
            raise BadForm(for_staff(OUTSIDE, typed=one[:LONGEST_UNIT], domains=listed))
    return found


def _coordinator() -> None:
    if own.visitor().id not in casebook().program.all_coordinators:
        raise NotYours("Only coordinators write to groups")
    own.require_own_link()


def _page(problem: str = "", status: int = 200, *, done: str = "") -> ResponseReturnValue:
    form = SentForm(problem, kept=request.form)
    return show(facts.page(casebook(), form, _link, done), status)


def _link(group: StoredInvitation) -> str:
    """Return the form's link to post; a request that comes by it counts to the group."""
    base_url = current_app.extensions["settings"].qualtrics_base_url
    program = casebook().program
    form = survey_for(program, group.invitation.language or program.file.language)
    return form.address_for(base_url, token_of(casebook().store.read(), group.person))
