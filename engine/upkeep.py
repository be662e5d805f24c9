"""What happens to cases without a decision: due moments, gone supporters, failed mails."""

import logging
from datetime import datetime

from sqlite_utils import Database

from engine.engine import TRIES, Engine
from lib.faults import where
from matching.fairness import month_of
from notifications import planning, reminders, takeover
from people.supporters import Standing
from store import cases, outbox, uses
from store.cases import StoredCase
from store.database import StorageBusy
from store.outbox import Outgoing
from workflow import consequences, transitions
from workflow.errors import NoSuchCase, StaleCase, TransitionNotAllowed
from workflow.model import Case, Decision, Event, Offer, OfferState, Role, State

log = logging.getLogger(__name__)


def handle_due(engine: Engine, reference: str, now: datetime) -> None:
    """Carry out the consequences of a case's due moments."""
    try:
        loaded = engine.casebook.load(reference)
        due = consequences.due_consequences(loaded.case, now, engine.casebook.rules)
        if due.event is not None:
            engine.decide(reference, _clock_decision(loaded.case, due.event), now)
            # Handle the other due moments in the same round, so that people are mailed at once.
            handle_due(engine, reference, now)
            return
        after, mails = reminders.for_reminders(engine.casebook, loaded, due, now)
        with engine.store.write() as db:
            cases.save(db, loaded.stored, after, engine.casebook.forget_at(after))
            outbox.add(db, mails)
    except (StaleCase, NoSuchCase, TransitionNotAllowed):
        return  # Somebody else changed the case first; the next round handles it.


def release_gone_supporters(engine: Engine, now: datetime) -> None:
    """Release supporters who left the roster, or who are asked while away or inactive."""
    for case in cases.open_cases(engine.store.read()):
        offer = case.current_offer
        if offer is not None and _is_gone(engine, offer):
            try:
                engine.decide(case.reference, _clock_decision(case, Event.SUPPORTER_GONE), now)
            except Exception as error:
                log.error("%s keeps a supporter who is gone: %s", case.reference, where(error))


def tell_new_reviewers(engine: Engine, now: datetime) -> None:
    """Mail reviewers of cases in review who were never mailed about them."""
    for case in cases.open_cases(engine.store.read()):
        if case.state is State.IN_REVIEW:
            try:
                _tell_new_reviewers(engine, case.reference, now)
            except Exception as error:
                log.error("%s has reviewers who do not know: %s", case.reference, where(error))


def _tell_new_reviewers(engine: Engine, reference: str, now: datetime) -> None:
    loaded = engine.casebook.load(reference)
    known = outbox.addressed(engine.store.read(), loaded.stored.id, Role.REVIEWER)
    mails = takeover.to_new_reviewers(loaded, known, now)
    if mails:
        with engine.store.write() as db:
            outbox.add(db, mails)


def _is_gone(engine: Engine, offer: Offer) -> bool:
    """Tell whether a supporter must be released.

    One who said yes and is away keeps the case until a reviewer decides.
    """
    listed = engine.program.supporters.get(offer.supporter)
    if listed is None or offer.state is not OfferState.OPEN:
        return listed is None
    return offer.supporter in engine.casebook.absent or listed.status is Standing.INACTIVE


def _clock_decision(case: Case, event: Event) -> Decision:
    """Return a decision about the present offer, since somebody else may be asked meanwhile."""
    offer = case.current_offer
    return Decision(event, "", Role.CLOCK, offer=offer.number if offer else None)


def handle_given_up_mail(engine: Engine, reference: str, mail: Outgoing, now: datetime) -> None:
    """Mail the reviewers, and let them tell the requester what could not be mailed."""
    for _ in range(TRIES):
        loaded = engine.casebook.load(reference)
        case, mails = planning.about_undeliverable(engine.casebook, loaded, mail, now)
        try:
            with engine.store.write() as db:
                cases.save(db, loaded.stored, case, engine.casebook.forget_at(case))
                outbox.add(db, mails)
        except StaleCase:
            continue
        return
    raise StorageBusy(f"{reference} is moved by others all the time")


def record_offer_sent(
    engine: Engine, db: Database, stored: StoredCase, number: int, at: datetime
) -> None:
    """Begin the time to answer an offer whose mail has left. Call it inside a transaction."""
    case = stored.case
    offer = case.offer(number)
    if offer is not None and not case.is_test:
        uses.record_asked(db, offer.supporter, month_of(engine.program.today(at)))
    if case.state is State.OFFERED and offer is not None and offer.state is OfferState.OPEN:
        habit = engine.casebook.mail_habit(offer.supporter)
        cases.save(
            db, stored, transitions.offer_sent(case, number, at, engine.casebook.rules, habit)
        )
