"""Mailed links: each leads its reader on to the page that it opens, and they close it again."""

import json
from datetime import UTC, datetime

from flask import Blueprint, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from engine.access import fresh_links
from engine.forgotten import feedback
from lib.languages.language import for_requesters
from notifications.mail.links import repaired
from pages import own, visits
from pages.access.timing import SHORT_STEP_SECONDS, in_steps, refusals_in_steps
from pages.case_page import is_former, to_page
from pages.context import casebook, engine, now
from pages.facts.page import ContinuePage, ExpiredPage
from pages.following import follow
from pages.public import feedback as feedback_page
from pages.responses import message, show_to_anybody
from pages.visits import CAME, LIFE, NoLink, NoVisit, Visit
from store.access import links
from store.access.links import StoredLink
from store.sealing import CannotOpen
from workflow.choices import PARTNER
from workflow.model import Role

bp = Blueprint("arriving", __name__)

#: Where the cookie has to which pages they led: who goes back and on again needs no link for it.
LED = "led"
#: Links that may wait in one browser until someone presses Continue.
MOST_WAITING = 3
CLOSED = (
    for_requesters("This page is closed"),
    for_requesters(
        "The link in your email opens it again. If others use this computer, sign out of your"
        " email too, and clear the browser’s history."
    ),
)


@bp.get("/open/<path:token>")
def look_at_link(token: str) -> ResponseReturnValue:
    """Lead on right away: an address that a browser shows or keeps must not open anything later.

    Whatever the link is, the answer is the same, since mail scanners open links.
    """
    number = visits.new_number({*_kept(CAME), *_kept(LED)})
    came = json.dumps([repaired(token), int(now().timestamp())])
    _keep(CAME, number, casebook().seal.close(CAME, number, came))
    return redirect(url_for("arriving.ask_to_continue", number=number), 303)


@bp.get("/continue/<int:number>")
def ask_to_continue(number: int) -> ResponseReturnValue:
    """Show the same neutral page to everyone, whether a link waits here or not."""
    return show_to_anybody(ContinuePage())


@bp.post("/continue/<int:number>")
def open_link(number: int) -> ResponseReturnValue:
    """Begin a visit, or offer a fresh link if this one is over.

    Once a visit began, the cookie keeps no link: whoever copied it has nothing after "Close".
    """
    token = _link_that_waits(number)
    if token is None:
        if (led := _kept(LED).get(f"{number}")) is None:
            raise NoVisit
        return redirect(led, 303)
    # A request that was combined with another takes longer to find.
    with refusals_in_steps(), in_steps(SHORT_STEP_SECONDS):
        answer = make_response(_opened(token))
    if answer.location:
        session[CAME] = [[*one] for one in _kept(CAME).items() if one[0] != f"{number}"]
        _keep(LED, number, answer.location)
    return answer


def _opened(token: str) -> ResponseReturnValue:
    """Lead to the page that a link opens, or say why it opens none."""
    hash = links.hash_of(token)
    found = links.find(casebook().store.read(), hash)
    if found is None and feedback.is_ours(casebook(), token):
        return feedback_page.begin(token)
    if found is None or _leads_former(found):
        raise NoLink
    if found.is_over(now()):
        return _over(hash)
    if not found.reference:
        return own.begin(found.link)
    link = found.link
    return _open_case(follow(Visit(found.reference, link.role, link.person, link.offer)))


@bp.post("/close")
def close() -> ResponseReturnValue:
    """End all that is open in this browser: the next person may be a colleague."""
    visits.end_here()
    return message(*CLOSED, 200)


def _kept(name: str) -> dict[str, str]:
    """Return what the cookie has by numbers, the oldest first.

    Links are sealed by us: a browser may keep its cookies for long.
    """
    kept = session.get(name)
    return dict(kept) if isinstance(kept, list) else {}


def _keep(name: str, number: int, value: str) -> None:
    kept = [*_kept(name).items(), (f"{number}", value)]
    session[name] = [[*one] for one in kept[-MOST_WAITING:]]


def _link_that_waits(number: int) -> str | None:
    """Return the token by which this browser came, for half an hour; then None."""
    try:
        token, at = json.loads(casebook().seal.open(CAME, number, _kept(CAME)[f"{number}"]))
    except (KeyError, CannotOpen):
        return None
    is_over = now() - datetime.fromtimestamp(at, UTC) >= LIFE
    return None if is_over else str(token)


def _open_case(visit: Visit) -> ResponseReturnValue:
    """Begin a visit, also of readers who must still sign on: the proxy may log its address only."""
    loaded = casebook().load(visit.reference)
    if visit.role is Role.PARTNER:
        engine().record_opening(loaded, PARTNER, visit.person, now())
    return to_page(visits.begin(visit))


def _leads_former(found: StoredLink) -> bool:
    """Tell whether a link is one to a request in which its reader's part is over."""
    link = found.link
    if not found.reference or link.role is Role.REQUESTER:
        return False
    visit = follow(Visit(found.reference, link.role, link.person, link.offer))
    return is_former(visit, casebook().load(visit.reference))


def _over(hash: str) -> ResponseReturnValue:
    """Mail a fresh link to the address on file, without revealing whether there is one."""
    if request.form.get("choice") != "fresh":
        visits.clear_cache()
        return show_to_anybody(ExpiredPage(), 410)
    fresh_links.ask_by_link(engine(), hash, now())
    return message(
        for_requesters("Please check your email"),
        for_requesters(
            "If there’s still something here for you, a new link is on its way to the address we"
            " have for you. We send one every ten minutes at most, and three a day."
        ),
        200,
    )
