"""Destroy everything that leads back to a case, when its time has come or at once."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from casebook.casebook import Casebook, Loaded
from lib.faults import where
from matching.fairness import quarter_of
from program import Program
from store import cases, outbox
from store.cases import StoredCase
from store.database import Database
from workflow.model import Case, Role

log = logging.getLogger(__name__)

#: A withdrawn case waits at most this long for its last mails before it is forgotten.
LAST_MAILS = timedelta(hours=24)


def forget_due(casebook: Casebook, now: datetime) -> int:
    """Forget closed cases when their time has come, withdrawn ones after their last mails."""
    forgotten = 0
    for reference in cases.to_forget(casebook.store.read(), now):
        try:
            forgotten += _forget_one(casebook, reference, now)
        except Exception as error:
            log.error("%s could not be forgotten: %s", reference, where(error))
    return forgotten


def count_forgotten_at_once(casebook: Casebook, forget_after: timedelta, now: datetime) -> int:
    """Count the closed cases that a shorter `forget_after` would forget now."""
    waiting = cases.to_be_forgotten(casebook.store.read())
    closed_ats = [stored.case.closed_at for stored, at in waiting if at > now]
    return sum(1 for at in closed_ats if at is not None and at + forget_after <= now)


def forget_sooner(casebook: Casebook) -> None:
    """Apply a shorter `forget_after` to cases that were closed before it was in force.

    A longer one does not apply to them, because people were told the shorter one.
    """
    waiting = cases.to_be_forgotten(casebook.store.read())
    due = [(stored, at, casebook.forget_at(stored.case)) for stored, at in waiting]
    sooner = [(stored, new) for stored, old, new in due if new is not None and new < old]
    if sooner:
        with casebook.store.write() as db:
            for stored, forget_at in sooner:
                cases.forget_sooner(db, stored, forget_at)


def forget_unseen(casebook: Casebook, loaded: Loaded) -> bool:
    """Forget a case at once if nobody but the requester was ever mailed about it."""
    with casebook.store.write() as db:
        if cases.is_held(db, loaded.stored.id) or was_seen_by_others(casebook, loaded):
            return False
        cases.forget(db, loaded.stored, ())
        _forget_in_others(casebook, db, loaded.case.reference)
    casebook.store.checkpoint()
    return True


def was_seen_by_others(casebook: Casebook, loaded: Loaded) -> bool:
    """Tell whether anybody but the requester knows of the case."""
    if loaded.case.took_in:
        return True  # The reviewer who merged two requests has seen both.
    db = casebook.store.read()
    return outbox.was_anybody_mailed(db, loaded.stored.id, except_role=Role.REQUESTER)


def _forget_one(casebook: Casebook, reference: str, now: datetime) -> bool:
    # Do not open the identity: a case must be forgotten even if no key opens it any more.
    try:
        stored = cases.find(casebook.store.read(), reference)
    except cases.UNREADABLE:
        log.error("%s is forgotten unread: its counts are not known", reference)
        with casebook.store.write() as db:
            cases.forget_unreadable(db, reference)
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
    cases.forget(db, stored, _counters_of(stored.case, casebook.program))
    _forget_in_others(casebook, db, stored.case.reference)
    for reference in stored.case.took_in:
        newer = cases.find(db, reference)
        if newer is not None and cases.is_held(db, newer.id):
            cases.forget_once_released(db, newer, newer.case.closed_at or newer.case.submitted_at)
        elif newer is not None:
            cases.forget(db, newer, _counters_of(newer.case, casebook.program))


def _forget_in_others(casebook: Casebook, db: Database, reference: str) -> None:
    """Delete a reference from the cases that were found to be different from it."""
    cases.forget_in_history(db, reference)
    for other in cases.mentioning(db, reference):
        told_apart = tuple(name for name in other.case.told_apart if name != reference)
        case = replace(other.case, told_apart=told_apart)
        cases.save(db, other, case, casebook.forget_at(case))


def _counters_of(case: Case, program: Program) -> Iterator[tuple[str, str, str]]:
    """Yield (quarter, what, value), the counters that are left of a forgotten case.

    They are chosen so that, combined, they do not lead to a person.
    """
    if case.is_test:
        return
    quarter = quarter_of(program.today(case.submitted_at))
    facts = case.facts
    role = program.roles.get(facts.role)
    department = program.departments.get(facts.department)
    yield quarter, "requests", "all"
    yield quarter, "role_group", role.group if role else "not stated"
    yield quarter, "department_group", department.group if department else "not stated"
    yield quarter, "outcome", str(case.outcome or "")
    yield quarter, "wish_role", facts.wish_role
    yield quarter, "wish_specialty", facts.wish_specialty
    yield quarter, "wish_department", facts.wish_department
