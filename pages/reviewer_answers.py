"""What a reviewer may answer besides deciding: compare, look closer, settle names, ask a link."""

from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from casebook.casebook import Loaded
from engine import duplicates as twice
from pages import visits
from pages.case_page import came_second, show_page, to_page
from pages.context import casebook, engine, now
from pages.facts import common, history
from pages.facts import identity as identities
from pages.facts.answered import GoneOnPage, LookedPage
from pages.following import follow, mail_link
from pages.forms import NOBODY, BadForm, name_in
from pages.responses import message, not_yours, show
from pages.visits import Visit
from workflow.choices import COMPARED, LOOKING
from workflow.errors import NoSuchCase, TransitionNotAllowed
from workflow.model import Event, Role

ASK_FOR_LINK = "Names and texts open from the e-mail about this request: let us send you its link."
LOOKS = {"identity", "text"}
#: What shows who it is or what they wrote, or is decided by reading it.
ONLY_FROM_ITS_MAIL = {*LOOKS, Event.RECOGNIZED}
#: Whoever came from the board opens names with the link of a mail that they ask for.
MAIL_LINK = "mail_link"


def answer(asked: Visit, visit: Visit, loaded: Loaded, chosen: str) -> ResponseReturnValue | None:
    """Carry out what a reviewer chose; None when it is a decision.

    `asked`: the visit as it began, when the request goes on as an older one.
    """
    if visit != asked:
        return _gone_on(asked, loaded, chosen)
    if chosen in COMPARED and not visit.has_decided:
        return _compare(visit, chosen)
    if visit.is_from_board and chosen in ONLY_FROM_ITS_MAIL:
        return show_page(visit, loaded, problem=ASK_FOR_LINK, status=403)
    if chosen == Event.RECOGNIZED and not visit.has_decided:
        return _settle_name(visit, loaded)
    if visit.has_decided and chosen != Event.UNDONE:
        return came_second(visit, chosen)
    if chosen == LOOKING:
        return _say_looking(visit, loaded)
    if chosen == MAIL_LINK:
        return _mail_link_to_reviewer(visit, loaded)
    return _look_closer(visit, loaded, chosen) if chosen in LOOKS else None


def _compare(visit: Visit, chosen: str) -> ResponseReturnValue:
    """Put two requests together, or remember that they are different ones."""
    older = request.form.get("other", "")
    try:
        if COMPARED[chosen] is Event.TOLD_APART:
            twice.tell_apart(engine(), visit.reference, older, visit.person, now())
            return to_page(visit)
        loaded = twice.merge(engine(), visit.reference, older, visit.person, now())
    except (TransitionNotAllowed, NoSuchCase):
        followed = follow(visit)
        if followed == visit:
            return came_second(visit, chosen)
        loaded = casebook().load(followed.reference)
    return _gone_on(visit, loaded, chosen)


def _settle_name(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Record whom the person means by a name that could be several people's."""
    try:
        name, meant = name_in(request.form)
        engine().settle_name(visit.reference, name, meant, visit.person, now())
    except BadForm as error:
        return show_page(visit, loaded, problem=str(error), status=400)
    except TransitionNotAllowed:
        return came_second(visit, Event.RECOGNIZED)
    return to_page(visit)


def _gone_on(visit: Visit, loaded: Loaded, chosen: str) -> ResponseReturnValue:
    """Lead a reviewer of a request that came twice to the older one, as far as they may see it."""
    followed = replace(visit, reference=loaded.case.reference)
    is_theirs = history.last_event(casebook(), loaded, by=visit.person) == COMPARED.get(chosen)
    may_act = loaded.reviewing.may_act(visit.person)
    if may_act:
        visits.begin(followed)
    if may_act and is_theirs:
        return to_page(followed)
    if not may_act and not is_theirs:
        return not_yours(None)
    case = common.summary(casebook(), loaded.case, now())
    page = GoneOnPage(case, came_as=visit.reference, is_theirs=is_theirs, may_act=may_act)
    return show(page, 200 if is_theirs else 409)


def _look_closer(visit: Visit, loaded: Loaded, what: str) -> ResponseReturnValue:
    """Show name or text on this one answer, and record that it was opened."""
    if not loaded.reviewing.may_act(visit.person) or not identities.may_be_opened(loaded):
        return not_yours(None)
    engine().record_opening(loaded, what, visit.person, now())
    is_text = what == "text"
    page = LookedPage(
        case=common.summary(casebook(), loaded.case, now()),
        contact=None if is_text else identities.contact_for_reviewers(loaded),
        written=identities.written(casebook(), loaded, visit.person) if is_text else None,
        tells=common.tells(casebook(), loaded, now()),
        nobody=NOBODY,
    )
    return show(page)


def _mail_link_to_reviewer(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Mail the request's own link to the address on file, for who came from the board."""
    if not loaded.reviewing.may_act(visit.person):
        return not_yours(None)
    mail_link(loaded, visit.person, Role.REVIEWER, None)
    return message(
        "Please look into your mail",
        f"The link to {visit.reference} is on its way to the address that we have on file. We mail"
        " it once in ten minutes at most.",
        200,
    )


def _say_looking(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Let the other reviewers see for a while that somebody is at it; no promise changes."""
    if not loaded.reviewing.may_act(visit.person):
        return not_yours(None)
    engine().record_opening(loaded, LOOKING, visit.person, now())
    return to_page(visit)
