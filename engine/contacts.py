"""What follows once a second way to be reached is confirmed, refused, or separated again."""

from dataclasses import dataclass, replace

from casebook.casebook import Casebook, Loaded
from notifications import planning
from people.contacts import is_same_address
from people.records import Identity
from store import cases, identities, outbox
from store.database import Database
from store.identities import SealedIdentity
from store.outbox import Outgoing
from workflow.consequences import LATE
from workflow.merging import confirmed_identity
from workflow.model import (
    Audience,
    Confirmation,
    Decision,
    Event,
    Notice,
    Role,
    State,
    Transition,
)
from workflow.table import IN_USE
from workflow.transitions import advance

#: The e-mail that confirms a request.
RECEIVED = "received"


@dataclass(frozen=True)
class Separated:
    """A newer request that is a request of its own again, with the mails about it."""

    newer: Loaded
    transition: Transition
    sealed: SealedIdentity
    mails: tuple[Outgoing, ...]

    def save(self, db: Database, casebook: Casebook) -> None:
        """Store it, inside the transaction that separates it from the older one."""
        case_id, after = self.newer.stored.id, self.transition.after
        cases.move(db, self.newer.stored, self.transition, casebook.forget_at(after))
        # Its own promises run again.
        outbox.drop_reminders(db, case_id, LATE.email)
        identities.seal(db, case_id, self.sealed)
        outbox.add(db, self.mails)


def with_read_address(transition: Transition, before: Identity, after: Identity) -> Transition:
    """Return the transition after which the requester is mailed at an address that was read.

    A request in review is confirmed there as if the address had been clear from the beginning.
    """
    was_read = bool(before.email_choices) and not after.email_choices and bool(after.email)
    if not (was_read and after.is_mail_ok):
        return transition
    case = transition.after
    unreadable = tuple(fact for fact in case.facts.unreadable if fact != "email")
    facts = replace(case.facts, is_mailable=True, is_reachable=True, unreadable=unreadable)
    received = (Notice(RECEIVED, Audience.REQUESTER),) if case.state is State.IN_REVIEW else ()
    return replace(
        transition,
        after=replace(case, facts=facts),
        notices=(*transition.notices, *received),
    )


def is_settled(transition: Transition) -> bool:
    """Tell whether a transition ends what the requester was asked, by an answer or otherwise."""
    return transition.before.confirmation is not None and transition.after.confirmation is None


def identity_after(casebook: Casebook, own: Identity, transition: Transition) -> Identity:
    """Return the identity once nothing is waiting; only a yes makes the second one count."""
    confirmation = transition.before.confirmation
    if transition.decision.event is not Event.CONTACT_CONFIRMED or confirmation is None:
        return replace(own, second=None)
    newer = casebook.load(confirmation.newer).case.facts if confirmation.newer else None
    return confirmed_identity(own, transition.after, newer, transition.at)


def with_fitting_notices(transition: Transition, before: Identity, after: Identity) -> Transition:
    """Return the transition without the mail to a new address where it is the same one."""
    if not is_same_address(before, after):
        return transition
    emails = {notice.email for notice in IN_USE}
    kept = tuple(n for n in transition.notices if n.email not in emails)
    return replace(transition, notices=kept)


def left_behind(casebook: Casebook, loaded: Loaded, transition: Transition) -> list[int]:
    """Return the cases whose links went to an address that no longer counts.

    The links of the merged request that gave the new address keep working.
    """
    confirmation = transition.before.confirmation
    is_yes = transition.decision.event is Event.CONTACT_CONFIRMED
    if confirmation is None or not is_yes or not confirmation.moves:
        return []
    before = (one for one in loaded.case.took_in if one not in confirmation.took_in)
    found = (cases.find(casebook.store.read(), reference) for reference in before)
    return [loaded.stored.id, *(stored.id for stored in found if stored is not None)]


def separated(casebook: Casebook, older: Loaded, transition: Transition) -> Separated | None:
    """Return the newer request that goes on by itself; None if there is none.

    It does so when the requester says that it is not theirs, and when the older one ends before
    they said anything: no one may lose a request because someone else withdrew or closed another.
    """
    confirmation, event = transition.before.confirmation, transition.decision.event
    if confirmation is None or not confirmation.newer or event is Event.CONTACT_CONFIRMED:
        return None
    second = older.own.second if older.own is not None else None
    if second is None:
        return None
    found = _separated(casebook, confirmation, second, transition)
    return replace(found, mails=tuple(_as_known(one, older) for one in found.mails))


def _as_known(mail: Outgoing, older: Loaded) -> Outgoing:
    """Return a mail that says nothing of the older case to a reviewer who may not hear of it."""
    is_told = mail.role != Role.REVIEWER or older.reviewing.may_act(mail.person)
    return mail if is_told else replace(mail, event=Event.RECOGNIZED)


def _separated(
    casebook: Casebook, confirmation: Confirmation, second: Identity, transition: Transition
) -> Separated:
    newer, older = casebook.load(confirmation.newer), transition.before.reference
    decision = Decision(Event.SEPARATED, "", Role.CLOCK, other=older)
    moved = advance(newer.case, decision, transition.at, casebook.rules)
    if transition.decision.event is Event.SEPARATED and not transition.decision.subject:
        # Someone said that they are two requests, so no one is asked again whether they are one.
        told_apart = (*moved.after.told_apart, older)
        moved = replace(moved, after=replace(moved.after, told_apart=told_apart))
    own = casebook.with_listed_facts(second, moved.after.facts)
    loaded = replace(newer, own=own, identity=own, reviewing=casebook.reviewing(moved.after, own))
    after, mails = planning.for_transition(casebook, loaded, moved)
    return Separated(
        newer,
        replace(moved, after=after),
        casebook.sealed(second, newer.case.reference),
        tuple(mails),
    )
