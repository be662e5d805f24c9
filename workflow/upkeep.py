"""What happens to cases by itself: moments, people who are gone, mails given up, forgetting."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from store import cases, outbox
from store.cases import StoredCase
from store.database import StorageBusy
from store.outbox import Outgoing
from workflow import mailroom, reminders, transitions
from workflow.engine import TRIES, Engine, forget
from workflow.model import (
    Decision,
    Event,
    NoSuchCase,
    OfferState,
    Role,
    StaleCase,
    State,
    TransitionNotAllowed,
)

#: A withdrawn case waits this long at most for its last mails before it is forgotten.
LAST_MAILS = timedelta(hours=24)


def look_at(engine: Engine, reference: str, now: datetime) -> None:
    """Give a case's due moments their consequences."""
    try:
        loaded = engine.load(reference)
        seen = reminders.look(loaded.case, now, engine.rules)
        if seen.event is not None:
            engine.decide(reference, Decision(seen.event, "", Role.CLOCK), now)
            return
        after, mails = mailroom.for_reminders(engine, loaded, seen, now)
        with engine.store.write() as db:
            cases.save(db, loaded.stored, after, engine.forget_at(after))
            outbox.add(db, mails)
    except (StaleCase, NoSuchCase, TransitionNotAllowed):
        return  # Somebody else was faster; the next round sees what is there then.


def supporters_gone(engine: Engine, now: datetime) -> None:
    """Find cases whose supporter is no longer on the roster."""
    for case in cases.open_cases(engine.store.read()):
        offer = case.current_offer
        if offer is not None and offer.supporter not in engine.program.supporters:
            engine.decide(case.reference, Decision(Event.SUPPORTER_GONE, "", Role.CLOCK), now)


def mail_given_up(engine: Engine, reference: str, mail: Outgoing, now: datetime) -> None:
    """Tell the reviewers, and let them tell the requester what could not be mailed."""
    for _ in range(TRIES):
        loaded = engine.load(reference)
        case, mails = mailroom.about_undeliverable(engine, loaded, mail, now)
        try:
            with engine.store.write() as db:
                cases.save(db, loaded.stored, case, engine.forget_at(case))
                outbox.add(db, mails)
        except StaleCase:
            continue
        return
    raise StorageBusy(f"{reference} is moved by others all the time")


def offer_left(engine: Engine, db: Database, stored: StoredCase, number: int, at: datetime) -> None:
    """The offer's mail was accepted: its promise counts from now. Belongs into a transaction."""
    case = stored.case
    offer = case.offer(number)
    if case.state is State.OFFERED and offer is not None and offer.state is OfferState.OPEN:
        cases.save(db, stored, transitions.offer_sent(case, number, at, engine.rules))


def forget_due(engine: Engine, now: datetime) -> int:
    """Forget closed cases whose time has come; withdrawn ones once their last mails left."""
    forgotten = 0
    for reference in cases.to_forget(engine.store.read(), now):
        loaded = engine.load(reference)
        closed_at = loaded.case.closed_at or now
        waiting = outbox.is_waiting(engine.store.read(), loaded.stored.id)
        if not waiting or now >= closed_at + LAST_MAILS:
            with engine.store.write() as db:
                forget(engine, db, loaded)
            forgotten += 1
    return forgotten
