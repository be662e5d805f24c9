"""The page of one request, shown as it is now, and after an answer."""

from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from casebook.casebook import Loaded
from pages import visits
from pages.facts import history
from pages.facts import requester as requester_page
from pages.facts import reviewer as reviewer_page
from pages.facts import supporter as supporter_page
from pages.responses import casebook, not_yours, show
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
    now = visits.now()
    explained = history.explained(casebook(), loaded, visit.person)
    more: dict[str, object] = {"visit": visit, "problem": problem, "explained": explained}
    # What was chosen stays when something is missing; when things have changed it is chosen anew.
    more |= {"kept": request.form if status == 400 else {}, "missing": missing}
    match visit.role:
        case Role.REVIEWER:
            if not loaded.reviewing.may_act(visit.person):
                return not_yours(None)
            name = "decided.html" if visit.has_decided else "reviewer.html"
            facts = reviewer_page.facts(
                casebook(), loaded, visit.person, now, is_from_board=visit.is_from_board
            )
        case Role.SUPPORTER:
            offer = loaded.case.offer(visit.offer) if visit.offer is not None else None
            if offer is None or offer.supporter != visit.person:
                return not_yours(None)
            name, facts = "supporter.html", supporter_page.facts(casebook(), loaded, offer, now)
        case _:
            name, facts = "requester.html", requester_page.facts(casebook(), loaded, now)
    return show(name, status, **more | facts)


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
