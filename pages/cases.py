"""The page of a request: looking changes nothing, only a chosen answer does."""

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from casebook.casebook import Loaded
from casebook.duplicates import is_unconfirmed
from casebook.purpose import known_as
from engine.duplicates import separate
from lib.languages.language import for_requesters
from lib.languages.said import for_staff
from pages import reviewer_answers, visits
from pages.access.timing import SHORT_STEP_SECONDS, in_steps, refusals_in_steps
from pages.case_page import (
    answer_late_decision,
    is_former,
    is_repeated,
    language_of,
    show_page,
    to_result,
)
from pages.context import browser_language, casebook, engine, now
from pages.facts import candidates, common, history, reviewer
from pages.facts import privacy as privacy_facts
from pages.facts.answered import EndedPage
from pages.facts.common import mark_of_confirmation
from pages.facts.partners import hand_over
from pages.facts.requester import mark_of, mark_of_proposed
from pages.following import follow
from pages.forms import WITHDRAWN_ERASED, BadForm, correction_in, decision_in
from pages.responses import not_sure_yet, show
from pages.visits import Visit
from workflow.errors import (
    CannotBeAsked,
    CannotTakeIt,
    NeedsReason,
    NobodyLeft,
    NotSettled,
    TransitionNotAllowed,
)
from workflow.model import Case, Event, Role, State
from workflow.table import UNDOABLE, step_for

bp = Blueprint("pages", __name__, static_folder="../static", static_url_path="/static")

#: After these events the visit ends: the person has nothing more to do with the case.
FOR_GOOD = {Event.WITHDRAWN, Event.ERASED, Event.HAND_OVER_MADE}
#: After these it ends too, once they cannot be taken back anymore.
ENDS_PART = {
    Event.DECLINED, Event.HANDED_BACK, Event.NOT_REACHED, Event.COMPLETED, Event.HANDED_OVER,
}  # fmt: skip
#: What cannot be undone is asked twice.
ASKED_TWICE = {
    Event.WITHDRAWN: for_requesters("Withdraw the request?"),
    WITHDRAWN_ERASED: for_requesters("Withdraw the request and delete it now?"),
    Event.ERASED: for_requesters("Delete everything about the request?"),
    Event.CONTACT_CONFIRMED: for_requesters("Use the new way to reach you from now on?"),
    Event.CONTACT_REFUSED: for_requesters("Keep the old way, and delete the new one?"),
    Event.SEPARATED: for_requesters("Treat them as two requests?"),
    Event.HAND_OVER_STOPPED: for_requesters("Take back your yes?"),
    Event.HAND_OVER_MADE: for_staff("Have you talked or written with each other?"),
}
#: What can usually be undone, and why not now.
ASK_NOW = for_staff("Ask them now? It’s urgent: the email goes out right away and can’t be undone.")
SAVE_NOW = for_requesters("Save this now? It’s urgent: others hear of it right away.")
#: What nothing undoes where the program gives no time for it.
ASK_FOR_GOOD = for_staff("Ask them now? The email goes out right away.")
SAVE_FOR_GOOD = for_requesters("Save this now?")
DROPS_CHANGE = for_staff(
    "Close it now? Another way to reach them still needs a yes. Closing drops it."
)
#: Messages for choices that could not be carried out. After other errors, the page shows what
#: was decided meanwhile.
REFUSED: dict[type[Exception], str] = {
    CannotBeAsked: for_staff(
        "Someone you chose isn’t free right now, so we asked no one. Please choose again."
    ),
    CannotTakeIt: for_staff(
        "They aren’t free right now, so we didn’t save their yes. Please ask someone else."
    ),
    NotSettled: for_staff(
        "We asked no one: it isn’t clear yet who the requester would rather not talk to."
        " Please settle that first."
    ),
    NobodyLeft: for_staff(
        "You can’t step back: no one else is left to review this request. Please ask an"
        " admin to name someone else. Don’t tell the other coordinators: some of them must"
        " not know about it."
    ),
}


def _theirs(visit: Visit) -> Loaded:
    """Return the case of a visit; NoVisit if their part in it is over."""
    loaded = casebook().load(visit.reference)
    if is_former(visit, loaded):
        raise visits.refusal(visit.slot)
    return loaded


@bp.get("/page/<int:slot>")
def show_case(slot: int) -> ResponseReturnValue:
    with refusals_in_steps():
        visit = visits.current(slot)
        with _evenly(visit):
            followed = follow(visit)
            if followed != visit:
                visits.change(followed)
            return show_page(followed, casebook().load(followed.reference))


@bp.post("/page/<int:slot>")
def decide(slot: int) -> ResponseReturnValue:
    """Carry out the chosen answer; no choice has a default."""
    with refusals_in_steps():
        visit = visits.current(slot)
        with _evenly(visit):
            return _answer(visit)


def _evenly(visit: Visit) -> AbstractContextManager[None]:
    """Let a page take as long as any: that of a request combined with another takes longer.

    Whoever filed a request in a colleague's name must not learn by that whether there is another,
    and a supporter who did must not learn that it is the one they are asked about. Reviewers know.
    """
    knows = visit.role is Role.REVIEWER
    return nullcontext() if knows else in_steps(SHORT_STEP_SECONDS)


def _answer(asked: Visit) -> ResponseReturnValue:
    visit = follow(asked)
    loaded = _theirs(visit)
    chosen = request.form.get("choice", "")
    asks = ASKED_TWICE.get(chosen) or _asks_again(loaded.case, chosen, visit.role)
    if asks and (question := not_sure_yet(asks, language_of(visit, loaded))):
        return question
    if visit.role is Role.REVIEWER:
        answer = reviewer_answers.answer(asked, visit, loaded, chosen)
        if answer is not None:
            return answer
    if _has_moved_on(visit, loaded) and is_repeated(visit, chosen):
        return answer_late_decision(visit, chosen)
    try:
        event = _carry_out(visit, loaded, chosen)
    except (
        BadForm,
        NeedsReason,
        CannotBeAsked,
        NobodyLeft,
        NotSettled,
        TransitionNotAllowed,
    ) as error:
        return _refused(visit, loaded, chosen, error)
    if event in FOR_GOOD or _moves(visit, loaded, event):
        return _ended(visit, loaded, event)
    if event in ENDS_PART and is_former(visit, casebook().load(visit.reference)):
        return _ended(visit, loaded, event)
    if event in ENDS_PART and visit.role is Role.SUPPORTER:
        visits.keep_ending(visit, event)
    return to_result(visit, event)


def _has_moved_on(visit: Visit, loaded: Loaded) -> bool:
    """Tell whether the form is from a page that showed an earlier version of the case."""
    shown = request.form.get("version", "")
    if visit.role is Role.REQUESTER:
        return bool(shown) and shown != mark_of(casebook(), loaded.case)
    version = loaded.case.version
    if visit.role is Role.REVIEWER:
        version = history.version(casebook(), loaded, visit.person)
    elif visit.role is Role.SUPPORTER:
        version = history.own_version(casebook(), loaded, visit.person)
    return shown.isdecimal() and int(shown) < version


def _moves(visit: Visit, loaded: Loaded, event: Event) -> bool:
    """Tell whether a requester's yes has ended their links: we write to another address now."""
    confirmation = loaded.case.confirmation
    is_yes = visit.role is Role.REQUESTER and event is Event.CONTACT_CONFIRMED
    return is_yes and confirmation is not None and confirmation.moves


def _ended(visit: Visit, loaded: Loaded, event: Event) -> ResponseReturnValue:
    visits.end(visit, event.value)
    case, language = common.summary(casebook(), loaded.case, now()), language_of(visit, loaded)
    theirs = known_as(casebook(), case.reference, visit.role, visit.person)
    case = replace(case, reference=theirs)
    return show(EndedPage(case, event=event.value, role=visit.role.value), language=language)


def _refused(visit: Visit, loaded: Loaded, chosen: str, error: Exception) -> ResponseReturnValue:
    """Show why a choice was not carried out, on the page as it is now."""
    if isinstance(error, BadForm):
        return show_page(visit, loaded, problem=error.words, status=400)
    if isinstance(error, NeedsReason):
        why = candidates.needs_reason(casebook(), error)
        return show_page(visit, loaded, problem=why, status=400, missing="although")
    # A supporter may not learn why they cannot accept.
    is_for_reviewers = isinstance(error, CannotTakeIt) and visit.role is not Role.REVIEWER
    problem = "" if is_for_reviewers else REFUSED.get(type(error), "")
    if not problem:
        return answer_late_decision(visit, chosen)
    return show_page(visit, loaded, problem=problem, status=409)


def _asks_again(case: Case, chosen: str, role: Role) -> str:
    """Return the question before an answer that cannot be undone in this case; "" without one."""
    if chosen in UNDOABLE and not casebook().program.times.undo_window:
        return ASK_FOR_GOOD if chosen == Event.OFFERED else SAVE_FOR_GOOD
    step = step_for(case, Event(chosen), role) if chosen in UNDOABLE else None
    if case.is_urgent and step is not None and step.notices:
        return ASK_NOW if chosen == Event.OFFERED else SAVE_NOW
    is_referral = chosen == Event.REFERRED and case.state is State.IN_REVIEW
    is_closing = chosen in (Event.COMPLETED, Event.CLOSED) or is_referral
    return DROPS_CHANGE if is_closing and case.confirmation is not None else ""


def _carry_out(visit: Visit, loaded: Loaded, chosen: str) -> Event:
    is_reviewer = visit.role is Role.REVIEWER
    if chosen == Event.UNDONE and is_reviewer and visit.person in loaded.case.stepped_back:
        return engine().come_back(visit.reference, visit.person, now()).decision.event
    if chosen == Event.UNDONE:
        who = visit.role, visit.person, visit.offer
        return engine().undo(visit.reference, *who, now()).decision.event
    if chosen == Event.CONTACT_CORRECTED and visit.role is Role.REQUESTER:
        contact = correction_in(request.form, casebook().program.file.country)
        _separate(loaded)
        engine().correct_contact(visit.reference, contact, now())
        return Event.CONTACT_CORRECTED
    mark = mark_of_confirmation(casebook(), loaded.case)
    proposed = mark_of_proposed(casebook(), loaded.case)
    partner = hand_over.mark_of(casebook(), loaded.case)
    decision = decision_in(
        request.form, loaded.case, visit.role, visit.person, visit.offer, mark, proposed, partner
    )
    if decision.event is Event.WITHDRAWN and visit.role is Role.REQUESTER:
        _separate(loaded)
    shown = ""
    if decision.event is Event.OFFERED:
        is_read = bool(request.form.get("read"))
        if not is_read and reviewer.has_unread(casebook(), loaded, visit.person):
            raise BadForm(for_staff("Check “I’ve read what’s above,” then ask again."))
        ranking = casebook().ranking(loaded, now(), reader=visit.person)
        shown = json.dumps(candidates.shown_at_decision(ranking, decision.supporters))
    return engine().decide(visit.reference, decision, now(), shown).decision.event


def _separate(loaded: Loaded) -> None:
    """Let a requester act on their own request alone, while no one confirmed its merge."""
    if is_unconfirmed(casebook(), loaded.case):
        separate(engine(), loaded.case.reference, now())


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """Show what is kept, who sees it and when it is forgotten."""
    has_api = current_app.extensions["settings"].has_api
    language = browser_language()
    return show(privacy_facts.page(casebook(), language, has_api=has_api), language=language)
