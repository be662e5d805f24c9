"""The page of one request, shown as it is now, and after an answer."""

from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from casebook.casebook import Loaded
from pages import visits
from pages.context import casebook, now
from pages.facts import answered, history
from pages.facts import requester as requester_page
from pages.facts import reviewer as reviewer_page
from pages.facts import supporter as supporter_page
from pages.facts.page import Page, SentForm
from pages.responses import not_yours, show
from pages.visits import Visit
from workflow.choices import COMPARED
from workflow.model import Event, Role

#: After these a reviewer still has the request to look after.
GOES_ON = {
    Event.CALL_TAKEN,
    Event.CALLED,
    Event.TOLD,
    Event.MERGED,
    Event.TOLD_APART,
    Event.RECOGNIZED,
}


def show_page(
    visit: Visit, loaded: Loaded, problem: str = "", status: int = 200, missing: str = ""
) -> ResponseReturnValue:
    """Show what the role of a visit sees now; `missing` names what must still be chosen."""
    # What was chosen stays when something is missing; when things have changed it is chosen anew.
    kept = request.form if status == 400 else MultiDict[str, str]()
    form = SentForm(problem, request.form.get("choice", ""), kept, missing)
    page = _page(visit, loaded, form)
    return show(page, status) if page is not None else not_yours(None)


def _page(visit: Visit, loaded: Loaded, form: SentForm) -> Page | None:
    """Return what the role of a visit sees; None when nothing is theirs to see any more."""
    match visit.role:
        case Role.REVIEWER:
            return _reviewer_page(visit, loaded, form)
        case Role.SUPPORTER:
            offer = loaded.case.offer(visit.offer) if visit.offer is not None else None
            if offer is None or offer.supporter != visit.person:
                return None
            return supporter_page.page(
                casebook(), loaded, offer, now(), form, has_decided=visit.has_decided
            )
        case _:
            return requester_page.page(
                casebook(), loaded, now(), form, has_decided=visit.has_decided
            )


def _reviewer_page(visit: Visit, loaded: Loaded, form: SentForm) -> Page | None:
    if not loaded.reviewing.may_act(visit.person):
        return None
    if visit.has_decided:
        return answered.decided(casebook(), loaded, visit.person, now(), form)
    return reviewer_page.page(
        casebook(), loaded, visit.person, now(), form, is_from_board=visit.is_from_board
    )


def to_page(visit: Visit) -> ResponseReturnValue:
    """Lead the browser to the page, so that reloading it sends nothing again."""
    return redirect(
        url_for("pages.show_case", reference=visit.reference, role=visit.role.value), 303
    )


def to_result(visit: Visit, event: str) -> ResponseReturnValue:
    """Show the page after an answer: what was decided, or what else there is to do."""
    visits.begin(replace(visit, has_decided=event not in GOES_ON))
    return to_page(visit)


def came_second(visit: Visit, chosen: str) -> ResponseReturnValue:
    """The same decision again shows its page; another one hears what was decided, and when."""
    loaded = casebook().load(visit.reference)
    event = COMPARED.get(chosen, chosen)
    if event == history.last_event(casebook(), loaded, by=visit.person):
        return to_result(visit, event)
    problem = "This was settled in the meantime, so your answer changed nothing."
    return show_page(visit, loaded, problem=problem, status=409)


def is_repeated(visit: Visit, chosen: str) -> bool:
    """Tell whether this person's own decision came last, and came from the same page."""
    loaded = casebook().load(visit.reference)
    last = history.last_event(casebook(), loaded, by=visit.person)
    return last == chosen or (last, chosen) == (Event.NOT_REACHED, Event.TRIED)
