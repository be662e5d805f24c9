"""Whether what a mail is for still stands when it leaves, and whether its reader still reads it."""

from datetime import datetime

from casebook.casebook import Loaded
from engine import covering
from engine.engine import Engine
from notifications.program_mails import RESPONSE_WAITS
from store import deliveries, programs
from store.outbox import Outgoing
from store.programs import VersionFate
from workflow.model import Case, PromiseKind, Role

IS_OVER = "its occasion is over"
NO_ADDRESS, OTHERS_REVIEW = "no address", "others review by now"
#: Untrue once the case is open again.
SAYS_IT_IS_OVER = {"completed", "resources"}
#: Mails about files that nobody need correct or confirm any more.
UNTIL_SETTLED = {"files_wrong": VersionFate.REFUSED, "files_wait": VersionFate.WAITS}


def why_not(
    engine: Engine, mail: Outgoing, loaded: Loaded | None, address: str, now: datetime
) -> str:
    """Say why a mail is not sent: its occasion is over, or its reader is none any more."""
    if mail.case_id is not None:
        if loaded is None or not _still_stands(mail, loaded.case):
            return IS_OVER
        if mail.role == Role.REVIEWER and not loaded.may_review(mail.person):
            return "no reviewer any more"
        if covering.has_other_readers(mail, loaded):
            return OTHERS_REVIEW
    if covering.is_over(engine, mail, loaded, now) or not _still_asks(engine, mail, now):
        return IS_OVER
    return "" if address else NO_ADDRESS


def asks_in_vain(engine: Engine, mail: Outgoing, loaded: Loaded, now: datetime) -> bool:
    """Tell whether an offer is about to reach somebody who cannot be asked any more."""
    if mail.email != "offer" or not _still_stands(mail, loaded.case):
        return False
    return mail.person not in engine.choosable(loaded, now)


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


def _still_asks(engine: Engine, mail: Outgoing, now: datetime) -> bool:
    """Tell whether somebody must still do what a mail that is about no request asks for."""
    if mail.email == RESPONSE_WAITS:
        return deliveries.waiting_ids(engine.store.read(), int(mail.subject)) is not None
    if mail.email == "digest":
        return _is_its_morning(engine, mail, now)
    if mail.email not in UNTIL_SETTLED:
        return True
    version = programs.get(engine.store.read(), int(mail.subject))
    return version is not None and version.fate is UNTIL_SETTLED[mail.email]


def _is_its_morning(engine: Engine, mail: Outgoing, now: datetime) -> bool:
    """A digest that an outage kept back is of no use at night, or to whom a newer one goes."""
    program = engine.program
    is_of_today = program.today(mail.leaves_at) == program.today(now)
    return is_of_today and not program.quiet.covers(now)
