"""Whose turn it is, since when, and whether they know."""

from datetime import datetime, timedelta

from casebook.casebook import Loaded
from engine.engine import Engine
from notifications.reminders import CALL_PAUSE
from store import outbox
from store.mail import readers
from store.record.history import HistoryLine
from tests.simulation.chronicle import Record
from workflow.consequences import DEPUTY_CALL
from workflow.model import Case, Event, OfferState, Promise, PromiseKind, Role, State
from workflow.promise_rules import Rules
from workflow.table import step_for

E = Event
#: A worker may have looked just before.
SLACK = timedelta(minutes=10)
NIGHT = timedelta(hours=12)
#: The database tells the moment of a request's next step by the minute only.
MINUTE = timedelta(minutes=1)
EVENT_WHEN_DUE = {PromiseKind.OFFER, PromiseKind.CALL, PromiseKind.CORRECTION}
#: These leave it the turn of those whose turn it was.
ASIDE = {
    E.HANDED_OVER, E.CAME_BACK, E.TOLD, E.TOLD_APART, E.CONTACT_CORRECTED, E.CONTACT_CONFIRMED,
    E.CONTACT_REFUSED, E.MERGED, E.SEPARATED, E.CALL_TAKEN, E.REFERRED, E.ERASED,
    E.CHECKED_IN, E.CHECK_IN_ANSWERED, E.CHECK_INS_STOPPED,
    E.HAND_OVER_ASKED, E.HAND_OVER_AGREED, E.HAND_OVER_REFUSED, E.HAND_OVER_STOPPED,
    E.HAND_OVER_MADE, E.HAND_OVER_LAPSED, E.HAND_OVER_UNANSWERED,
    E.RECOGNIZED,
}  # fmt: skip


def who_must_act(loaded: Loaded) -> tuple[Role, set[str]]:
    """Return who must act next by design; nobody of ours while the requester is asked."""
    case, offer = loaded.case, loaded.case.current_offer
    if case.state is State.PROPOSED and case.promise(PromiseKind.CONSENT):
        return Role.REQUESTER, set()
    if case.state in (State.IN_REVIEW, State.PROPOSED) or offer is None:
        return Role.REVIEWER, {person.id for person in loaded.reviewing.reviewers}
    return Role.SUPPORTER, {offer.supporter}


def was_called(engine: Engine, loaded: Loaded, promise: Promise, now: datetime) -> bool:
    """Tell whether the deputies were called about a promise, if it was time to."""
    rule, rules = engine.casebook.rules.promises[promise.kind], engine.casebook.rules
    if rule.deputy is None:
        return True
    at = rule.deputy.of(promise, rules.working)
    if rules.after_quiet_hours(at, promise.kind) >= now - SLACK or rules.quiet.covers(now):
        return True  # At night nobody is called who was not called before.
    # Who was called lately about another promise is called about this one on the next day.
    since = at if now - at > CALL_PAUSE + NIGHT else at - CALL_PAUSE
    return bool(
        readers.mailed_since(engine.store.read(), loaded.stored.id, DEPUTY_CALL.email, since)
    )


def turn_of(record: Record) -> HistoryLine:
    """Return the event since which it is their turn."""
    return next(line for line in reversed(record.standing) if line.event not in ASIDE)


def knows(engine: Engine, loaded: Loaded, turn: HistoryLine, role: Role, id: str) -> bool:
    """Tell whether somebody was mailed since it is their turn, or made it so themselves.

    If their mailbox is closed, the reviewers are told, and reach them another way.
    """
    made_it_so = turn.by_role == role or id in (turn.by_person, turn.recorded_for)
    since = None if made_it_so else turn
    return is_mailed(engine, loaded, id, since) or is_given_up(engine, loaded, id, turn)


def is_mailed(engine: Engine, loaded: Loaded, id: str, since: HistoryLine | None = None) -> bool:
    return has_address(engine, id) and any(
        one.mail.person == id
        and (since is None or one.mail.leaves_at >= since.at)
        and (one.result == "sent" or one.is_waiting)
        for one in outbox.of_case(engine.store.read(), loaded.stored.id)
    )


def is_given_up(engine: Engine, loaded: Loaded, id: str, since: HistoryLine) -> bool:
    """Tell whether a mail to a supporter was given up, and the reviewers know."""
    mails = [one for one in outbox.of_case(engine.store.read(), loaded.stored.id)
             if one.mail.leaves_at >= since.at]  # fmt: skip
    was_refused = any(
        (one.mail.person, one.mail.role) == (id, Role.SUPPORTER)
        and one.result == outbox.UNDELIVERABLE
        for one in mails
    )
    return was_refused and any(
        one.mail.email == "undeliverable" and (one.result == "sent" or one.is_waiting)
        for one in mails
    )


def has_address(engine: Engine, id: str) -> bool:
    person = engine.program.person(id)
    return person is not None and "@" in person.email


def helps(case: Case, event: Event, role: Role) -> bool:
    """Tell whether an event of this role leads on: to another state, or to a new promise."""
    step = step_for(case, event, role)
    return step is not None and step.to is not None and (
        step.to is not case.state or step.promise is not None
    )  # fmt: skip


def unanswered(case: Case, rules: Rules, now: datetime) -> PromiseKind | None:
    """Return what has waited in silence for longer than it may; at night nothing is decided."""
    for promise in case.promises:
        is_late = promise.due_at <= now - MINUTE
        is_night = rules.after_quiet_hours(now, promise.kind) > now
        if promise.kind in EVENT_WHEN_DUE and is_late and not is_night:
            return promise.kind
    return None


def went_on_with(record: Record | None) -> set[str]:
    """Return who said yes before a newer request left them out: the reviewers look again."""
    offer = record.case.current_offer if record else None
    if record is None or offer is None or offer.state is OfferState.OPEN:
        return set()
    merged = (line.at for line in record.lines if line.event == Event.MERGED)
    before = (record.before(at).current_offer for at in merged)
    is_from_before = any(one is not None and one.number == offer.number for one in before)
    return {offer.supporter} if is_from_before else set()
