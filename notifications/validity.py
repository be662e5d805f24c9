"""Whether what a mail is for still stands when it leaves, and whether its reader still reads it."""

from datetime import datetime

from sqlite_utils import Database

from casebook import attendance
from casebook.casebook import Casebook, Loaded
from casebook.standing_in import absence_of_supporter, lonely_cases, reviews
from notifications import takeover as taking_over
from notifications.program_mails import RESPONSE_WAITS
from notifications.recipients import REMINDS_SUPPORTERS
from store import deliveries, outbox, programs
from store.outbox import Outgoing
from store.programs import VersionStatus
from workflow.model import Case, PromiseKind, Role

IS_OVER = "its occasion is over"
NO_ADDRESS, OTHERS_REVIEW = "no address", "others review by now"
#: Untrue once the case is open again.
SAYS_IT_IS_OVER = {"completed", "resources"}
#: Mails about files that nobody need correct or confirm any more.
UNTIL_SETTLED = {"files_wrong": VersionStatus.REFUSED, "files_wait": VersionStatus.WAITS}


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
    if _is_told(casebook, mail, loaded, now) or not _still_asks(casebook, mail, now):
        return IS_OVER
    return "" if address else NO_ADDRESS


def asks_in_vain(casebook: Casebook, mail: Outgoing, loaded: Loaded, now: datetime) -> bool:
    """Tell whether an offer is about to reach somebody who cannot be asked any more."""
    if mail.email != "offer" or not _still_stands(mail, loaded.case):
        return False
    return mail.person not in casebook.choosable(loaded, now)


def _still_stands(mail: Outgoing, case: Case) -> bool:
    """Tell whether the occasion of a mail about a request still exists."""
    if case.goes_on_as and mail.role != Role.SUPPORTER:
        return False
    if mail.while_promise:
        kind = PromiseKind(mail.while_promise)
        promise = case.promise(kind, mail.subject if kind is PromiseKind.TELL else None)
        is_reminder = mail.occasion.startswith(f"{case.reference}/{kind}/")
        if promise is None or (is_reminder and promise.began_at.isoformat() not in mail.occasion):
            return False
    if mail.email in SAYS_IT_IS_OVER and not mail.while_offer and case.is_open:
        return False
    if mail.while_offer and mail.offer is not None:
        offer = case.offer(mail.offer)
        return offer is not None and offer.state == mail.while_offer
    return True


def _still_asks(casebook: Casebook, mail: Outgoing, now: datetime) -> bool:
    """Tell whether somebody must still do what a mail that is about no request asks for."""
    if mail.email == RESPONSE_WAITS:
        return deliveries.waiting_ids(casebook.store.read(), int(mail.subject)) is not None
    if mail.email == "digest":
        return _is_its_morning(casebook, mail, now)
    if mail.email not in UNTIL_SETTLED:
        return True
    version = programs.get(casebook.store.read(), int(mail.subject))
    return version is not None and version.status is UNTIL_SETTLED[mail.email]


def _is_its_morning(casebook: Casebook, mail: Outgoing, now: datetime) -> bool:
    """A digest that an outage kept back is of no use at night, or to whom a newer one goes."""
    program = casebook.program
    is_of_today = program.today(mail.leaves_at) == program.today(now)
    return is_of_today and not program.quiet.covers(now)


def _is_told(casebook: Casebook, mail: Outgoing, loaded: Loaded | None, now: datetime) -> bool:
    """Tell whether a mail has nothing to tell any more, since somebody left or came back."""
    db, program = casebook.store.read(), casebook.program
    if mail.email == "leaving":
        today = program.today(now)
        absence = attendance.absence_of(db, program, mail.person, today)
        if absence is None or absence.covers(today) or f"{absence.first}" != mail.subject:
            return True
        return not lonely_cases(casebook, mail.person, absence.first)
    if loaded is None:
        return False
    if mail.email == "supporter_away":
        away = absence_of_supporter(casebook, loaded, now)
        return away is None or taking_over.days_of(away) != mail.subject
    if mail.email in REMINDS_SUPPORTERS:
        return mail.person in casebook.absent
    if mail.email == "taken_over":
        return not loaded.case.is_open or not reviews(loaded, mail.person)
    return False


def has_other_readers(mail: Outgoing, loaded: Loaded) -> bool:
    """Tell whether others review, or are called, by now than who a mail was for."""
    readers = taking_over.readers_by_now(mail, loaded)
    return bool(readers) and mail.person not in readers


def for_others(
    db: Database, row_id: int, mail: Outgoing, loaded: Loaded, now: datetime
) -> list[Outgoing]:
    """Return a mail for those who review instead.

    Whoever was mailed about the request since knows that something is to be done; news they get.
    """
    others = taking_over.readers_by_now(mail, loaded)
    if mail.email not in taking_over.NEWS:
        others -= outbox.addressed_after(db, row_id, loaded.stored.id, Role.REVIEWER)
    return [taking_over.for_somebody_else(mail, id, now) for id in sorted(others)]
