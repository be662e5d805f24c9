"""The same person, twice: find what looks alike, and carry out what a reviewer found."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from casebook.casebook import Loaded
from engine.engine import Engine
from matching.exclusions import is_impossible
from notifications import planning as mailroom
from people.records import Identity
from people.same_person import likeness
from store import cases, outbox
from store.outbox import Outgoing
from store.sealing import CannotOpen
from workflow.errors import NoSuchCase, NotYours, StaleCase, TransitionNotAllowed
from workflow.merging import merged_identity
from workflow.model import Case, Decision, Event, Outcome, Role, Transition
from workflow.reviewers import is_barred
from workflow.table import LOOK_AGAIN
from workflow.transitions import advance


@dataclass(frozen=True)
class Double:
    """Another open case that may come from the same person, and why we think so."""

    other: Loaded
    why: tuple[str, ...]
    is_older: bool
    #: A hold keeps the other as it is: nothing is put together with it.
    is_held: bool


def doubles_of(engine: Engine, loaded: Loaded, person: str) -> list[Double]:
    """Return the open cases that look like this one, but for those that a reviewer is barred from.

    Identities are opened at this moment; nothing that could be compared later is kept.
    """
    if loaded.identity is None or not loaded.case.is_open:
        return []
    found = []
    for other in _others(engine, loaded):
        why = likeness(loaded.identity, other.identity or Identity(), engine.program.country)
        if why and not _is_told_apart(loaded.case, other.case) and _may_see(engine, other, person):
            is_held = cases.is_held(engine.store.read(), other.stored.id)
            found.append(Double(other, why, _order(other) < _order(loaded), is_held))
    return found


def merge(engine: Engine, reference: str, older: str, person: str, now: datetime) -> Loaded:
    """Put a case together with the older one that it is the same as; returns the older one.

    Both move in one transaction. When somebody else moves one of them meanwhile, nothing happens.
    """
    newer, other = _compared(engine, reference, older, person)
    taking = Decision(Event.MERGED, person, Role.REVIEWER, newer=newer.case)
    closing = Decision(Event.CLOSED, person, Role.REVIEWER, outcome=Outcome.DUPLICATE, other=older)
    taken, closed = _moved(engine, other, taking, now), _moved(engine, newer, closing, now)
    identity = merged_identity(_known(other), _known(newer), taken.after, newer.case.facts, now)
    taken, mails = _with_mails(engine, replace(other, identity=engine.known(identity)), taken)
    sealed = engine.sealed(identity)
    with _one_winner(), engine.store.write() as db:
        if cases.is_held(db, other.stored.id):
            raise TransitionNotAllowed(f"{older} is held: it stays as it is")
        cases.move(db, other.stored, taken, engine.forget_at(taken.after))
        cases.move(db, newer.stored, closed, engine.forget_at(closed.after))
        cases.seal_identity(db, other.stored.id, sealed)
        if not cases.is_held(db, newer.stored.id):
            cases.erase_identity(db, newer.stored.id)
        engine.saw(db, person, now)
        outbox.add(db, mails)
    return engine.load(older)


def tell_apart(engine: Engine, reference: str, older: str, person: str, now: datetime) -> None:
    """Remember in the newer case that they are different requests; the older stays as it is."""
    newer, _ = _compared(engine, reference, older, person)
    found = Decision(Event.TOLD_APART, person, Role.REVIEWER, other=older)
    moved = _moved(engine, newer, found, now)
    with _one_winner(), engine.store.write() as db:
        cases.move(db, newer.stored, moved, engine.forget_at(moved.after))
        engine.saw(db, person, now)


def goes_on_as(engine: Engine, reference: str) -> str:
    """Return the reference that a request goes on under: its own unless it was a duplicate."""
    while (stored := cases.find(engine.store.read(), reference)) and stored.case.goes_on_as:
        reference = stored.case.goes_on_as
    return reference


def may_hear_of(engine: Engine, reference: str, person: str) -> bool:
    """Tell whether a reviewer may hear that another request exists, if it still does."""
    try:
        return _may_see(engine, engine.load(reference), person)
    except (NoSuchCase, CannotOpen, ValidationError):
        return False


def has_impossible_supporter(engine: Engine, loaded: Loaded) -> bool:
    """Tell whether whoever is asked or said yes should not be the one, by what is known now."""
    offer = loaded.case.current_offer
    supporter = engine.program.supporters.get(offer.supporter) if offer else None
    if supporter is None or loaded.identity is None:
        return False
    return is_impossible(supporter, loaded.identity)


def _others(engine: Engine, loaded: Loaded) -> Iterator[Loaded]:
    """Yield the other open cases. A rehearsal is nobody's request, whoever's address it has."""
    for other in engine.open_cases():
        if other.stored.id != loaded.stored.id and other.case.is_test == loaded.case.is_test:
            yield other


def _is_told_apart(one: Case, other: Case) -> bool:
    return other.reference in one.told_apart or one.reference in other.told_apart


def _may_see(engine: Engine, other: Loaded, person: str) -> bool:
    known = engine.program.people.get(person)
    if known is None or other.identity is None:
        return False
    return other.reviewing.may_act(person) or not is_barred(known, other.case, other.identity)


def _order(loaded: Loaded) -> tuple[datetime, int]:
    return loaded.case.submitted_at, loaded.stored.id


def _compared(engine: Engine, reference: str, older: str, person: str) -> tuple[Loaded, Loaded]:
    """Return the newer and the older case of a decision that this person may still make."""
    newer = engine.load(reference)
    if not newer.case.is_open:  # Then there is nobody who may act: somebody was faster.
        raise TransitionNotAllowed(f"{reference} is closed")
    if not newer.reviewing.may_act(person):
        raise NotYours(f"{person} is no reviewer of {reference}")
    for double in doubles_of(engine, newer, person):
        if double.is_older and double.other.case.reference == older:
            return newer, double.other
    raise TransitionNotAllowed(f"{reference} has no open double of that reference any more")


def _moved(engine: Engine, loaded: Loaded, decision: Decision, now: datetime) -> Transition:
    return advance(loaded.case, decision, now, engine.rules)


def _with_mails(
    engine: Engine, older: Loaded, taken: Transition
) -> tuple[Transition, list[Outgoing]]:
    """Who reviewed before is settled still as it was, so that whoever is new hears of it."""
    asking = _for_whom_it_may_concern(engine, older, taken)
    case, mails = mailroom.for_transition(engine, older, asking)
    return replace(asking, after=case), mails


def _for_whom_it_may_concern(engine: Engine, older: Loaded, taken: Transition) -> Transition:
    """A supporter whom the person no longer wants hears nothing; the reviewers are asked."""
    offer = taken.after.current_offer
    if offer is None or not has_impossible_supporter(engine, older):
        return taken
    kept = [n for n in taken.notices if n.email != "details_changed"]
    asking = [
        replace(n, offer=offer.number, while_offer=offer.state, event=Event.MERGED)
        for n in LOOK_AGAIN
    ]
    return replace(taken, notices=(*kept, *asking))


def _known(loaded: Loaded) -> Identity:
    if loaded.identity is None:
        raise TransitionNotAllowed(f"{loaded.case.reference} has no identity any more")
    return loaded.identity


@contextmanager
def _one_winner() -> Iterator[None]:
    """Who was slower decides anew, on what is there then."""
    try:
        yield
    except StaleCase:
        raise TransitionNotAllowed("Somebody else decided in the meantime") from None
