"""What happens to cases by itself: moments, people who are gone, mails given up."""

import logging
from datetime import datetime

from sqlite_utils import Database

from engine.engine import TRIES, Engine
from lib.faults import where
from matching.fairness import month_of
from notifications import planning as mailroom
from notifications import reminders as reminding
from notifications import takeover as taking_over
from people.supporters import Standing
from store import cases, outbox, uses
from store.cases import StoredCase
from store.database import StorageBusy
from store.outbox import Outgoing
from workflow import consequences, transitions
from workflow.errors import NoSuchCase, StaleCase, TransitionNotAllowed
from workflow.model import Case, Decision, Event, Offer, OfferState, Role, State

log = logging.getLogger(__name__)


def look_at(engine: Engine, reference: str, now: datetime) -> None:
    """Give a case's due moments their consequences."""
    try:
        loaded = engine.casebook.load(reference)
        due = consequences.due_consequences(loaded.case, now, engine.casebook.rules)
        if due.event is not None:
            engine.decide(reference, _of_the_clock(loaded.case, due.event), now)
            # What else is due belongs to the same round, so that people hear of it at once.
            look_at(engine, reference, now)
            return
        after, mails = reminding.for_reminders(engine.casebook, loaded, due, now)
        with engine.store.write() as db:
            cases.save(db, loaded.stored, after, engine.casebook.forget_at(after))
            outbox.add(db, mails)
    except (StaleCase, NoSuchCase, TransitionNotAllowed):
        return  # Somebody else was faster; the next round sees what is there then.


def supporters_gone(engine: Engine, now: datetime) -> None:
    """Find cases whose supporter is no longer on the roster, or is asked and away or inactive."""
    for case in cases.open_cases(engine.store.read()):
        offer = case.current_offer
        if offer is not None and _is_gone(engine, offer):
            try:
                engine.decide(case.reference, _of_the_clock(case, Event.SUPPORTER_GONE), now)
            except Exception as error:
                log.error("%s keeps a supporter who is gone: %s", case.reference, where(error))


def tell_new_reviewers(engine: Engine, now: datetime) -> None:
    """Tell whoever reviews a waiting case by now and was never mailed about it."""
    for case in cases.open_cases(engine.store.read()):
        if case.state is State.IN_REVIEW:
            try:
                _tell_new_reviewers(engine, case.reference, now)
            except Exception as error:
                log.error("%s has reviewers who do not know: %s", case.reference, where(error))


def _tell_new_reviewers(engine: Engine, reference: str, now: datetime) -> None:
    loaded = engine.casebook.load(reference)
    known = outbox.addressed(engine.store.read(), loaded.stored.id, Role.REVIEWER)
    mails = taking_over.to_new_reviewers(loaded, known, now)
    if mails:
        with engine.store.write() as db:
            outbox.add(db, mails)


def _is_gone(engine: Engine, offer: Offer) -> bool:
    """Whoever said yes and is away keeps the case: that is for the reviewers to decide."""
    listed = engine.program.supporters.get(offer.supporter)
    if listed is None or offer.state is not OfferState.OPEN:
        return listed is None
    return offer.supporter in engine.casebook.absent or listed.status is Standing.INACTIVE


def _of_the_clock(case: Case, event: Event) -> Decision:
    """Decide about the offer that was looked at: meanwhile somebody else may be asked."""
    offer = case.current_offer
    return Decision(event, "", Role.CLOCK, offer=offer.number if offer else None)


def mail_given_up(engine: Engine, reference: str, mail: Outgoing, now: datetime) -> None:
    """Tell the reviewers, and let them tell the requester what could not be mailed."""
    for _ in range(TRIES):
        loaded = engine.casebook.load(reference)
        case, mails = mailroom.about_undeliverable(engine.casebook, loaded, mail, now)
        try:
            with engine.store.write() as db:
                cases.save(db, loaded.stored, case, engine.casebook.forget_at(case))
                outbox.add(db, mails)
        except StaleCase:
            continue
        return
    raise StorageBusy(f"{reference} is moved by others all the time")


def offer_left(engine: Engine, db: Database, stored: StoredCase, number: int, at: datetime) -> None:
    """The offer's mail was accepted: its promise counts from now. Belongs into a transaction."""
    case = stored.case
    offer = case.offer(number)
    if offer is not None and not case.is_test:
        uses.record_asked(db, offer.supporter, month_of(engine.program.today(at)))
    if case.state is State.OFFERED and offer is not None and offer.state is OfferState.OPEN:
        habit = engine.casebook.mail_habit(offer.supporter)
        cases.save(
            db, stored, transitions.offer_sent(case, number, at, engine.casebook.rules, habit)
        )
