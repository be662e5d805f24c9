"""Show the page of a case, as it is now and after an answer."""

from dataclasses import replace

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from casebook import duplicates, purpose
from casebook.casebook import Loaded
from casebook.purpose import has_part
from lib.languages.language import Language, for_requesters
from pages import visits
from pages.context import casebook, now
from pages.facts import answered, history, requester, reviewer, supporter
from pages.facts.page import Page, SentForm
from pages.facts.partners import partner
from pages.facts.reviewer import LEAVES_MORE_TO_DO
from pages.responses import show
from pages.visits import Visit
from workflow.choices import COMPARED
from workflow.model import Event, Role


def show_page(
    visit: Visit, loaded: Loaded, problem: str = "", status: int = 200, missing: str = ""
) -> ResponseReturnValue:
    """Show what the role of a visit sees now; `missing` names what must still be chosen.

    NoVisit if they see nothing anymore.
    """
    # Keep the form's values only if something was missing, not if the case has changed.
    kept = request.form if status == 400 else MultiDict[str, str]()
    language = language_of(visit, loaded)
    problem = language.own(problem)
    form = SentForm(problem, request.form.get("choice", ""), kept, missing)
    if not has_part(casebook(), loaded, visit.role, visit.person, visit.offer, now()):
        visits.clear_cache()
    page = _page(visit, loaded, form, language)
    if page is None:
        raise visits.refusal(visit.slot)
    return show(page, status, language)


def language_of(visit: Visit, loaded: Loaded) -> Language:
    """Return the language of a visitor: of requesters, that of their form."""
    program = casebook().program
    if visit.role is not Role.REQUESTER:
        return program.english
    return program.language(loaded.case.facts.language)


def _page(visit: Visit, loaded: Loaded, form: SentForm, language: Language) -> Page | None:
    """Return the page for the role of a visit; None when the visitor may see nothing anymore."""
    if is_former(visit, loaded):
        return None
    if not has_part(casebook(), loaded, visit.role, visit.person, visit.offer, now()):
        given_back = answered.given_back(casebook(), loaded, visit.role, visit.person, now())
        if given_back is not None:
            return given_back
    match visit.role:
        case Role.REVIEWER:
            return _reviewer_page(visit, loaded, form)
        case Role.SUPPORTER:
            offer = loaded.case.offer(visit.offer) if visit.offer is not None else None
            if offer is None or offer.supporter != visit.person:
                return None
            return supporter.page(
                casebook(), loaded, offer, now(), form, has_decided=visit.has_decided
            )
        case Role.REQUESTER:
            own = duplicates.as_own(casebook(), loaded, now())
            return requester.page(
                casebook(),
                own,
                now(),
                form,
                language,
                asked=visit.offer,
                has_decided=visit.has_decided,
            )
        case Role.PARTNER:
            return partner.page(casebook(), loaded, visit.person, visit.offer, now())
        case _:
            return None


def _reviewer_page(visit: Visit, loaded: Loaded, form: SentForm) -> Page | None:
    if not loaded.reviewing.may_act(visit.person):
        return None
    if visit.has_decided:
        return answered.decided(casebook(), loaded, visit.person, now(), form)
    return reviewer.page(casebook(), loaded, visit.person, now(), form)


def to_page(visit: Visit) -> ResponseReturnValue:
    """Redirect to the page, so that reloading it sends nothing again."""
    return redirect(url_for("pages.show_case", slot=visit.slot), 303)


def to_result(visit: Visit, event: str) -> ResponseReturnValue:
    """Redirect to the page after an answer, which shows the decision or what else to do."""
    leaves_more = visit.role is Role.REVIEWER and event in LEAVES_MORE_TO_DO
    visits.change(replace(visit, has_decided=not leaves_more))
    return to_page(visit)


def answer_late_decision(visit: Visit, chosen: str) -> ResponseReturnValue:
    """Answer a decision that came too late: its own page if repeated, else what was decided."""
    loaded = casebook().load(visit.reference)
    event = COMPARED.get(chosen, chosen)
    if event == history.last_event(casebook(), loaded, visit.role, visit.person):
        return to_result(visit, event)
    problem = for_requesters("This was settled in the meantime, so your answer changed nothing.")
    return show_page(visit, loaded, problem=problem, status=409)


def is_repeated(visit: Visit, chosen: str) -> bool:
    """Tell whether this person's last decision was the same one, sent twice."""
    loaded = casebook().load(visit.reference)
    last = history.last_event(casebook(), loaded, visit.role, visit.person)
    return last == chosen or (last, chosen) == (Event.NOT_REACHED, Event.TRIED)


def is_former(visit: Visit, loaded: Loaded) -> bool:
    """Tell whether the part of a visitor is over, so that they see nothing here anymore."""
    return purpose.is_former(casebook(), loaded, visit.role, visit.person, visit.offer, now())
