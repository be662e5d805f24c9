"""Load a case, decide, save: the only way in which a case moves."""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from pydantic import TypeAdapter, ValidationError
from sqlite_utils import Database

from program import Program
from store import absences, cases, outbox, readiness, uses
from store.cases import StoredCase, Undoable
from store.database import StorageBusy, Store
from store.outbox import Outgoing
from store.sealing import CannotOpen, Seal
from workflow import attendance, mailroom, reviewers, table, tallies, transitions
from workflow.clocks import Rules
from workflow.exclusions import is_excluded
from workflow.fairness import Use, load_of, month_of, quarter_of
from workflow.faults import where
from workflow.matching import Ranking, rank
from workflow.model import (
    CannotBeAsked,
    Case,
    Decision,
    Event,
    Identity,
    NeedsReason,
    NobodyLeft,
    NoSuchCase,
    NotYours,
    OfferState,
    Outcome,
    Person,
    PromiseKind,
    Role,
    StaleCase,
    Transition,
    TransitionNotAllowed,
    Unclear,
)
from workflow.names import is_same_name
from workflow.reviewers import Reviewing, is_requester
from workflow.supporters import ChecksMail, Load, Readiness, Standing, Supporter, as_now
from workflow.unwanted import settled, with_recognized

log = logging.getLogger(__name__)

REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: How often a decision is made anew because somebody else moved the case first.
TRIES = 10

_identity: TypeAdapter[Identity] = TypeAdapter(Identity)


@dataclass(frozen=True)
class Loaded:
    """A case with all that decisions about it need; the identity is None once it is erased."""

    stored: StoredCase
    identity: Identity | None
    reviewing: Reviewing

    @property
    def case(self) -> Case:
        return self.stored.case

    def may_review(self, person: str) -> bool:
        """Tell whether somebody may still hear of this case as a reviewer.

        Without an identity nobody can be barred any more; those who were mailed had been settled
        before, and nobody else is.
        """
        return self.identity is None or self.reviewing.may_act(person)


@dataclass(frozen=True)
class Engine:
    """The workflow over one database with one program in force."""

    store: Store
    seal: Seal
    program: Program
    #: When this engine was made, which is for one request or one round.
    made_at: datetime

    @cached_property
    def absent(self) -> frozenset[str]:
        """Return who is away: others stand in for them, and no new mail goes to them."""
        return attendance.absent(self.store.read(), self.program, self.made_at)

    @cached_property
    def supporters(self) -> tuple[Supporter, ...]:
        """Return the roster as it is now: why somebody cannot be asked makes no difference."""
        said, unavailable = readiness.said(self.store.read()), self.unavailable
        return tuple(
            as_now(s, said.get(s.id, Readiness()), s.id not in unavailable)
            for s in self.program.supporters.values()
        )

    @cached_property
    def supported(self) -> frozenset[str]:
        """Return which supporters ask for support themselves: nobody else is sent to them now."""
        asking = [one.identity for one in self.open_cases() if not one.case.is_test]
        return frozenset(
            supporter.id
            for supporter in self.program.supporters.values()
            if any(who is not None and is_requester(supporter, who) for who in asking)
        )

    @property
    def unavailable(self) -> frozenset[str]:
        """Return who cannot be asked just now: also who leaves before a contact would be due."""
        db, today = self.store.read(), self.program.today(self.made_at)
        contact_by = self.program.today(self.rules.due_at(PromiseKind.CONTACT, self.made_at))
        leaving = attendance.leaving(db, self.program, today, contact_by)
        return self.absent | leaving | self.supported | attendance.resting(db, today)

    @property
    def rules(self) -> Rules:
        program = self.program
        return Rules(program.promises, program.quiet, program.tries, program.working)

    def mail_habit(self, supporter: str) -> ChecksMail:
        """Return how often a supporter reads mail; who is gone gets no longer than others."""
        known = self.program.supporters.get(supporter)
        return known.checks_mail if known else ChecksMail.DAILY

    # Loading

    def load(self, reference: str) -> Loaded:
        """Read a case and settle who reviews it; NoSuchCase when there is none any more."""
        stored = cases.find(self.store.read(), reference)
        if stored is None:
            raise NoSuchCase(f"There is no request {reference}")
        return self.complete(stored)

    def complete(self, stored: StoredCase) -> Loaded:
        return self.opened(stored, cases.sealed_identity(self.store.read(), stored.id))

    def opened(self, stored: StoredCase, sealed: str | None) -> Loaded:
        identity = None
        if sealed:
            identity = self.known(_identity.validate_json(self.seal.open(sealed)))
        return Loaded(stored, identity, self.reviewing(stored.case, identity))

    def known(self, identity: Identity) -> Identity:
        """Return an identity with what our lists say now of the requester and of the unwanted."""
        program = self.program
        identity = with_recognized(identity, program.names)
        listed: list[Person | Supporter] = [*program.supporters.values(), *program.people.values()]
        leading = (one for one in listed if one.supervises and is_requester(one, identity))
        return replace(identity, leads=tuple(unit for one in leading for unit in one.supervises))

    def open_cases(self) -> Iterator[Loaded]:
        """Yield the open cases; one that is damaged, or that no key opens, is left out."""
        yield from self._readable(cases.open_identities(self.store.read()))

    def unfinished_cases(self) -> Iterator[Loaded]:
        """Yield the open cases, and the closed ones with something that must still be told."""
        yield from self._readable(cases.unfinished_identities(self.store.read()))

    def _readable(self, found: Iterable[tuple[StoredCase, str]]) -> Iterator[Loaded]:
        for stored, sealed in found:
            try:
                yield self.opened(stored, sealed)
            except (CannotOpen, ValidationError) as error:
                log.error("%s is left out: %s", stored.case.reference, where(error))

    def reviewing(
        self, case: Case, identity: Identity | None, also_absent: frozenset[str] = frozenset()
    ) -> Reviewing:
        """Settle who reviews a case: nobody once the identity that bars people is erased."""
        if identity is None:
            return Reviewing((), ())
        program = self.program
        return reviewers.settle(
            case,
            identity,
            [program.people[id] for id in program.coordinators_of(case.facts.department)],
            [program.people[id] for id in program.deputies],
            program.people[program.outside_person],
            self.absent | also_absent,
        )

    def ranking(
        self, loaded: Loaded, now: datetime, loads: Mapping[str, Load] | None = None
    ) -> Ranking:
        """Rank the supporters who may be asked for this case; `loads` as they were counted."""
        return rank(
            loaded.case,
            loaded.identity,
            self.supporters,
            self.loads() if loads is None else loads,
            self.program.matching,
            self.program.today(now),
        )

    def choosable(self, loaded: Loaded, now: datetime) -> frozenset[str]:
        """Return who may be asked for this case, whatever else they have to do."""
        today = self.program.today(now)
        return frozenset(
            supporter.id
            for supporter in self.supporters
            if not is_excluded(supporter, loaded.identity, today)
        )

    def may_accept(self, loaded: Loaded, supporter: str, now: datetime) -> bool:
        """Tell whether whoever was asked may say yes.

        Neither a pause nor asking for support takes a yes away: they keep new questions away.
        """
        known = self.program.supporters.get(supporter)
        if known is None or supporter in self.absent:
            return False
        if known.status is Standing.PAUSED:
            known = replace(known, status=Standing.ACTIVE)
        return not is_excluded(known, loaded.identity, self.program.today(now))

    def loads(self) -> dict[str, Load]:
        """Return what each supporter has open, questions and people supported, and had lately."""
        counts: dict[str, int] = {}
        for case in cases.open_cases(self.store.read()):
            if case.current_offer is not None and not case.is_test:
                supporter = case.current_offer.supporter
                counts[supporter] = counts.get(supporter, 0) + 1
        known, today = uses.of_everybody(self.store.read()), self.program.today(self.made_at)
        return {
            id: load_of(counts.get(id, 0), known.get(id, Use()), today) for id in {*counts, *known}
        }

    # Deciding

    def submit(
        self,
        case: Case,
        identity: Identity,
        now: datetime,
        also: Callable[[Database, int], None],
    ) -> Case:
        """Begin a case; `also` is written in the same transaction."""
        identity = self.known(identity)
        case = replace(case, reference=self._new_reference())
        transition = transitions.submit(case, now, self.rules)
        loaded = Loaded(StoredCase(0, 0, case), identity, self.reviewing(case, identity))
        transition, mails = self._with_mails(loaded, transition)
        sealed = self.sealed(identity)
        with self.store.write() as db:
            case_id = cases.add(db, transition)
            cases.seal_identity(db, case_id, sealed)
            outbox.add(db, (replace(mail, case_id=case_id) for mail in mails))
            also(db, case_id)
        return transition.after

    def decide(
        self, reference: str, decision: Decision, now: datetime, shown: str = ""
    ) -> Transition:
        """Carry out a decision; WorkflowError says why not.

        `shown` is the ranking that a reviewer saw. When somebody else moved the case meanwhile,
        the decision is made anew on what is now there.
        """
        for _ in range(TRIES):
            loaded = self.load(reference)
            self._authorize(loaded, decision)
            try:
                return self._carry_out(loaded, decision, now, shown)
            except StaleCase:
                continue
        raise StorageBusy(f"{reference} is moved by others all the time")

    def _carry_out(
        self, loaded: Loaded, decision: Decision, now: datetime, shown: str
    ) -> Transition:
        eligible = self.choosable(loaded, now)
        transition = transitions.advance(loaded.case, decision, now, self.rules, eligible)
        if decision.event is Event.OFFERED:
            decision = self._with_needed_reason(loaded, decision, now)
            transition = replace(transition, decision=decision)
        if decision.event is Event.HANDED_OVER and self._would_leave_nobody(loaded, transition):
            raise NobodyLeft(f"{decision.by} is the last who may review {loaded.case.reference}")
        if decision.event is Event.ACCEPTED and not self._may_say_yes(loaded, decision, now):
            raise TransitionNotAllowed("Who is asked cannot support this request any more")
        if decision.event is Event.WITHDRAWN and not self._was_seen(loaded):
            if self._forget_unseen(loaded):
                return transition
            # Held: nobody hears of it who has not heard before.
            transition = replace(transition, notices=())
        return self._save(loaded, transition, shown)

    def undo(self, reference: str, person: str, now: datetime) -> Transition:
        """Take back a reviewer's last decision, as if it had never been made."""
        loaded = self.load(reference)
        decision = Decision(Event.UNDONE, person, Role.REVIEWER)
        self._authorize(loaded, decision)
        undoable = self.undoable(loaded, now)
        if undoable is None:
            raise TransitionNotAllowed("It is too late to undo this")
        asked = undoable.before.current_offer
        is_asked = asked is not None and asked.state is OfferState.OPEN
        if asked and is_asked and not self.may_accept(loaded, asked.supporter, now):
            raise TransitionNotAllowed("Who was asked cannot be asked any more")
        transition = transitions.undo(loaded.case, undoable.before, undoable.at, decision, now)
        transition, mails = self._with_mails(loaded, transition)
        try:
            with self.store.write() as db:
                if not outbox.take_back(db, loaded.stored.id, loaded.case.version):
                    raise TransitionNotAllowed("A message about this has already left")
                for mail in mails:
                    outbox.replace_waiting(db, mail)
                cases.move(db, loaded.stored, transition, forget_at=None)
        except StaleCase:
            raise TransitionNotAllowed("Somebody else decided in the meantime") from None
        return transition

    def undoable(self, loaded: Loaded, now: datetime) -> Undoable | None:
        """Return the reviewer's decision that can still be taken back."""
        last = cases.last_undoable(self.store.read(), loaded.stored)
        if last is None or now >= last.at + self.program.undo_window:
            return None
        return last

    def correct_contact(
        self, reference: str, changed: dict[str, object], is_mailable: bool, now: datetime
    ) -> None:
        """The requester corrects how to be reached; the rest of the identity stays."""
        for _ in range(TRIES):
            with suppress(StaleCase):
                return self._correct_contact(reference, changed, is_mailable, now)
        raise StorageBusy(f"{reference} is moved by others all the time")

    def _correct_contact(
        self, reference: str, changed: dict[str, object], is_mailable: bool, now: datetime
    ) -> None:
        decision = Decision(Event.CONTACT_CORRECTED, "", Role.REQUESTER)
        loaded = self.load(reference)
        if loaded.identity is None:
            raise NoSuchCase(f"{reference} has no identity any more")
        identity = _identity.validate_python(
            loaded.identity.__dict__
            | changed
            | {"corrected_at": now, "former_contacts": _contacts(loaded.identity)}
        )
        loaded = replace(loaded, identity=self.known(identity))
        transition = transitions.advance(loaded.case, decision, now, self.rules)
        facts = replace(
            transition.after.facts,
            is_mailable=is_mailable,
            is_reachable=bool(identity.phone) or is_mailable,
        )
        transition = replace(transition, after=replace(transition.after, facts=facts))
        self._save(loaded, transition, identity=identity)

    def settle_name(
        self, reference: str, name: Unclear, meant: str, person: str, now: datetime
    ) -> None:
        """A reviewer says whom a name means that the requester typed; "" is somebody else."""
        decision = Decision(Event.RECOGNIZED, person, Role.REVIEWER)
        for _ in range(TRIES):
            loaded = self.load(reference)
            self._authorize(loaded, decision)
            is_asked = name in unclear_for(loaded, person) and meant in (*name.could_mean, "")
            if loaded.identity is None or not is_asked:
                raise TransitionNotAllowed(f"{reference} has no such name to settle any more")
            identity = settled(loaded.identity, name, self._namesakes(meant))
            transition = transitions.advance(loaded.case, decision, now, self.rules)
            with suppress(StaleCase):
                # Whoever reviews from now on hears of it, and not why only now.
                self._save(replace(loaded, identity=identity), transition, identity=identity)
                return
        raise StorageBusy(f"{reference} is moved by others all the time")

    def _namesakes(self, id: str) -> tuple[str, ...]:
        """Return every id under which somebody may stand on our lists."""
        names = self.program.names
        return tuple(other for other in names if id and is_same_name(names[other], names[id]))

    def record_opening(self, loaded: Loaded, what: str, person: str, now: datetime) -> None:
        """Record that somebody opened a name or a text."""
        with self.store.write() as db:
            cases.record_opening(db, loaded.stored.id, now, person, what)
            self.saw(db, person, now)

    def saw(self, db: Database, person: str, now: datetime) -> None:
        """Keep that a coordinator is there, also when the request is forgotten at once."""
        if person in self.program.all_coordinators:
            absences.saw(db, person, now)

    # Saving

    def _save(
        self,
        loaded: Loaded,
        transition: Transition,
        shown: str = "",
        identity: Identity | None = None,
    ) -> Transition:
        transition, mails = self._with_mails(loaded, transition)
        event = transition.decision.event
        step = table.TABLE.get((transition.before.state, event))
        is_undoable = step is not None and step.is_undoable and not transition.after.is_urgent
        drops_note = event is Event.CONTACTED
        if drops_note and loaded.identity is not None:
            identity = replace(loaded.identity, note="", unread=())
        sealed = self.sealed(identity) if identity is not None else None
        # What candidates have in common with the requester tells about them.
        shown_sealed = self.seal.close(shown) if shown else ""
        with self.store.write() as db:
            case_id = loaded.stored.id
            cases.move(db, loaded.stored, transition, self.forget_at(transition.after), is_undoable)
            is_held = cases.is_held(db, case_id)
            if event is Event.ACCEPTED and not transition.after.is_test:
                self._count_match(db, transition)
            if sealed is not None and not (is_held and drops_note):
                cases.seal_identity(db, case_id, sealed)
            if transition.decision.erases_now and not is_held:
                cases.erase_identity(db, case_id)
            self.saw(db, transition.decision.by, transition.at)
            if shown:
                cases.record_ranking(db, case_id, transition.after.version, shown_sealed)
            outbox.add(db, mails)
        return transition

    def _count_match(self, db: Database, transition: Transition) -> None:
        offer, today = transition.after.current_offer, self.program.today(transition.at)
        if offer is not None:
            uses.matched(db, offer.supporter, quarter_of(today))
            uses.asked(db, offer.supporter, month_of(today))

    def _with_mails(
        self, loaded: Loaded, transition: Transition
    ) -> tuple[Transition, list[Outgoing]]:
        after, mails = mailroom.for_transition(self, loaded, transition)
        return replace(transition, after=after), mails

    def sealed(self, identity: Identity) -> str:
        return self.seal.close(_identity.dump_json(identity, exclude={"leads"}).decode())

    def _authorize(self, loaded: Loaded, decision: Decision) -> None:
        """Check that this person may act in this role on this case; NotYours if not."""
        match decision.role:
            case Role.REVIEWER:
                is_theirs = loaded.reviewing.may_act(decision.by)
            case Role.SUPPORTER:
                offer = loaded.case.offer(decision.offer) if decision.offer is not None else None
                is_theirs = offer is not None and offer.supporter == decision.by
                is_theirs = is_theirs and decision.by in self.program.supporters
            case _:
                is_theirs = True
        if not is_theirs:
            raise NotYours(f"{decision.by} is no {decision.role} of {loaded.case.reference}")

    def _with_needed_reason(self, loaded: Loaded, decision: Decision, now: datetime) -> Decision:
        """Check whom a reviewer chose; a reason that nothing asks for is not kept."""
        candidates = {c.supporter.id: c for c in self.ranking(loaded, now).candidates}
        if not candidates.keys() >= set(decision.supporters):
            raise CannotBeAsked("Somebody chosen cannot be asked for this request")
        chosen = (candidates[id] for id in decision.supporters)
        advised_against = {c.supporter.id: c.cautions for c in chosen if c.cautions}
        if advised_against and not decision.although:
            raise NeedsReason(advised_against)
        return decision if advised_against else replace(decision, although="")

    def _may_say_yes(self, loaded: Loaded, decision: Decision, now: datetime) -> bool:
        offer = loaded.case.offer(decision.offer) if decision.offer is not None else None
        return offer is None or self.may_accept(loaded, offer.supporter, now)

    def _would_leave_nobody(self, loaded: Loaded, transition: Transition) -> bool:
        """Tell whether nobody who may see the case would be left, or nobody who is here."""
        after, is_here = self.reviewing(transition.after, loaded.identity), self.absent.isdisjoint
        if is_here({transition.decision.by}):
            return not any(is_here({person.id}) for person in after.reviewers)
        return not after.reviewers

    def _forget_unseen(self, loaded: Loaded) -> bool:
        """Forget a case at once that nobody but the requester was ever mailed about."""
        with self.store.write() as db:
            if cases.is_held(db, loaded.stored.id) or self._was_seen(loaded):
                return False
            cases.forget(db, loaded.stored, ())
            _forget_in_others(self, db, loaded.case.reference)
        self.store.checkpoint()
        return True

    def _was_seen(self, loaded: Loaded) -> bool:
        if loaded.case.took_in:
            return True  # Whoever put two requests together has seen both.
        db = self.store.read()
        return outbox.was_anybody_told(db, loaded.stored.id, except_role=Role.REQUESTER)

    def forget_at(self, case: Case) -> datetime | None:
        """Return when a case is forgotten; a duplicate goes with the one that it goes on as."""
        if case.closed_at is None or case.goes_on_as:
            return None
        if case.outcome is Outcome.WITHDRAWN:
            return case.closed_at
        return case.closed_at + self.program.forget_after

    def _new_reference(self) -> str:
        while True:
            letters = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(5))
            if not cases.is_taken(self.store.read(), f"PS-{letters}"):
                return f"PS-{letters}"


def unclear_for(loaded: Loaded, person: str) -> tuple[Unclear, ...]:
    """Return the names that this reviewer may settle: none that could mean themselves."""
    unclear = loaded.identity.unclear if loaded.identity is not None else ()
    return tuple(one for one in unclear if person not in one.could_mean)


def _contacts(identity: Identity) -> tuple[str, ...]:
    known = (*identity.former_contacts, identity.email, identity.phone)
    return tuple(dict.fromkeys(contact for contact in known if contact))


def forget(engine: Engine, db: Database, stored: StoredCase) -> None:
    """Destroy everything that leads back to a case and to its duplicates, and count them.

    Belongs into a transaction.
    """
    cases.forget(db, stored, tallies.of(stored.case, engine.program))
    _forget_in_others(engine, db, stored.case.reference)
    for reference in stored.case.took_in:
        newer = cases.find(db, reference)
        if newer is not None and cases.is_held(db, newer.id):
            cases.forget_once_released(db, newer, newer.case.closed_at or newer.case.submitted_at)
        elif newer is not None:
            cases.forget(db, newer, tallies.of(newer.case, engine.program))


def _forget_in_others(engine: Engine, db: Database, reference: str) -> None:
    """Take a reference out of the cases that were found to be different from it."""
    cases.forget_in_history(db, reference)
    for other in cases.mentioning(db, reference):
        told_apart = tuple(name for name in other.case.told_apart if name != reference)
        case = replace(other.case, told_apart=told_apart)
        cases.save(db, other, case, engine.forget_at(case))
