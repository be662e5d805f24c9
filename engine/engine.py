"""Load a case, decide, save: all changes of a case take this way."""

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from casebook.duplicates import asks_in_vain, without_referrers
from casebook.purpose import LIVE_OFFERS, REFERENCE_LETTERS
from engine import contacts, forgetting, permissions
from matching.fairness import month_of, quarter_of
from notifications import planning
from people.contacts import (
    is_same_address,
    is_same_contact,
    settled_again_in_both,
    settled_in_both,
    with_address,
    with_unit_in_both,
)
from people.names import is_same_name
from people.not_wanted import LEADERS, WHOLE_UNIT
from people.records import Identity, Unclear
from people.units import NOT_SAID
from program import Program
from store import cases, identities, outbox, uses
from store.access import ending, links, visits
from store.cases import StoredCase
from store.database import Database, StorageBusy, Store
from store.identities import SealedIdentity
from store.invitations.joining import with_referrers
from store.outbox import Outgoing
from store.record import history, holds, openings, rankings
from store.record.history import Undoable
from workflow import transitions
from workflow.errors import NoSuchCase, StaleCase, TransitionNotAllowed
from workflow.model import Case, Decision, Event, OfferState, Role, State, Transition
from workflow.table import UNDOABLE

#: How often a decision is repeated because someone else changed the case first.
TRIES = 10


@dataclass(frozen=True)
class Engine:
    """The workflow over one database with one program in force."""

    casebook: Casebook

    @property
    def store(self) -> Store:
        return self.casebook.store

    @property
    def program(self) -> Program:
        return self.casebook.program

    # Deciding

    def submit(
        self,
        case: Case,
        identity: Identity,
        now: datetime,
        also: Callable[[Database, int], None],
    ) -> Case:
        """Begin a case; `also` writes more in the same transaction."""
        identity = self.casebook.with_listed_facts(identity, case.facts)
        case = replace(case, reference=self._new_reference())
        transition = transitions.submit(case, now, self.casebook.rules)
        reviewing = self.casebook.reviewing(case, identity)
        loaded = Loaded(StoredCase(0, 0, case), identity, reviewing, identity)
        transition, mails = self._with_mails(loaded, transition)
        sealed = self.casebook.sealed(identity, case.reference)
        with self.store.write() as db:
            case_id = cases.add(db, transition)
            identities.seal(db, case_id, sealed)
            outbox.add(db, (replace(mail, case_id=case_id) for mail in mails))
            also(db, case_id)
        return transition.after

    def decide(
        self, reference: str, decision: Decision, now: datetime, shown: str = ""
    ) -> Transition:
        """Carry out a decision; raise WorkflowError if it is not allowed.

        `shown` is the ranking that a reviewer saw. If someone else changed the case meanwhile,
        the decision is repeated on the changed case.
        """
        for _ in range(TRIES):
            loaded = self.casebook.load(reference)
            permissions.authorize(self.casebook, loaded, decision, now)
            try:
                return self._carry_out(loaded, decision, now, shown)
            except StaleCase:
                continue
        raise StorageBusy(f"{reference} is moved by others all the time")

    def _carry_out(
        self, loaded: Loaded, decision: Decision, now: datetime, shown: str
    ) -> Transition:
        if decision.event is Event.SEPARATED and loaded.case.confirmation is not None:
            decision = replace(decision, other=loaded.case.confirmation.newer)
        if decision.event is Event.HAND_OVER_AGREED and loaded.case.hand_over is not None:
            place = self.program.place_of(loaded.case.hand_over.resource)
            decision = replace(decision, place=place)
        eligible = self.casebook.askable(loaded, now)
        transition = transitions.advance(loaded.case, decision, now, self.casebook.rules, eligible)
        transition = permissions.permitted(self.casebook, loaded, transition, now)
        is_withdrawn = decision.event is Event.WITHDRAWN
        if is_withdrawn and not forgetting.was_seen_by_others(self.casebook, loaded):
            if forgetting.forget_unseen(self.casebook, loaded):
                return transition
            # The case is held, so it stays, but no one is mailed about it.
            transition = replace(transition, notices=())
        return self._save(loaded, transition, shown)

    def undo(
        self, reference: str, role: Role, person: str, offer: int | None, now: datetime
    ) -> Transition:
        """Take back the last decision, if it was this person's to take back."""
        loaded = self.casebook.load(reference)
        decision = Decision(Event.UNDONE, person, role, offer=offer)
        permissions.authorize(self.casebook, loaded, decision, now)
        undoable = self.casebook.undoable(loaded, role, person, now)
        if undoable is None:
            raise TransitionNotAllowed("It is too late to undo this")
        asked = undoable.before.current_offer
        is_asked_again = asked is not None and asked.state is OfferState.OPEN
        may_accept = asked and self.casebook.may_accept(loaded, asked.supporter, now)
        if is_asked_again and (loaded.questions or not may_accept):
            raise TransitionNotAllowed("Who was asked cannot be asked any more")
        at = undoable.line.at
        transition = transitions.undo(loaded.case, undoable.before, at, decision, now)
        transition, mails = self._with_mails(loaded, transition)
        with self._or_decided_meanwhile(), self.store.write() as db:
            self._take_back(db, loaded, undoable, now)
            for mail in mails:
                outbox.replace_waiting(db, mail)
            cases.move(db, loaded.stored, transition, self.casebook.forget_at(transition.after))
        return transition

    def come_back(self, reference: str, person: str, now: datetime) -> Transition:
        """Let a reviewer who just stepped back review again, whatever others decided since."""
        loaded = self.casebook.load(reference)
        line = self.casebook.stepped_back(loaded, person, now)
        if line is None:
            raise TransitionNotAllowed("It is too late to come back")
        decision = Decision(Event.CAME_BACK, person, Role.REVIEWER)
        transition = transitions.advance(loaded.case, decision, now, self.casebook.rules)
        with self._or_decided_meanwhile(), self.store.write() as db:
            outbox.take_back(db, loaded.stored.id, line.version)
            cases.move(db, loaded.stored, transition, forget_at=None)
        return transition

    def _take_back(self, db: Database, loaded: Loaded, undoable: Undoable, now: datetime) -> None:
        """Take back the mails and the count of a decision."""
        line, case_id, matched = undoable.line, loaded.stored.id, loaded.case.current_offer
        if outbox.has_left(db, case_id, line.version):
            raise TransitionNotAllowed("A message about this has already left")
        outbox.take_back(db, case_id, line.version)
        outbox.revive(db, case_id, line.at, now)
        history.forget_before(db, undoable.row_id)
        is_undone = _is_matched(undoable.before, loaded.case)
        if is_undone and matched is not None and not loaded.case.is_test:
            quarter = quarter_of(self.program.today(line.at))
            uses.take_back_match(db, matched.supporter, quarter)

    @contextmanager
    def _or_decided_meanwhile(self) -> Iterator[None]:
        try:
            yield
        except StaleCase:
            raise TransitionNotAllowed("Somebody else decided in the meantime") from None

    def correct_contact(self, reference: str, contact: Identity, now: datetime) -> Event | None:
        """Let another way to be reached wait, so that someone at the first one can stop it.

        Return what happened; None if it is the way that counts already.
        """
        for _ in range(TRIES):
            with suppress(StaleCase):
                return self._correct_contact(self.casebook.load(reference), contact, now)
        raise StorageBusy(f"{reference} is moved by others all the time")

    def _correct_contact(self, loaded: Loaded, contact: Identity, now: datetime) -> Event | None:
        case, own = loaded.case, loaded.own
        if own is None:
            raise NoSuchCase(f"{case.reference} has no identity any more")
        # The form does not ask for the time of day.
        contact = replace(contact, not_before=own.not_before)
        is_mailable = contact.is_mail_ok and bool(contact.email)
        facts = replace(
            case.facts, is_mailable=is_mailable, is_reachable=bool(contact.phone) or is_mailable
        )
        moves = is_mailable and not is_same_address(own, contact)
        decision = Decision(Event.CONTACT_CORRECTED, "", Role.REQUESTER, facts=facts, moves=moves)
        if is_same_contact(own, contact, self.program.file.country):
            if case.confirmation is None:
                return None
            decision = Decision(
                Event.CONTACT_REFUSED, "", Role.REQUESTER, confirmation=case.confirmation.number
            )
        transition = transitions.advance(case, decision, now, self.casebook.rules)
        second = contact if decision.event is Event.CONTACT_CORRECTED else None
        # Who worried about the one at the new address stays out from now on, whatever counts later.
        found = with_referrers(self.store.read(), replace(contact, referrers=own.referrers))
        own = replace(own, second=second, referrers=found.referrers)
        self._save(self._with_identity(loaded, own, transition.after), transition, identity=own)
        return decision.event

    def _with_identity(self, loaded: Loaded, own: Identity, case: Case) -> Loaded:
        """Return a case with another identity as in `case`, and with the reviewers from before."""
        own = self.casebook.with_listed_facts(own, case.facts)
        return replace(loaded, own=own, identity=self.casebook.in_effect(own, case))

    def settle(
        self,
        reference: str,
        question: Unclear,
        meant: Collection[str],
        person: str,
        now: datetime,
    ) -> None:
        """Store who the requester means, as a reviewer says; no one we know if `meant` is empty.

        Of what was settled already, a reviewer may say that it means more people.
        """

        def answer(loaded: Loaded, own: Identity) -> Identity | None:
            groups = {one for one in meant if one.startswith((WHOLE_UNIT, LEADERS))}
            units = {one.removeprefix(WHOLE_UNIT) for one in groups - {LEADERS}}
            ids, is_asked = {*meant} - groups, question in loaded.questions_for(person)
            is_settled = question in (one.question for one in loaded.settled_for(person))
            are_known = self.program.names.keys() >= ids
            if not (is_asked or (is_settled and meant)):
                return None
            if not are_known or not self.program.units.by_name.keys() >= units:
                return None
            everybody = loaded.identity or own
            leaders = self.program.lists.leaders_of(everybody) if LEADERS in groups else ()
            people = (*self._namesakes(ids), *leaders)
            settle = settled_in_both if is_asked else settled_again_in_both
            return settle(own, question, people, sorted(units), person)

        self._settle(reference, answer, person, now)

    def settle_unit(
        self, reference: str, typed: str, unit: str, person: str, now: datetime
    ) -> None:
        """Store which listed unit a reviewer says a typed one is; "" for none of them.

        `typed` is "" where the request names no unit.
        """

        def answer(loaded: Loaded, own: Identity) -> Identity | None:
            is_known = unit in ("", NOT_SAID, *self.program.units.by_name)
            is_asked = loaded.identity is not None and typed in loaded.identity.unknown_units
            return with_unit_in_both(own, typed, unit) if is_asked and is_known else None

        self._settle(reference, answer, person, now)

    def read_address(self, reference: str, address: str, person: str, now: datetime) -> None:
        """Store which address a reviewer says a typed one means; "" for none of them."""

        def answer(loaded: Loaded, own: Identity) -> Identity | None:
            is_asked = own.email_choices and address in ("", *own.email_choices)
            return with_address(own, address) if is_asked else None

        self._settle(reference, answer, person, now)

    def _settle(
        self,
        reference: str,
        answer: Callable[[Loaded, Identity], Identity | None],
        person: str,
        now: datetime,
    ) -> None:
        decision = Decision(Event.RECOGNIZED, person, Role.REVIEWER)
        for _ in range(TRIES):
            loaded = self.casebook.load(reference)
            permissions.authorize(self.casebook, loaded, decision, now)
            before = loaded.own
            own = answer(loaded, before) if before is not None else None
            if own is None or before is None:
                raise TransitionNotAllowed(f"{reference} has no such question any more")
            transition = transitions.advance(loaded.case, decision, now, self.casebook.rules)
            transition = contacts.with_read_address(transition, before, own)
            own = with_referrers(self.store.read(), own)
            settled = self._with_identity(loaded, own, transition.after)
            if asks_in_vain(self.casebook, without_referrers(self.casebook, settled)):
                # What they see must not differ from an offer that was taken back otherwise.
                self.decide(reference, Decision(Event.OFFER_WITHDRAWN, person, Role.REVIEWER), now)
                continue
            with suppress(StaleCase):
                # New reviewers are mailed, without the reason why they were not mailed before.
                self._save(settled, transition, identity=own)
                return
        raise StorageBusy(f"{reference} is moved by others all the time")

    def _namesakes(self, ids: Collection[str]) -> tuple[str, ...]:
        """Return all ids on our lists that have the same name as one of these."""
        names = self.program.names
        return tuple(
            other for other in names if any(is_same_name(names[other], names[id]) for id in ids)
        )

    def record_opening(self, loaded: Loaded, what: str, person: str, now: datetime) -> None:
        """Record that someone opened a name or a text."""
        with self.store.write() as db:
            openings.record(db, loaded.stored.id, now, person, what)

    # Saving

    def _save(
        self,
        loaded: Loaded,
        transition: Transition,
        shown: str = "",
        identity: Identity | None = None,
    ) -> Transition:
        separated, left = None, contacts.left_behind(self.casebook, loaded, transition)
        if loaded.own is not None and contacts.is_settled(transition):
            identity = contacts.identity_after(self.casebook, loaded.own, transition)
            if transition.decision.event not in (Event.CONTACT_REFUSED, Event.SEPARATED):
                identity = with_referrers(self.store.read(), identity)
            separated = contacts.separated(self.casebook, loaded, transition)
            transition = contacts.with_fitting_notices(transition, loaded.own, identity)
            if transition.after.is_open:
                loaded = self._with_identity(loaded, identity, transition.after)
        transition, mails = self._with_mails(loaded, transition)
        reference = transition.after.reference
        sealed = self.casebook.sealed(identity, reference) if identity is not None else None
        case_id = loaded.stored.id
        with self.store.write() as db:
            self._move(db, loaded.stored, transition, has_mails=bool(mails))
            _save_identity(db, case_id, transition, sealed)
            if separated is not None:
                separated.save(db, self.casebook)
            if left:
                links.revoke_of_requesters(db, left, transition.at)
                visits.end_of_requesters(db, left)
            ending.of_lost(db, mails)
            if shown:
                rankings.record(db, case_id, transition.after.version, shown)
            outbox.add(db, mails)
        return transition

    def _move(
        self, db: Database, stored: StoredCase, transition: Transition, *, has_mails: bool
    ) -> None:
        """Store where a case is now, what that ends, and whom it counts for."""
        event, after = transition.decision.event, transition.after
        # The mails about an urgent request leave at once.
        is_undoable = event in UNDOABLE and not (after.is_urgent and has_mails)
        cases.move(db, stored, transition, self.casebook.forget_at(after), is_undoable)
        for supporter in _released(transition):
            visits.end_of_supporter(db, stored.id, supporter)
        if _is_matched(transition.before, after) and not after.is_test:
            self._count_match(db, transition)

    def _count_match(self, db: Database, transition: Transition) -> None:
        offer, today = transition.after.current_offer, self.program.today(transition.at)
        if offer is not None:
            uses.record_match(db, offer.supporter, quarter_of(today))
            uses.record_asked(db, offer.supporter, month_of(today))

    def _with_mails(
        self, loaded: Loaded, transition: Transition
    ) -> tuple[Transition, list[Outgoing]]:
        after, mails = planning.for_transition(self.casebook, loaded, transition)
        return replace(transition, after=after), mails

    def _new_reference(self) -> str:
        while True:
            letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(5))
            if not cases.is_taken(self.store.read(), f"PS-{letters}"):
                return f"PS-{letters}"


def _is_matched(before: Case, after: Case) -> bool:
    """Tell whether a supporter has just become the one who gets in touch."""
    return after.state is State.MATCHED and before.state is not State.MATCHED


def _released(transition: Transition) -> list[str]:
    """Return the supporters whose part in a case others have ended."""
    now = {offer.number: offer.state for offer in transition.after.offers}
    return [
        offer.supporter
        for offer in transition.before.offers
        if offer.state in LIVE_OFFERS
        and now.get(offer.number) not in (*LIVE_OFFERS, OfferState.DECLINED)
        and offer.supporter != transition.decision.by
    ]


def _save_identity(
    db: Database, case_id: int, transition: Transition, sealed: SealedIdentity | None
) -> None:
    """Store who the requester is now, or that no one is known anymore."""
    if sealed is not None:
        identities.seal(db, case_id, sealed)
    if transition.decision.erases_now and not holds.is_held(db, case_id):
        identities.erase(db, case_id)
