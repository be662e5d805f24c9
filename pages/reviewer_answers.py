"""A reviewer's answers that are no decisions: compare, open, settle names."""

from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from casebook.casebook import Loaded
from engine import duplicates
from lib.languages.said import for_staff
from pages import visits
from pages.case_page import answer_late_decision, to_page
from pages.context import casebook, engine, now
from pages.facts import answered, common, history, identity
from pages.facts.answered import GoneOnPage, SettledUnitPage
from pages.facts.page import SentForm
from pages.following import follow
from pages.forms import BadForm, address_in, question_in, unit_in
from pages.responses import not_sure_yet, not_yours, show
from pages.visits import Visit
from people.units import NOT_SAID
from program.units import lines_to_add
from workflow.choices import COMPARED, LOOKING
from workflow.errors import NoSuchCase, TransitionNotAllowed
from workflow.model import Event

LOOKS = {"identity", "text"}
#: Beside each of them: the page as it is.
NOT_NOW = "not_now"
#: What cannot be undone is asked twice.
COMPARED_TWICE = {
    "same_request": for_staff("Is it the same request as %(other)s?"),
    "different_requests": for_staff("Is it a different request than %(other)s?"),
}
SETTLED_TWICE = for_staff("Is that what they mean?")


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
    if chosen == NOT_NOW:
        return to_page(visit)
    if chosen == LOOKING:
        return _say_looking(visit, loaded)
    return _open_identity(visit, loaded, chosen) if chosen in LOOKS else None


def _compare(visit: Visit, chosen: str) -> ResponseReturnValue:
    """Merge two cases, or record that they are different."""
    older = request.form.get("other", "")
    question = not_sure_yet(for_staff(COMPARED_TWICE[chosen], other=older[:20]))
    if question:
        return question
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
            if question := not_sure_yet(SETTLED_TWICE):
                return question
            engine().read_address(visit.reference, address, visit.person, now())
            return to_page(visit)
        if "unit" in request.form:
            unit = unit_in(request.form)
            return not_sure_yet(SETTLED_TWICE) or _settle_unit(visit, *unit)
        meant = question_in(request.form)
        if question := not_sure_yet(SETTLED_TWICE):
            return question
        engine().settle(visit.reference, *meant, visit.person, now())
    except BadForm as error:
        if not loaded.reviewing.may_act(visit.person) or not identity.may_be_opened(loaded):
            return not_yours(None)
        what = "identity" if request.form.get("asks") == "address" else "text"
        return _looked(visit, loaded, what, error.words, 400)
    except TransitionNotAllowed:
        return answer_late_decision(visit, Event.RECOGNIZED)
    return to_page(visit)


def _settle_unit(visit: Visit, typed: str, unit: str) -> ResponseReturnValue:
    """Record which unit it is, and show how the files would know what was typed."""
    engine().settle_unit(visit.reference, typed, unit, visit.person, now())
    loaded = casebook().load(visit.reference)
    if not loaded.reviewing.may_act(visit.person):
        return not_yours(None)
    if not typed or unit == NOT_SAID:
        return to_page(visit)
    lines = lines_to_add(typed, unit, casebook().program.file.units)
    return show(SettledUnitPage(common.summary(casebook(), loaded.case, now()), lines))


def _gone_on(visit: Visit, loaded: Loaded, chosen: str) -> ResponseReturnValue:
    """Lead a reviewer from a merged case to the older one, as far as they may see it."""
    followed = replace(visit, reference=loaded.case.reference)
    is_theirs = history.last_event(casebook(), loaded, visit.role, visit.person) == COMPARED.get(
        chosen
    )
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
    return _looked(visit, loaded, what)


def _looked(
    visit: Visit, loaded: Loaded, what: str, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    """Show name or text, and what is wrong with an answer that was sent from there."""
    engine().record_opening(loaded, what, visit.person, now())
    sent = SentForm(problem, kept=request.form)
    page = answered.looked(casebook(), loaded, what, visit.person, now(), sent)
    return show(page, status)


def _say_looking(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Show the other reviewers for a while that this one is looking; no promise changes."""
    if not loaded.reviewing.may_act(visit.person):
        return not_yours(None)
    engine().record_opening(loaded, LOOKING, visit.person, now())
    return to_page(visit)
