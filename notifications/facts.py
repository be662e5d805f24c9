"""The facts of a case that mails may state: its progress, never who the requester is."""

from collections.abc import Collection
from datetime import datetime, tzinfo

from casebook import attendance
from casebook.casebook import Casebook
from casebook.purpose import known_as
from lib.languages.language import Language
from notifications.mail.catalog import EMAILS, SAYS_ONLY
from program.entries import is_open, resource_fact
from store.outbox import REQUESTER, Outgoing
from workflow import words
from workflow.check_in import is_wanted_again
from workflow.conditions import asks_about_newer
from workflow.model import Case, Event, Promise, PromiseKind, Role, Way
from workflow.promises import is_untouched

#: Promises that a mail refers to when it was queued for none; the first running one counts.
MAIN_PROMISES = (
    PromiseKind.CALL,
    PromiseKind.OFFER,
    PromiseKind.CONSENT,
    PromiseKind.CONTACT,
    PromiseKind.TRY_AGAIN,
    PromiseKind.CONVERSATION,
    PromiseKind.REVIEW,
    PromiseKind.REVIEW_AGAIN,
)
#: Promises that "your request has arrived" refers to.
REVIEWS = (PromiseKind.REVIEW, PromiseKind.REVIEW_AGAIN)

#: What tells of a request who asked or what for. Partners hear nothing of it, supporters not where
#: the person works.
TELLING = frozenset(
    {
        "is_urgent",
        "is_wanted_again",
        "department",
        "role_group",
        "wishes",
        "state",
        "event",
        "outcome",
        "supporter_name",
        "resources",
    }
)
KEPT_FROM_SUPPORTERS = frozenset({"department", "supporter_name", "resources", "outcome"})
#: What supporters hear of how their part ended; of anything else, that it was taken back.
TOLD_SUPPORTERS = {"", Event.ACCEPTED, Event.OFFER_WITHDRAWN}


def case_facts(
    casebook: Casebook, case: Case, mail: Outgoing, now: datetime, language: Language
) -> dict[str, object]:
    """Return the facts of a case for a mail, without the identity."""
    program, facts = casebook.program, case.facts
    promise = promise_of(case, mail)
    due_at = promise.due_at if promise else None
    if EMAILS[mail.email].is_offer and case.promise(PromiseKind.OFFER) is None:
        # The promise of an offer begins when this mail leaves, which is now.
        due_at = casebook.rules.offer_due_at(case, now, casebook.mail_habit(mail.person))
    department = program.departments.get(facts.department)
    role = program.roles.get(facts.role)
    offer = case.current_offer
    supporter = program.supporters.get(offer.supporter) if offer else None
    told = {
        "reference": known_as(casebook, case.reference, mail.role, mail.person),
        "test_marker": words.test_marker(case),
        "is_urgent": case.is_urgent,
        "is_wanted_again": is_wanted_again(case),
        "due": language.day_and_time(due_at, program.zone, now) if due_at else "",
        "due_short": language.short_time(due_at, program.zone) if due_at else "",
        "left": language.span(due_at - now) if due_at and due_at > now else "",
        "time_left": words.time_left(due_at, now, program.zone) if due_at else "",
        "is_overdue": due_at is not None and due_at <= now,
        "department": department.name if department else "",
        "role_group": role.group if role else "",
        "wishes": words.wishes(facts),
        "state": case.state.value,
        "event": _event(mail),
        "tell_by": _tell_by(case, program.zone, now),
        "is_untouched": is_untouched(case, now),
        "is_about_telling": mail.while_promise == PromiseKind.TELL,
        "is_early_call": is_early_call(case, mail, now),
        "role": mail.role,
        "outcome": (case.outcome or "") and str(case.outcome),
        "supporter_name": supporter.name if supporter else "",
        "resources": resource_facts(casebook, case, mail.email, now, language),
    }
    return told | {fact: _nothing_like(told[fact]) for fact in _kept_from(mail, told)}


def _nothing_like(fact: object) -> object:
    """Return how a fact reads of which nothing is told."""
    if isinstance(fact, bool):
        return False
    return "" if isinstance(fact, str) else []


def _event(mail: Outgoing) -> str:
    """Return what happened; a requester's wish for someone else is no supporter's to know."""
    if mail.role == Role.SUPPORTER and mail.event == Event.OTHER_WANTED:
        return Event.OFFER_WITHDRAWN  # They never had the name.
    is_told = mail.role != Role.SUPPORTER or mail.event in TOLD_SUPPORTERS
    return mail.event if is_told else Event.TAKEN_BACK


def _kept_from(mail: Outgoing, told: Collection[str]) -> Collection[str]:
    """Return what a mail's reader may not know, whatever the admins' own words ask for."""
    if mail.email in SAYS_ONLY:
        return {*told} - SAYS_ONLY[mail.email]
    if mail.role == Role.REVIEWER or (mail.role == REQUESTER and mail.person == REQUESTER):
        return ()
    return KEPT_FROM_SUPPORTERS if mail.role == Role.SUPPORTER else TELLING


def resource_facts(
    casebook: Casebook, case: Case, email: str, now: datetime, language: Language
) -> list[dict[str, object]]:
    """Return the resources chosen for a case; for a mail about a delay, those open now."""
    local = now.astimezone(casebook.program.zone)
    known = casebook.program.resources
    if email == "delayed":
        chosen = [id for id, resource in known.items() if is_open(resource, local)]
    else:
        chosen = [id for id in case.resources if id in known]
    return [resource_fact(id, known[id], local, language) for id in chosen]


def partner_facts(
    casebook: Casebook, case: Case, now: datetime, language: Language
) -> dict[str, object]:
    """Return the facts about the support service that the requester may be introduced to."""
    found, program = case.hand_over, casebook.program
    place, now_is = found and found.place, found and program.place_of(found.resource)
    partner = program.resources.get(found.resource) if found else None
    name = place.name if place else partner.name if partner else ""
    promise = case.promise(PromiseKind.HAND_OVER)
    due_at = promise.due_at if promise else casebook.rules.due_at(PromiseKind.HAND_OVER, now)
    return {
        "partner_name": language.own(name),
        # With another service's contact they would reach someone they did not say yes to.
        "partner_contact": language.own(partner.contact)
        if partner and partner.name == name
        else "",
        "partner_is_another": place is not None and place != now_is,
        "they_call": found is not None and found.way is Way.THEY_CALL,
        "contact_by": language.day_and_time(due_at, program.zone, now),
    }


def away_words(casebook: Casebook, case: Case, now: datetime) -> str:
    """Say how long the matched supporter is away."""
    offer, today = case.current_offer, casebook.program.today(now)
    db, who = casebook.store.read(), offer.supporter if offer else ""
    absence = attendance.absence_of(db, casebook.program, who, today)
    return words.away(absence, today) if absence else "away"


def supporter_facts(casebook: Casebook, case: Case, mail: Outgoing) -> dict[str, object]:
    """Return how to reach the supporter whom a mail is about, even once the case is closed."""
    offer = case.offer(mail.offer) if mail.offer is not None else None
    supporter = casebook.program.supporters.get(offer.supporter) if offer else None
    reached = (supporter.phone, supporter.notify_email or supporter.email) if supporter else ()
    return {
        "supporter_name": supporter.name if supporter else "",
        "supporter_contact": " or ".join(one for one in reached if one),
    }


def confirmation_facts(
    casebook: Casebook, case: Case, now: datetime, language: Language
) -> dict[str, object]:
    """Return what the requester must confirm; a correction can be stopped from when it is asked."""
    counts_from = casebook.rules.due_at(PromiseKind.CORRECTION, now)
    return {
        "is_about_newer": asks_about_newer(case.confirmation),
        "answer_by": language.day_and_time(counts_from, casebook.program.zone, now),
    }


def promise_of(case: Case, mail: Outgoing) -> Promise | None:
    """Return the promise that a mail refers to; None without one."""
    if mail.while_promise:
        kind = PromiseKind(mail.while_promise)
        return case.promise(kind, mail.subject if kind is PromiseKind.TELL else None)
    kinds = REVIEWS if mail.email == "received" else MAIN_PROMISES
    found = (case.promise(kind) for kind in kinds)
    return next((promise for promise in found if promise is not None), None)


def is_early_call(case: Case, mail: Outgoing, now: datetime) -> bool:
    """Tell whether a mail is about an approaching first contact while nothing is overdue."""
    is_near = mail.while_promise == PromiseKind.FIRST_CONTACT
    return is_near and all(promise.due_at > now for promise in case.promises)


def _tell_by(case: Case, zone: tzinfo, now: datetime) -> str:
    """Say by when the requester must be told something by phone; "" when nothing is due."""
    dues = [promise.due_at for promise in case.promises if promise.kind is PromiseKind.TELL]
    return words.day_and_time(min(dues), zone, now) if dues else ""
