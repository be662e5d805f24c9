"""A reviewer's answers that are no decisions: compare, open, settle names."""

from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from casebook.casebook import Loaded
from engine import duplicates
from pages import visits
from pages.case_page import answer_late_decision, show_page, to_page
from pages.context import casebook, engine, now
from pages.facts import common, history, identity
from pages.facts.answered import GoneOnPage, LookedPage, SettledUnitPage
from pages.following import follow
from pages.forms import NOBODY, BadForm, address_in, question_in, unit_in
from pages.responses import not_yours, show
from pages.visits import Visit
from people.not_wanted import LEADERS, WHOLE_UNIT
from program.units import lines_to_add
from workflow.choices import COMPARED, LOOKING
from workflow.errors import NoSuchCase, TransitionNotAllowed
from workflow.model import Event

LOOKS = {"identity", "text"}


def answer(asked: Visit, visit: Visit, loaded: Loaded, chosen: str) -> ResponseReturnValue | None:
    """Carry out what a reviewer chose; None when it is a decision.

    `asked` is the visit before following a merge to the older case.
    """
    if visit != asked:
        return _gone_on(asked, loaded, chosen)
    if chosen in COMPARED and not visit.has_decided:
        return _compare(visit, chosen)
    if chosen == Event.RECOGNIZED and not visit.has_decided:
        return _settle(visit, loaded)
    if visit.has_decided and chosen != Event.UNDONE:
        return answer_late_decision(visit, chosen)
    if chosen == LOOKING:
        return _say_looking(visit, loaded)
    return _open_identity(visit, loaded, chosen) if chosen in LOOKS else None


def _compare(visit: Visit, chosen: str) -> ResponseReturnValue:
    """Merge two cases, or record that they are different."""
    older = request.form.get("other", "")
    try:
        if COMPARED[chosen] is Event.TOLD_APART:
            duplicates.tell_apart(engine(), visit.reference, older, visit.person, now())
            return to_page(visit)
        loaded = duplicates.merge(engine(), visit.reference, older, visit.person, now())
    except (TransitionNotAllowed, NoSuchCase):
        followed = follow(visit)
        if followed == visit:
            return answer_late_decision(visit, chosen)
        loaded = casebook().load(followed.reference)
    return _gone_on(visit, loaded, chosen)


def _settle(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Record whom the requester does not want, as a reviewer says."""
    try:
        if request.form.get("asks") == "address":
            address = address_in(request.form)
            engine().read_address(visit.reference, address, visit.person, now())
            return to_page(visit)
        if "unit" in request.form:
            return _settle_unit(visit, *unit_in(request.form))
        engine().settle(visit.reference, *question_in(request.form), visit.person, now())
    except BadForm as error:
        return show_page(visit, loaded, problem=str(error), status=400)
    except TransitionNotAllowed:
        return answer_late_decision(visit, Event.RECOGNIZED)
    return to_page(visit)


def _settle_unit(visit: Visit, typed: str, unit: str) -> ResponseReturnValue:
    """Record which unit it is, and show how the files would know it."""
    engine().settle_unit(visit.reference, typed, unit, visit.person, now())
    loaded = casebook().load(visit.reference)
    if not loaded.reviewing.may_act(visit.person):
        return not_yours(None)
    lines = lines_to_add(typed, unit, casebook().program.file.units)
    return show(SettledUnitPage(common.summary(casebook(), loaded.case, now()), lines))


def _gone_on(visit: Visit, loaded: Loaded, chosen: str) -> ResponseReturnValue:
    """Lead a reviewer from a merged case to the older one, as far as they may see it."""
    followed = replace(visit, reference=loaded.case.reference)
    is_theirs = history.last_event(casebook(), loaded, by=visit.person) == COMPARED.get(chosen)
    may_act = loaded.reviewing.may_act(visit.person)
    if may_act:
        visits.change(followed)
    if may_act and is_theirs:
        return to_page(followed)
    if not may_act and not is_theirs:
        return not_yours(None)
    case = common.summary(casebook(), loaded.case, now())
    page = GoneOnPage(case, came_as=visit.reference, is_theirs=is_theirs, may_act=may_act)
    return show(page, 200 if is_theirs else 409)


def _open_identity(visit: Visit, loaded: Loaded, what: str) -> ResponseReturnValue:
    """Show name or text in this one response, and record that it was opened."""
    if not loaded.reviewing.may_act(visit.person) or not identity.may_be_opened(loaded):
        return not_yours(None)
    engine().record_opening(loaded, what, visit.person, now())
    is_text = what == "text"
    page = LookedPage(
        case=common.summary(casebook(), loaded.case, now()),
        contact=None if is_text else identity.contact_for_reviewers(loaded),
        written=identity.written(casebook(), loaded, visit.person) if is_text else None,
        second=None if is_text else identity.second_contact(loaded),
        phone_messages=common.phone_messages(casebook(), loaded, now()),
        nobody=NOBODY,
        whole_unit=WHOLE_UNIT,
        leaders=LEADERS,
    )
    return show(page)


def _say_looking(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Show the other reviewers for a while that this one is looking; no promise changes."""
    if not loaded.reviewing.may_act(visit.person):
        return not_yours(None)
    engine().record_opening(loaded, LOOKING, visit.person, now())
    return to_page(visit)
