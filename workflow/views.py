"""The pages behind the links: opening changes nothing, only a chosen answer does."""

import json
from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from notifications.links import BadLink, ExpiredLink, Link, read
from store import outbox
from workflow import (
    candidates,
    history,
    identities,
    mailroom,
    pages,
    person_pages,
    requester_page,
    reviewer_page,
    supporter_page,
    twice,
    visits,
)
from workflow.casebook import Loaded
from workflow.choices import LOOKING
from workflow.deciding import NOBODY, BadForm, correction_in, decision_in, name_in
from workflow.envelopes import REQUESTER
from workflow.model import (
    CannotBeAsked,
    Event,
    NeedsReason,
    NobodyLeft,
    NoSuchCase,
    Role,
    TransitionNotAllowed,
)
from workflow.refusals import desk, engine, message, not_yours, show
from workflow.visits import Visit
from workflow.words import about, test_marker

bp = Blueprint("pages", __name__, static_folder="../static", static_url_path="/static")

#: After these the person has nothing more to do with the case in this session.
ENDING = {Event.HANDED_BACK, Event.HANDED_OVER, Event.WITHDRAWN}
#: After these a reviewer still has the request to look after.
GOES_ON = {
    Event.CALL_TAKEN,
    Event.CALLED,
    Event.TOLD,
    Event.MERGED,
    Event.TOLD_APART,
    Event.RECOGNIZED,
}
#: What a reviewer may find of a request that looks like an older one.
COMPARED = {"same_request": Event.MERGED, "different_requests": Event.TOLD_APART}
NOBODY_LEFT = (
    "Nobody else is left who could look after this request, so you cannot step back from it."
    " Please ask an admin to name somebody else who may review it. Say nothing to the others:"
    " some of them may not hear of it."
)
ASK_FOR_LINK = "Names and texts open from the e-mail about this request: let us send you its link."
CANNOT_BE_ASKED = (
    "Somebody whom you chose is not available just now, so nobody was asked. Please choose again."
)
LOOKS = {"identity", "text"}
#: What shows who it is or what they wrote, or is decided by reading it.
ONLY_FROM_ITS_MAIL = {*LOOKS, Event.RECOGNIZED}
#: Whoever came from the board opens names with the link of a mail that they ask for.
MAIL_LINK = "mail_link"


# Links


@bp.get("/open/<token>")
def look_at_link(token: str) -> ResponseReturnValue:
    """The same neutral page for everybody: mail scanners open links."""
    return show("continue.html", token=token)


@bp.post("/open/<token>")
def open_link(token: str) -> ResponseReturnValue:
    """Begin a visit, or offer a fresh link when this one is too old."""
    try:
        link = read(token, desk().link_keys, visits.now())
    except ExpiredLink as error:
        return _expired(token, error.link)
    except BadLink:
        return message(
            "This link does not work",
            "It may have been cut off on the way. Please open it from the e-mail again.",
            404,
        )
    if not link.reference:
        return person_pages.begin(link)
    expires_at = visits.now() + visits.LIFE
    visit = _followed(Visit(link.reference, link.role, link.person, link.offer, expires_at))
    visits.begin(visit)
    return _to_page(visit)


def _followed(visit: Visit) -> Visit:
    reference = _leads_to(visit.reference, visit.role)
    if visit.role is Role.REVIEWER and reference != visit.reference:
        # Whoever may not know the other one learns nothing of it here.
        may_act = engine().load(reference).reviewing.may_act(visit.person)
        return replace(visit, reference=reference) if may_act else visit
    return replace(visit, reference=reference)


def _leads_to(reference: str, role: Role) -> str:
    """A request that came twice goes on as the older one, for its requester and its reviewers."""
    return reference if role is Role.SUPPORTER else twice.goes_on_as(engine(), reference)


def _to_page(visit: Visit) -> ResponseReturnValue:
    return redirect(
        url_for("pages.show_case", reference=visit.reference, role=visit.role.value), 303
    )


def _expired(token: str, link: Link) -> ResponseReturnValue:
    """Mail a fresh link to the address on file; the answer never tells whether there is one."""
    if request.form.get("choice") != "fresh":
        return show("expired.html", 410, token=token)
    if not link.reference:
        return person_pages.send_fresh_link(link)
    with suppress(NoSuchCase):
        loaded = engine().load(_leads_to(link.reference, link.role))
        _mail_link(loaded, link.person or REQUESTER, link.role, link.offer)
    return message(
        "A new link is on its way",
        "If this request is still open, you get a new link at the address that we have on file.",
        200,
    )


def _mail_link(loaded: Loaded, person: str, role: Role, offer: int | None) -> None:
    mail = mailroom.fresh_link(loaded, person, role, offer, visits.now())
    with engine().store.write() as db:
        outbox.add(db, [mail])


# The page of a case


@bp.get("/case/<reference>/<role>")
def show_case(reference: str, role: str) -> ResponseReturnValue:
    visit = visits.current(reference, role)
    followed = _followed(visit)
    if followed != visit:
        visits.begin(followed)
        return _to_page(followed)
    return _page(visit, engine().load(reference))


@bp.post("/case/<reference>/<role>")
def decide(reference: str, role: str) -> ResponseReturnValue:
    """Carry out what was chosen; a choice has no default."""
    asked = visits.current(reference, role)
    visit = _followed(asked)
    loaded = engine().load(visit.reference)
    chosen = request.form.get("choice", "")
    if visit.role is Role.REVIEWER and visit != asked:
        return _gone_on(asked, loaded, chosen)
    if visit.role is Role.REVIEWER and chosen in COMPARED and not visit.has_decided:
        return _compare(visit, chosen)
    if visit.is_from_board and chosen in ONLY_FROM_ITS_MAIL:
        return _page(visit, loaded, problem=ASK_FOR_LINK, status=403)
    if visit.role is Role.REVIEWER and chosen == Event.RECOGNIZED and not visit.has_decided:
        return _settle_name(visit, loaded)
    if visit.role is Role.REVIEWER and visit.has_decided and chosen != Event.UNDONE:
        return _came_second(visit, chosen)
    if visit.role is Role.REVIEWER and chosen == LOOKING:
        return _say_looking(visit, loaded)
    if chosen == MAIL_LINK and visit.role is Role.REVIEWER:
        return _mail_link_to_reviewer(visit, loaded)
    if chosen in LOOKS and visit.role is Role.REVIEWER:
        return _look_closer(visit, loaded, chosen)
    shown = request.form.get("version", "")
    if shown.isdecimal() and int(shown) < loaded.case.version and _is_repeated(visit, chosen):
        return _came_second(visit, chosen)
    try:
        event = _carry_out(visit, loaded, chosen)
    except BadForm as error:
        return _page(visit, loaded, problem=str(error), status=400)
    except NeedsReason as error:
        why = candidates.needs_reason(engine(), error)
        return _page(visit, loaded, problem=why, status=400, missing="although")
    except CannotBeAsked:
        return _page(visit, loaded, problem=CANNOT_BE_ASKED, status=409)
    except NobodyLeft:
        return _page(visit, loaded, problem=NOBODY_LEFT, status=409)
    except TransitionNotAllowed:
        return _came_second(visit, chosen)
    if event in ENDING:
        visits.end(visit)
        visits.end(asked)
        return show(
            "ended.html",
            event=event.value,
            reference=visit.reference,
            role=visit.role,
            test_marker=test_marker(loaded.case),
        )
    visits.begin(replace(visit, has_decided=event not in GOES_ON))
    return _to_page(visit)


def _compare(visit: Visit, chosen: str) -> ResponseReturnValue:
    """Put two requests together, or remember that they are different ones."""
    now, older = visits.now(), request.form.get("other", "")
    try:
        if COMPARED[chosen] is Event.TOLD_APART:
            twice.tell_apart(engine(), visit.reference, older, visit.person, now)
            return _to_page(visit)
        loaded = twice.merge(engine(), visit.reference, older, visit.person, now)
    except (TransitionNotAllowed, NoSuchCase):
        followed = _followed(visit)
        if followed == visit:
            return _came_second(visit, chosen)
        loaded = engine().load(followed.reference)
    return _gone_on(visit, loaded, chosen)


def _settle_name(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Record whom the person means by a name that could be several people's."""
    try:
        name, meant = name_in(request.form)
        engine().settle_name(visit.reference, name, meant, visit.person, visits.now())
    except BadForm as error:
        return _page(visit, loaded, problem=str(error), status=400)
    except TransitionNotAllowed:
        return _came_second(visit, Event.RECOGNIZED)
    return _to_page(visit)


def _gone_on(visit: Visit, loaded: Loaded, chosen: str) -> ResponseReturnValue:
    """Lead a reviewer of a request that came twice to the older one, as far as they may see it."""
    followed = replace(visit, reference=loaded.case.reference)
    is_theirs = history.last_event(engine(), loaded, by=visit.person) == COMPARED.get(chosen)
    may_act = loaded.reviewing.may_act(visit.person)
    if may_act:
        visits.begin(followed)
    if may_act and is_theirs:
        return _to_page(followed)
    if not may_act and not is_theirs:
        return not_yours(None)
    return show(
        "gone_on.html", 200 if is_theirs else 409, visit=followed, came_as=visit.reference,
        is_theirs=is_theirs, may_act=may_act, test_marker=test_marker(loaded.case),
    )  # fmt: skip


def _carry_out(visit: Visit, loaded: Loaded, chosen: str) -> Event:
    now = visits.now()
    if chosen == Event.UNDONE and visit.role is Role.REVIEWER:
        return engine().undo(visit.reference, visit.person, now).decision.event
    if chosen == Event.CONTACT_CORRECTED and visit.role is Role.REQUESTER:
        changed, is_mailable = correction_in(request.form)
        engine().correct_contact(visit.reference, changed, is_mailable, now)
        return Event.CONTACT_CORRECTED
    decision = decision_in(request.form, loaded.case, visit.role, visit.person, visit.offer)
    shown = ""
    if decision.event is Event.OFFERED:
        ranking = engine().ranking(loaded, now)
        shown = json.dumps(candidates.shown_at_decision(ranking, decision.supporters))
    return engine().decide(visit.reference, decision, now, shown).decision.event


def _page(
    visit: Visit, loaded: Loaded, problem: str = "", status: int = 200, missing: str = ""
) -> ResponseReturnValue:
    now = visits.now()
    explained = history.explained(engine(), loaded, visit.person)
    more: dict[str, object] = {"visit": visit, "problem": problem, "explained": explained}
    # What was chosen stays when something is missing; when things have changed it is chosen anew.
    more |= {"kept": request.form if status == 400 else {}, "missing": missing}
    match visit.role:
        case Role.REVIEWER:
            if not loaded.reviewing.may_act(visit.person):
                return not_yours(None)
            name = "decided.html" if visit.has_decided else "reviewer.html"
            facts = reviewer_page.facts(engine(), loaded, visit.person, now)
        case Role.SUPPORTER:
            offer = loaded.case.offer(visit.offer) if visit.offer is not None else None
            if offer is None or offer.supporter != visit.person:
                return not_yours(None)
            name, facts = "supporter.html", supporter_page.facts(engine(), loaded, offer, now)
        case _:
            name, facts = "requester.html", requester_page.facts(engine(), loaded, now)
    return show(name, status, **more | facts)


def _look_closer(visit: Visit, loaded: Loaded, what: str) -> ResponseReturnValue:
    """Show name or text on this one answer, and record that it was opened."""
    if not loaded.reviewing.may_act(visit.person) or not identities.may_be_opened(loaded):
        return not_yours(None)
    engine().record_opening(loaded, what, visit.person, visits.now())
    is_identity = what == "identity"
    seen = (
        identities.for_reviewers(loaded)
        if is_identity
        else identities.text(engine(), loaded, visit.person)
    )
    facts = pages.about(engine(), loaded.case, visits.now())
    tells = pages.tells(engine(), loaded, visits.now())
    return show(
        "looked.html", visit=visit, what=what, seen=seen, tells=tells, nobody=NOBODY, **facts
    )


def _mail_link_to_reviewer(visit: Visit, loaded: Loaded) -> ResponseReturnValue:
    """Mail the request's own link to the address on file, for who came from the board."""
    if not loaded.reviewing.may_act(visit.person):
        return not_yours(None)
    _mail_link(loaded, visit.person, Role.REVIEWER, None)
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
    engine().record_opening(loaded, LOOKING, visit.person, visits.now())
    return _to_page(visit)


def _came_second(visit: Visit, chosen: str) -> ResponseReturnValue:
    """The same decision again shows its page; another one hears what was decided, and when."""
    loaded = engine().load(visit.reference)
    event = COMPARED.get(chosen, chosen)
    if event == history.last_event(engine(), loaded, by=visit.person):
        visits.begin(replace(visit, has_decided=event not in GOES_ON))
        return _to_page(visit)
    problem = "This was settled in the meantime, so your answer changed nothing."
    return _page(visit, loaded, problem=problem, status=409)


def _is_repeated(visit: Visit, chosen: str) -> bool:
    """Tell whether this person's own decision came last, and came from the same page."""
    loaded = engine().load(visit.reference)
    last = history.last_event(engine(), loaded, by=visit.person)
    return last == chosen or (last, chosen) == (Event.NOT_REACHED, Event.TRIED)


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """What is kept, who sees it and when it goes, from the program in force."""
    program = engine().program
    return show("privacy.html", forget_after=about(program.forget_after))
