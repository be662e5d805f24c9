"""What happens to cases without a decision: due moments, gone supporters, failed mails."""

import logging
from datetime import datetime

from casebook import duplicates
from casebook.casebook import Loaded
from casebook.recognition import rules_of
from engine.engine import TRIES, Engine
from lib.faults import where
from matching.fairness import month_of
from notifications import planning, reminders, takeover
from people.supporters import SupporterStatus
from store import cases, identities, outbox, uses
from store.cases import StoredCase
from store.database import UNWRITABLE, Database, StorageBusy
from store.identities import SealedIdentity
from store.mail import readers
from store.outbox import SECOND_ADDRESS, Outgoing
from store.record.documents import UNREADABLE
from workflow import consequences, transitions
from workflow.errors import NoSuchCase, StaleCase, TransitionNotAllowed
from workflow.model import Case, Decision, Event, OfferState, Role, State
from workflow.partners.hand_over import is_agreed, is_still

log = logging.getLogger(__name__)

#: How many identities are rehashed in one transaction.
REHASH_BATCH = 100


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
        return  # Someone else changed the case first; the next round handles it.


def release_gone_supporters(engine: Engine, now: datetime) -> None:
    """Release supporters who left the roster, and offers to those who are away or inactive."""
    db = engine.store.read()
    for supporter, state in cases.supporters_by_state(db):
        if not _is_gone(engine, supporter, state):
            continue
        for reference in cases.references_with(db, {supporter}, state):
            try:
                _let_go(engine, reference, supporter, state, now)
            except UNWRITABLE:
                raise  # Nothing is wrong with the case.
            except Exception as error:
                log.error("%s keeps a supporter who is gone: %s", reference, where(error))


def _let_go(
    engine: Engine, reference: str, supporter: str, state: OfferState, now: datetime
) -> None:
    stored = cases.find(engine.store.read(), reference)
    offer = stored.case.current_offer if stored else None
    if stored and offer and (offer.supporter, offer.state) == (supporter, state):
        engine.decide(reference, _clock_decision(stored.case, Event.SUPPORTER_GONE), now)


def end_changed_hand_overs(engine: Engine, now: datetime) -> None:
    """End the hand-overs to places that have changed since their requesters said yes."""
    for case in cases.with_next_moment(engine.store.read()):
        found = case.hand_over
        if found is None or not is_agreed(case):
            continue
        if is_still(case, engine.program.place_of(found.resource)):
            continue
        try:
            engine.decide(case.reference, _clock_decision(case, Event.HAND_OVER_LAPSED), now)
        except (NoSuchCase, TransitionNotAllowed):
            continue  # It ended meanwhile.
        except UNWRITABLE:
            raise  # Nothing is wrong with the case: the round begins again.
        except Exception as error:
            log.error("%s keeps a changed hand-over: %s", case.reference, where(error))


def tell_new_reviewers(engine: Engine, now: datetime) -> None:
    """Mail reviewers of cases in review who were never mailed about them."""
    for case in cases.open_cases(engine.store.read()):
        if case.state is State.IN_REVIEW:
            try:
                _tell_new_reviewers(engine, case.reference, now)
            except UNWRITABLE:
                raise  # Nothing is wrong with the case: the round begins again.
            except Exception as error:
                log.error("%s has reviewers who do not know: %s", case.reference, where(error))


def _tell_new_reviewers(engine: Engine, reference: str, now: datetime) -> None:
    loaded = engine.casebook.load(reference)
    known = readers.addressed(engine.store.read(), loaded.stored.id, Role.REVIEWER)
    mails = takeover.to_new_reviewers(loaded, known, now)
    if mails:
        with engine.store.write() as db:
            outbox.add(db, mails)


def _is_gone(engine: Engine, supporter: str, state: OfferState) -> bool:
    """Tell whether a supporter must be released.

    One who said yes and is away keeps the case until a reviewer decides.
    """
    listed = engine.program.supporters.get(supporter)
    if listed is None or state is not OfferState.OPEN:
        return listed is None
    return supporter in engine.casebook.absent or listed.status is SupporterStatus.INACTIVE


def rehash(engine: Engine) -> None:
    """Rehash the identities whose hashes are missing or follow other rules."""
    rules, last = rules_of(engine.program.file.country), 0
    while found := identities.with_outdated_hashes(
        engine.store.read(), rules, last, limit=REHASH_BATCH
    ):
        rehashed = {
            id: one
            for id, reference, sealed in found
            if (one := _rehashed(engine, reference, sealed))
        }
        if rehashed:
            with engine.store.write() as db:
                for id, identity in rehashed.items():
                    identities.rehash(db, id, identity)
        last, *_ = found[-1]


def _rehashed(engine: Engine, reference: str, sealed: str) -> SealedIdentity | None:
    """Return None for one that cannot be opened; the code that needs it logs that."""
    try:
        return engine.casebook.rehashed(sealed, reference)
    except UNREADABLE:
        return None


def _clock_decision(case: Case, event: Event) -> Decision:
    """Return a decision about the present offer; by now another supporter may be the one asked."""
    offer = case.current_offer
    return Decision(event, "", Role.CLOCK, offer=offer.number if offer else None)


def handle_given_up_mail(engine: Engine, reference: str, mail: Outgoing, now: datetime) -> None:
    """Mail the reviewers, and let them tell the requester what could not be mailed."""
    for _ in range(TRIES):
        loaded = _heard_of(engine, reference)
        case, mails = planning.about_undeliverable(engine.casebook, loaded, mail, now)
        try:
            with engine.store.write() as db:
                cases.save(db, loaded.stored, case, engine.casebook.forget_at(case))
                outbox.add(db, mails)
        except StaleCase:
            continue
        return
    raise StorageBusy(f"{reference} is moved by others all the time")


def _heard_of(engine: Engine, reference: str) -> Loaded:
    """Return the case whose reviewers hear of a mail: a merged one has none of its own."""
    loaded = engine.casebook.load(reference)
    older = duplicates.asked_about(engine.casebook, loaded.case)
    return engine.casebook.load(older.reference) if older is not None else loaded


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


def record_offer_returned(engine: Engine, db: Database, mail: Outgoing, at: datetime) -> None:
    """End the time to answer an offer whose mail came back. Call it inside a transaction."""
    stored = cases.get(db, mail.case_id) if mail.case_id is not None else None
    if stored is not None and mail.offer is not None:
        case = transitions.offer_returned(stored.case, mail.offer, at, engine.casebook.rules)
        cases.save(db, stored, case, engine.casebook.forget_at(case))


def record_asked(
    engine: Engine, db: Database, stored: StoredCase, number: int, at: datetime
) -> None:
    """Begin the day in which a correction can be stopped. Call it inside a transaction."""
    case = transitions.asked_by_mail(stored.case, number, at, engine.casebook.rules)
    if case != stored.case:
        cases.save(db, stored, case)


def record_not_asked(engine: Engine, db: Database, mail: Outgoing, at: datetime) -> None:
    """Stop the day of a correction whose mail, to either address, came back.

    Call it inside a transaction.
    """
    stored = cases.get(db, mail.case_id) if mail.case_id is not None else None
    confirmation = stored.case.confirmation if stored is not None else None
    if stored is not None and confirmation is not None and confirmation.number == mail.offer:
        is_second = mail.person == SECOND_ADDRESS
        stop = transitions.second_came_back if is_second else transitions.not_asked_by_mail
        case = stop(stored.case, at, engine.casebook.rules)
        cases.save(db, stored, case)
