"""Carry out what a reviewer decided about two requests that look the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from casebook import duplicates
from casebook.casebook import Loaded
from casebook.duplicates import Duplicate, duplicates_of, has_impossible_supporter
from engine.engine import Engine
from notifications import planning
from notifications.recipients import former_reviewers
from people.records import Identity
from store import cases, identities, outbox
from store.access import ending
from store.outbox import REQUESTER, UNDELIVERABLE, Outgoing
from store.record import holds
from workflow.errors import NotYours, StaleCase, TransitionNotAllowed
from workflow.merging import identity_meanwhile
from workflow.model import (
    Audience,
    Case,
    Decision,
    Event,
    Outcome,
    Role,
    Transition,
    Waits,
)
from workflow.table import LEFT, LOOK_AGAIN
from workflow.transitions import advance


def merge(engine: Engine, reference: str, older: str, person: str, now: datetime) -> Loaded:
    """Merge a case into the older one that it is the same as; return the older one.

    Both change in one transaction. If someone else changes one of them first, neither changes.
    """
    newer, double = _compared(engine, reference, older, person)
    other = double.other
    if double.is_fixed or double.first:
        raise TransitionNotAllowed(f"{reference} and {older} cannot be merged")
    waits = double.waits
    joining = duplicates.joining(engine.casebook, newer, other)
    taking = Decision(Event.MERGED, person, Role.REVIEWER, newer=joining, waits=waits)
    closing = Decision(Event.CLOSED, person, Role.REVIEWER, outcome=Outcome.DUPLICATE, other=older)
    taken, closed = _moved(engine, other, taking, now), _moved(engine, newer, closing, now)
    own = identity_meanwhile(_known(other), _known(newer), taken.after, newer.case.facts, waits)
    joined = _with_identity(engine, other, own, taken.after)
    taken, mails = _with_mails(engine, joined, taken, waits)
    mails += _farewells(engine, newer, joined, taken.after, now)
    if waits is Waits.EVERYTHING:
        as_closed = replace(newer, stored=replace(newer.stored, case=closed.after))
        mails += planning.late_words(engine.casebook, as_closed, now)
        taken, lost = _with_lost_mails(engine, other, newer, taken, now)
        mails += lost
    sealed = engine.casebook.sealed(own, older)
    with _one_winner(), engine.store.write() as db:
        if holds.is_held(db, other.stored.id) or holds.is_held(db, newer.stored.id):
            raise TransitionNotAllowed(f"{older} or {reference} is held: both stay as they are")
        cases.move(db, other.stored, taken, engine.casebook.forget_at(taken.after))
        cases.move(db, newer.stored, closed, engine.casebook.forget_at(closed.after))
        identities.seal(db, other.stored.id, sealed)
        identities.erase(db, newer.stored.id)
        ending.of_lost(db, mails)
        outbox.add(db, mails)
    return engine.casebook.load(older)


def separate(engine: Engine, reference: str, now: datetime) -> None:
    """Make a merged request one of its own again, because its own requester acts on it.

    The holder of its link has rights in it alone, and keeps them until the merge is confirmed.
    """
    newer = engine.casebook.load(reference)
    older = duplicates.asked_about(engine.casebook, newer.case)
    if older is None or older.confirmation is None:
        raise TransitionNotAllowed(f"{reference} does not wait to be confirmed")
    number = older.confirmation.number
    decision = Decision(Event.SEPARATED, "", Role.REQUESTER, subject=reference, confirmation=number)
    engine.decide(older.reference, decision, now)


def tell_apart(engine: Engine, reference: str, older: str, person: str, now: datetime) -> None:
    """Record in the newer case that the two are different requests; the older does not change."""
    newer, _ = _compared(engine, reference, older, person)
    found = Decision(Event.TOLD_APART, person, Role.REVIEWER, other=older)
    moved = _moved(engine, newer, found, now)
    with _one_winner(), engine.store.write() as db:
        cases.move(db, newer.stored, moved, engine.casebook.forget_at(moved.after))


def _compared(engine: Engine, reference: str, older: str, person: str) -> tuple[Loaded, Duplicate]:
    """Return the newer case, and the older one beside it, if someone may still compare them."""
    newer = engine.casebook.load(reference)
    if not newer.case.is_open:  # Someone else decided first.
        raise TransitionNotAllowed(f"{reference} is closed")
    if not newer.reviewing.may_act(person):
        raise NotYours(f"{person} is no reviewer of {reference}")
    for double in duplicates_of(engine.casebook, newer, person):
        if double.is_older and double.other.case.reference == older:
            return newer, double
    raise TransitionNotAllowed(f"{reference} has no open double of that reference any more")


def _moved(engine: Engine, loaded: Loaded, decision: Decision, now: datetime) -> Transition:
    return advance(loaded.case, decision, now, engine.casebook.rules)


def _with_identity(engine: Engine, older: Loaded, own: Identity, case: Case) -> Loaded:
    """Return the older case with its identity after the merge and the reviewers from before."""
    own = engine.casebook.with_listed_facts(own, case.facts)
    return replace(older, own=own, identity=engine.casebook.in_effect(own, case))


def _with_mails(
    engine: Engine, older: Loaded, taken: Transition, waits: Waits
) -> tuple[Transition, list[Outgoing]]:
    """Return the mails. `older` has the reviewers from before, so that new reviewers are mailed."""
    if waits is Waits.EVERYTHING:
        # Nothing has changed for the supporter: they reach the person as before.
        kept = tuple(n for n in taken.notices if n.audience is not Audience.SUPPORTER)
        taken = replace(taken, notices=kept)
    asking = _asking_to_look_again(engine, older, taken)
    case, mails = planning.for_transition(engine.casebook, older, asking)
    return replace(asking, after=case), mails


def _farewells(
    engine: Engine, newer: Loaded, older: Loaded, taken: Case, now: datetime
) -> Iterator[Outgoing]:
    """Yield what people who may not know of the older case read about the newer one.

    A page that closes without a word would reveal the other case.
    """
    reviewing = engine.casebook.reviewing(taken, older.identity)
    after = replace(reviewing, called=older.reviewing.called)
    for notice in LEFT:
        for person, role in former_reviewers(engine.casebook, newer, after):
            yield planning.case_mail(
                newer.stored.id, notice, person, role, newer.case.reference, now
            )


def _with_lost_mails(
    engine: Engine, older: Loaded, newer: Loaded, taken: Transition, now: datetime
) -> tuple[Transition, list[Outgoing]]:
    """Tell the reviewers if the newer address got nothing: their mail about the newer is over."""
    for one in outbox.of_case(engine.store.read(), newer.stored.id):
        if one.mail.person == REQUESTER and one.result == UNDELIVERABLE:
            after = replace(older, stored=replace(older.stored, case=taken.after))
            case, mails = planning.about_undeliverable(engine.casebook, after, one.mail, now)
            return replace(taken, after=case), mails
    return taken, []


def _asking_to_look_again(engine: Engine, older: Loaded, taken: Transition) -> Transition:
    """Mail the reviewers instead of the supporter if the requester does not want that supporter."""
    offer = taken.after.current_offer
    if offer is None or not has_impossible_supporter(engine.casebook, older):
        return taken
    kept = [n for n in taken.notices if n.email != "details_changed"]
    asking = [
        replace(n, offer=offer.number, while_offer=offer.state, event=Event.MERGED)
        for n in LOOK_AGAIN
    ]
    return replace(taken, notices=(*kept, *asking))


def _known(loaded: Loaded) -> Identity:
    if loaded.own is None:
        raise TransitionNotAllowed(f"{loaded.case.reference} has no identity any more")
    return loaded.own


@contextmanager
def _one_winner() -> Iterator[None]:
    """Refuse a decision if someone else changed the case first."""
    try:
        yield
    except StaleCase:
        raise TransitionNotAllowed("Somebody else decided in the meantime") from None
