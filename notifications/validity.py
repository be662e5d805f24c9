"""Whether what a mail is for still stands when it leaves, and whether its reader still reads it."""

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from casebook import attendance, duplicates
from casebook.casebook import Casebook, Loaded
from casebook.standing_in import absence_of_supporter, reviews, uncovered_cases
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import PassedOn, Until
from notifications.planning import message_id
from notifications.takeover import days_of
from store import cases, deliveries, outbox, programs
from store.outbox import REQUESTER, Outgoing
from workflow.model import Case, PromiseKind, Role

IS_OVER = "its occasion is over"
NO_ADDRESS, OTHERS_REVIEW = "no address", "others review by now"


def case_of(casebook: Casebook, mail: Outgoing) -> Loaded | None:
    """Return the case that a mail is about; None when it is about none, or there is none left."""
    if mail.case_id is None:
        return None
    stored = cases.get(casebook.store.read(), mail.case_id)
    if stored and mail.role == REQUESTER and EMAILS[mail.email].goes_on:
        # The address goes over to the older request, and so does all that can be said.
        reference = duplicates.goes_on_as(casebook, stored.case.reference)
        stored = cases.find(casebook.store.read(), reference)
    return casebook.load_stored(stored) if stored else None


def why_not(
    casebook: Casebook, mail: Outgoing, loaded: Loaded | None, address: str, now: datetime
) -> str:
    """Say why a mail is not sent: its occasion is over, or its reader is none any more."""
    if mail.case_id is not None:
        if loaded is None or not _still_stands(mail, loaded.case):
            return IS_OVER
        if mail.role == Role.REVIEWER and not loaded.may_review(mail.person):
            return "no reviewer any more"
        if has_other_readers(mail, loaded):
            return OTHERS_REVIEW
    if _is_pointless(casebook, mail, loaded, now):
        return IS_OVER
    return "" if address else NO_ADDRESS


def asks_in_vain(casebook: Casebook, mail: Outgoing, loaded: Loaded, now: datetime) -> bool:
    """Tell whether an offer is about to reach somebody who cannot be asked any more."""
    if not EMAILS[mail.email].is_offer or not _still_stands(mail, loaded.case):
        return False
    return mail.person not in casebook.choosable(loaded, now)


def _still_stands(mail: Outgoing, case: Case) -> bool:
    """Tell whether the occasion of a mail about a request still exists."""
    if case.goes_on_as and mail.role != Role.SUPPORTER:
        return False
    if mail.while_promise:
        kind = PromiseKind(mail.while_promise)
        promise = case.promise(kind, mail.subject if kind is PromiseKind.TELL else None)
        is_its_reminder = mail.promise == kind
        if promise is None or (is_its_reminder and promise.began_at != mail.promise_began_at):
            return False
    says_it_is_over = EMAILS[mail.email].until is Until.CASE_IS_OPEN and not mail.while_offer
    if says_it_is_over and case.is_open:
        return False
    if mail.while_offer and mail.offer is not None:
        offer = case.offer(mail.offer)
        return offer is not None and offer.state == mail.while_offer
    return True


def _is_pointless(casebook: Casebook, mail: Outgoing, loaded: Loaded | None, now: datetime) -> bool:
    """Tell whether somebody left, came back or did already what a mail is about."""
    match EMAILS[mail.email].until:
        case Until.READER_IS_AWAY:
            return mail.person in casebook.absent
        case Until.SUPPORTER_IS_BACK:
            away = absence_of_supporter(casebook, loaded, now) if loaded else None
            return away is None or days_of(away) != mail.subject
        case Until.COVER_ENDED:
            return loaded is None or not loaded.case.is_open or not reviews(loaded, mail.person)
        case Until.STAYS:
            return not _is_leaving(casebook, mail, now)
        case Until.RESPONSE_READ:
            return deliveries.waiting_ids(casebook.store.read(), int(mail.subject)) is None
        case Until.MORNING_OVER:
            return not _is_its_morning(casebook, mail, now)
        case Until.FILES_SETTLED:
            return not _are_files_unsettled(casebook, mail)
        case Until.CASE_IS_OPEN | Until.ALWAYS_TRUE:
            return False


def _is_leaving(casebook: Casebook, mail: Outgoing, now: datetime) -> bool:
    """Tell whether somebody still leaves that day with cases that nobody else looks after."""
    program = casebook.program
    today = program.today(now)
    absence = attendance.absence_of(casebook.store.read(), program, mail.person, today)
    if absence is None or absence.covers(today) or f"{absence.first}" != mail.subject:
        return False
    return bool(uncovered_cases(casebook, mail.person, absence.first))


def _is_its_morning(casebook: Casebook, mail: Outgoing, now: datetime) -> bool:
    """A digest that an outage kept back is of no use at night, or to whom a newer one goes."""
    program = casebook.program
    is_of_today = program.today(mail.leaves_at) == program.today(now)
    return is_of_today and not program.quiet.covers(now)


def _are_files_unsettled(casebook: Casebook, mail: Outgoing) -> bool:
    """Tell whether somebody must still correct or confirm a version of the admins' files."""
    version = programs.get(casebook.store.read(), int(mail.subject))
    return version is not None and version.status is EMAILS[mail.email].about_files


# Readers who review by now


def has_other_readers(mail: Outgoing, loaded: Loaded) -> bool:
    """Tell whether others review, or are called, by now than who a mail was for."""
    readers = _readers_by_now(mail, loaded)
    return bool(readers) and mail.person not in readers


def for_others(
    db: Database, row_id: int, mail: Outgoing, loaded: Loaded, now: datetime
) -> list[Outgoing]:
    """Return a mail for those who review instead of somebody who is away, or no reviewer any more.

    Whoever was mailed about the request since knows that something is to be done; news they get.
    """
    others = _readers_by_now(mail, loaded)
    if EMAILS[mail.email].passed_on is not PassedOn.TO_REVIEWERS_AS_NEWS:
        others -= outbox.addressed_after(db, row_id, loaded.stored.id, Role.REVIEWER)
    return [
        replace(mail, message_id=message_id(), person=id, leaves_at=now) for id in sorted(others)
    ]


def _readers_by_now(mail: Outgoing, loaded: Loaded) -> set[str]:
    """Return for whom a mail is that is for whoever reviews, or is called, when it leaves."""
    passed_on = EMAILS[mail.email].passed_on
    is_about_reviewer = mail.email == "undeliverable" and mail.subject == Role.REVIEWER
    if passed_on is PassedOn.TO_NOBODY:
        return set()
    if passed_on is PassedOn.TO_DEPUTIES or is_about_reviewer:
        return {person.id for person in loaded.reviewing.deputies}
    return {person.id for person in loaded.reviewing.reviewers}
