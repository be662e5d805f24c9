"""Destroy everything that leads back to a case, when its time has come or at once."""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta

from casebook.casebook import Casebook, Loaded
from engine.forgotten import saying
from lib.faults import where
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import Needs
from store import cases, outbox
from store.cases import StoredCase
from store.database import Database, Store
from store.forgotten import cases as forgotten_cases
from store.forgotten import compaction, proof
from store.mail import readers
from store.record import history, holds
from store.record.documents import UNREADABLE
from workflow import words
from workflow.model import Role

log = logging.getLogger(__name__)

#: A withdrawn case waits at most this long for its last mails before it is forgotten.
LAST_MAILS = timedelta(hours=24)


def forget_due(casebook: Casebook, now: datetime) -> int:
    """Forget closed cases when their time has come, withdrawn ones after their last mails."""
    forgotten = 0
    for reference in forgotten_cases.due(casebook.store.read(), now):
        try:
            forgotten += _forget_one(casebook, reference, now)
        except Exception as error:
            log.error("%s could not be forgotten: %s", reference, where(error))
    return forgotten


def compact(store: Store, now: datetime) -> bool:
    """Leave nothing of what was forgotten in unused space of the file or in its log.

    Return False if a reader keeps the log from being emptied: then try that again.
    """
    with store.write() as db:
        compaction.begin(db)
    is_log_empty = store.compact()
    with store.write() as db:
        compaction.finish(db, now)
    return is_log_empty


def record_run(db: Database, now: datetime) -> None:
    """Record that forgetting ran, unless a hold keeps it from doing anything."""
    if not holds.all_held_since(db):
        proof.record_run(db, now)


def count_forgotten_at_once(casebook: Casebook, forget_after: timedelta, now: datetime) -> int:
    """Count the closed cases that a shorter `forget_after` would forget now."""
    longer = forgotten_cases.kept_longer(casebook.store.read(), forget_after)
    return sum(
        one.number for one in longer if one.forgotten_at(forget_after) <= now < one.forget_at
    )


def forget_sooner(casebook: Casebook) -> None:
    """Apply a shorter `forget_after` to cases that were closed before it was in force.

    A longer one does not apply to them, because people were told the shorter one.
    """
    kept_for = casebook.program.times.forget_after
    longer = forgotten_cases.kept_longer(casebook.store.read(), kept_for)
    if longer:
        with casebook.store.write() as db:
            for one in longer:
                forgotten_cases.keep_shorter(db, one, kept_for)


def forget_unseen(casebook: Casebook, loaded: Loaded) -> bool:
    """Forget a case at once if no one but the requester was ever mailed about it."""
    with casebook.store.write() as db:
        if holds.is_held(db, loaded.stored.id) or was_seen_by_others(casebook, loaded):
            return False
        forgotten_cases.forget(db, loaded.stored, (), casebook.made_at)
        proof.count(db, _week(casebook))
        _forget_in_others(casebook, db, loaded.case.reference)
    casebook.store.checkpoint()
    return True


def was_seen_by_others(casebook: Casebook, loaded: Loaded) -> bool:
    """Tell whether anyone but the requester knows of the case."""
    if loaded.case.took_in:
        return True  # The reviewer who merged two requests has seen both.
    db = casebook.store.read()
    return readers.was_anybody_mailed(db, loaded.stored.id, except_role=Role.REQUESTER)


def _forget_one(casebook: Casebook, reference: str, now: datetime) -> bool:
    # Do not open the identity: a case must be forgotten even if no key opens it anymore.
    try:
        stored = cases.find(casebook.store.read(), reference)
    except UNREADABLE:
        log.error("%s is forgotten unread: its counts are not known", reference)
        with casebook.store.write() as db:
            forgotten_cases.forget_unreadable(db, reference, now)
            proof.count(db, _week(casebook))
        return True
    if stored is None:
        return False
    is_waiting = outbox.is_waiting(casebook.store.read(), stored.id)
    if is_waiting and now < (stored.case.closed_at or now) + LAST_MAILS:
        return False
    with casebook.store.write() as db:
        _forget(casebook, db, stored)
    return True


def _forget(casebook: Casebook, db: Database, stored: StoredCase) -> None:
    """Destroy everything that leads back to a case and to those merged into it, and count them.

    Call it inside a transaction.
    """
    _keep_thanks(db, stored)
    counters = saying.counters(casebook, db, stored)
    forgotten_cases.forget(db, stored, counters, casebook.made_at)
    proof.count(db, _week(casebook))
    _forget_in_others(casebook, db, stored.case.reference)
    for reference in stored.case.took_in:
        newer = cases.find(db, reference)
        if newer is not None and holds.is_held(db, newer.id):
            forgotten_cases.once_released(
                db, newer, newer.case.closed_at or newer.case.submitted_at
            )
        elif newer is not None:
            counters = saying.counters(casebook, db, newer)
            forgotten_cases.forget(db, newer, counters, casebook.made_at)
            proof.count(db, _week(casebook))


def _keep_thanks(db: Database, stored: StoredCase) -> None:
    """Let a supporter still hear who talks a hard request through with them: it names no request.

    Call it inside a transaction.
    """
    for one in outbox.of_case(db, stored.id):
        if one.is_waiting and EMAILS[one.mail.email].needs is Needs.CARE:
            outbox.part_from_case(db, one)


def _week(casebook: Casebook) -> date:
    return words.monday_of(casebook.made_at, casebook.program.zone)


def _forget_in_others(casebook: Casebook, db: Database, reference: str) -> None:
    """Delete a reference from the cases that were found to be different from it."""
    history.forget_reference(db, reference)
    for other in cases.mentioning(db, reference):
        told_apart = tuple(name for name in other.case.told_apart if name != reference)
        case = replace(other.case, told_apart=told_apart)
        cases.save(db, other, case, casebook.forget_at(case))
