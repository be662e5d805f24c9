"""Read cases as they are under the program in force; the engine writes them."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property, partial
from typing import Any

from casebook import attendance, recognition
from lib.addresses import canonical
from lib.documents import Document
from lib.faults import where
from matching.exclusions import Exclusions, is_excluded, refused
from matching.fairness import Use, load_of
from matching.ranking import Ranking, rank
from people import contacts, referrers
from people.not_wanted import open_questions, perhaps_by_role, perhaps_meant, with_recognized
from people.records import Identity, Settled, Unclear
from people.same_person import contacts_among, is_requester, traits_of_requester
from people.supporters import ChecksMail, Load, Readiness, Supporter, SupporterStatus, as_now
from people.units import NO_UNIT, may_be_any, with_units
from program import Program
from store import absences, cases, identities, outbox, readiness, uses
from store.cases import StoredCase
from store.database import Store
from store.identities import SealedIdentity
from store.mail import readers
from store.record import history
from store.record.documents import UNREADABLE
from store.record.history import HistoryLine, Undoable
from store.sealing import Seal, keyed_hash, pepper
from workflow import reviewers
from workflow.errors import NoSuchCase
from workflow.merging import is_unread
from workflow.model import Case, Event, Facts, Outcome, PromiseKind, Role
from workflow.promise_rules import Rules
from workflow.reviewers import Reviewing, is_barred

log = logging.getLogger(__name__)

#: A case with its sealed identity.
Unopened = tuple[StoredCase, str]
#: Reads and writes identities before they are sealed.
IDENTITY = Document(Identity)
#: Facts of an identity that our lists say, and that are not stored.
LOOKED_UP = dict.fromkeys(
    ("leads", "known_as", "unknown_units", "perhaps_leading", "referrer_ids", "kept_apart_ids"),
    True,
)
NOT_STORED: dict[str, Any] = {**LOOKED_UP, "second": LOOKED_UP}


@dataclass(frozen=True)
class Loaded:
    """A case with its identity, None once erased, and who reviews it.

    The identity excludes whomever its second one excludes; `own` is the identity as it is stored.
    """

    stored: StoredCase
    identity: Identity | None
    reviewing: Reviewing
    own: Identity | None = None

    @property
    def case(self) -> Case:
        return self.stored.case

    def may_review(self, person: str) -> bool:
        """Tell whether someone may still hear of this case as a reviewer.

        Once the identity is erased, or the case withdrawn, the readers of remaining mails were
        checked before, and no new readers are added.
        """
        is_over = self.identity is None or self.case.outcome is Outcome.WITHDRAWN
        return is_over or self.reviewing.may_act(person)

    @property
    def questions(self) -> tuple[Unclear, ...]:
        """What must be settled about people not wanted before anyone is asked."""
        return open_questions(self.identity) if self.identity is not None else ()

    def questions_for(self, person: str) -> tuple[Unclear, ...]:
        """Return the questions that this reviewer may settle: none that could mean them."""
        return tuple(one for one in self.questions if person not in one.could_mean)

    def settled_for(self, person: str) -> tuple[Settled, ...]:
        """Return what was settled, as far as it could not mean this reviewer."""
        settled = self.identity.settled if self.identity is not None else ()
        return tuple(one for one in settled if person not in one.question.could_mean)


@dataclass(frozen=True)
class Casebook:
    """Reads cases and decides who reviews each."""

    store: Store
    seal: Seal
    program: Program
    #: A casebook serves one web request or one round, and this is its moment.
    made_at: datetime

    @property
    def rules(self) -> Rules:
        return self.program.rules

    @cached_property
    def absent(self) -> frozenset[str]:
        """Return who is away: others stand in for them, and no new mail goes to them."""
        return attendance.absent(self.store.read(), self.program, self.made_at)

    @cached_property
    def answering(self) -> Mapping[str, date | None]:
        """Return whose mailbox answers automatically, and until when they say that they are away.

        This is a hint for people. No one counts as away because of it.
        """
        return absences.answers(self.store.read(), self.program.today(self.made_at))

    def load(self, reference: str) -> Loaded:
        """Read a case with its identity and reviewers; NoSuchCase when there is none."""
        found = identities.with_case(self.store.read(), reference)
        if found is None:
            raise NoSuchCase(f"There is no request {reference}")
        return self.unsealed(*found)

    def load_stored(self, stored: StoredCase) -> Loaded:
        return self.unsealed(stored, identities.sealed_of(self.store.read(), stored.id))

    def unsealed(self, stored: StoredCase, sealed: str | None) -> Loaded:
        own = None
        if sealed:
            who = self.opened(sealed, stored.case.reference)
            own = self.with_listed_facts(who, stored.case.facts)
        identity = self.in_effect(own, stored.case) if own is not None else None
        # Opening a case's mails is slow, and few who look at it are deputies.
        called = cache(partial(self._called, stored.id))
        reviewing = replace(self.reviewing(stored.case, identity), called=called)
        return Loaded(stored, identity, reviewing, own)

    def _called(self, case_id: int) -> frozenset[str]:
        """Return who was called to look after a case, or did."""
        db = self.store.read()
        return frozenset(readers.called(db, case_id) | history.deciders(db, case_id))

    def opened(self, sealed: str, reference: str) -> Identity:
        """Return a sealed identity; CannotOpen if it is that of another case."""
        return IDENTITY.read(self.seal.open(identities.SEALED, reference, sealed))

    def sealed(self, identity: Identity, reference: str) -> SealedIdentity:
        """Return an identity sealed together with its case."""
        country = self.program.file.country
        written = IDENTITY.write(identity, exclude=NOT_STORED)
        return SealedIdentity(
            self.seal.close(identities.SEALED, reference, written),
            recognition.hashes_of(self._pepper, contacts.in_effect(identity), country),
            recognition.rules_of(country),
        )

    def rehashed(self, sealed: str, reference: str) -> SealedIdentity:
        """Return a sealed identity with hashes by the current rules."""
        identity, country = self.opened(sealed, reference), self.program.file.country
        hashes = recognition.hashes_of(self._pepper, contacts.in_effect(identity), country)
        return SealedIdentity(sealed, hashes, recognition.rules_of(country))

    @cached_property
    def _pepper(self) -> str:
        return pepper(self.store.read(), self.seal)

    def with_listed_facts(self, identity: Identity, facts: Facts) -> Identity:
        """Return an identity with what our lists say now: people not wanted, units, units led."""
        program = self.program
        identity = with_units(identity, program.units)
        identity = with_recognized(identity, program.lists)
        leading = (one for one in program.leaders if is_requester(one, identity))
        units = tuple(unit for one in leading for unit in one.supervises)
        leads = program.units.spellings_of_texts(units)
        is_unit_unread = is_unread(facts, "unit")
        if is_unit_unread:  # They may have named one.
            known = (one for one in identity.unknown_units if one != NO_UNIT)
            identity = replace(identity, unknown_units=tuple(known))
        may_be_led = is_unit_unread or may_be_any(identity)
        perhaps = program.perhaps_leading(facts.department) if may_be_led else ()
        coordinators = program.coordinators_of(facts.department)
        by_role = perhaps_by_role(identity, coordinators, [one.id for one in program.leaders])
        second = identity.second
        if second is not None:
            second = self.with_listed_facts(second, facts)
        identity = replace(
            identity,
            leads=leads,
            perhaps_leading=(*perhaps, *perhaps_meant(identity, program.lists), *by_role),
            referrer_ids=referrers.ids_of(identity, program.lists),
            second=second,
        )
        return replace(identity, kept_apart_ids=program.lists.kept_apart_as_others(identity))

    def in_effect(self, own: Identity, case: Case) -> Identity:
        """Return an identity with what its second one excludes, by what our lists say now."""
        second, confirmation = own.second, case.confirmation
        if second is None:
            return own
        identity = self.with_listed_facts(contacts.in_effect(own), case.facts)
        perhaps = (*identity.perhaps_leading, *perhaps_meant(second, self.program.lists))
        if confirmation is not None:
            may_be_led = may_be_any(identity)
            if confirmation.newer:  # A correction says nothing of a unit.
                may_be_led |= may_be_any(second) or is_unread(confirmation.facts, "unit")
            departments = (case.facts.department, confirmation.facts.department)
            for department in departments if may_be_led else ():
                perhaps += self.program.perhaps_leading(department)
        return replace(identity, perhaps_leading=tuple(dict.fromkeys(perhaps)))

    def open_cases(self) -> Iterator[Loaded]:
        """Yield the open cases; those that are damaged or cannot be decrypted are left out."""
        yield from self.readable(identities.of_open_cases(self.store.read()))

    def possible_duplicates(self, identity: Identity) -> Iterator[Loaded]:
        """Yield the open cases that may come from this person, their own case included."""
        country = self.program.file.country
        yield from self._recognized(
            recognition.hashes_of_duplicates(self._pepper, identity, country)
        )

    def requested_from(self, address: str) -> Iterator[Loaded]:
        """Yield the cases, closed ones too, whose requester is mailed at this address."""
        country = self.program.file.country
        hashes = recognition.hashes_of_duplicates(self._pepper, Identity(email=address), country)
        typed = canonical(address)
        rules = recognition.rules_of(country)
        found = identities.recognized(self.store.read(), hashes, rules, only_open=False)
        for one in self.readable(found):
            is_theirs = one.identity is not None and canonical(one.identity.email) == typed
            if typed and is_theirs and one.case.facts.is_mailable and not one.case.goes_on_as:
                yield one
            yield from self._merged_from(one, typed)

    def _merged_from(self, older: Loaded, address: str) -> Iterator[Loaded]:
        """Yield the merged request from this address, while no one has confirmed the merge."""
        confirmation, own = older.case.confirmation, older.own
        second = own.second if own is not None else None
        if confirmation is None or not confirmation.newer or second is None:
            return
        if not address or canonical(second.email) != address:
            return
        try:
            newer = self.load(confirmation.newer)
        except (NoSuchCase, *UNREADABLE) as error:
            log.error("%s is left out: %s", confirmation.newer, where(error))
            return
        if newer.case.facts.is_mailable:
            yield newer

    def open_cases_with_ids(self, case_ids: Iterable[int]) -> Iterator[Loaded]:
        """Yield those of these cases that are open and readable."""
        yield from self.readable(identities.of_cases(self.store.read(), case_ids))

    @property
    def seen_under(self) -> str:
        """Name the rules and the program by which it is decided who may see a case."""
        return f"{reviewers.RULES}/{self.program.fingerprint}"

    def perhaps_unseen(self) -> Iterator[Loaded]:
        """Yield the open cases that perhaps no one may see under this program."""
        found = identities.perhaps_unseen(self.store.read(), self.seen_under)
        yield from self.readable(found)

    def next_waiting(self, departments: Iterable[str], current: StoredCase) -> Iterator[Loaded]:
        """Yield the cases besides `current` that wait for a yes in these departments, by due."""
        yield from self.readable(
            identities.next_waiting(self.store.read(), {*departments}, current)
        )

    def keyed_hash(self, *parts: str) -> str:
        """Return a hash that only this installation can recognize."""
        return keyed_hash(self._pepper, *parts)

    def _recognized(self, hashes: frozenset[str]) -> Iterator[Loaded]:
        rules = recognition.rules_of(self.program.file.country)
        yield from self.readable(identities.recognized(self.store.read(), hashes, rules))

    def unfinished_cases(self) -> Iterator[Loaded]:
        """Yield the open cases, and the closed ones about which someone must still be told."""
        yield from self.readable(self._unfinished())

    def unopened(self, person: str) -> list[Unopened]:
        """Return the unfinished cases that this person may review; opening one takes long."""
        reviewers_of = cache(self.program.reviewers_of)
        return [
            one
            for one in self._unfinished()
            if person in reviewers_of(one[0].case.facts.department)
        ]

    def _unfinished(self) -> Iterator[Unopened]:
        # A check-in or a hand-over may be left of a closed one, which are nothing for reviewers.
        for stored, sealed in identities.of_unfinished_cases(self.store.read()):
            if stored.case.is_open or stored.case.due_at is not None:
                yield stored, sealed

    def readable(self, found: Iterable[Unopened]) -> Iterator[Loaded]:
        """Open one case after the other, as they are asked for; leave out what no one can read."""
        for stored, sealed in found:
            try:
                yield self.unsealed(stored, sealed)
            except UNREADABLE as error:
                log.error("%s is left out: %s", stored.case.reference, where(error))

    def reviewing(
        self,
        case: Case,
        identity: Identity | None,
        absent: frozenset[str] | None = None,
    ) -> Reviewing:
        """Decide who reviews a case: no one once the identity is erased, which tells who is barred.

        No one either once it is withdrawn, until it is forgotten: reviewers who lost a case must
        not see that theirs was not. `absent` replaces the people who are away now.
        """
        if identity is None or case.outcome is Outcome.WITHDRAWN:
            return Reviewing((), ())
        away = self.absent if absent is None else absent
        lists, left = self.program.lists, partial(self._coordinators_left, case)
        counted = referrers.who_count(identity, lists, left, partial(left, away=away))
        chosen = self._choose(case, counted, away)
        if chosen.reviewers or not identity.referrer_ids:
            return chosen
        # A request that would wait for no one would show whoever typed all names that this person
        # asked. One alone is kept out in any case.
        others = self._choose(case, referrers.only(identity, (), lists), away)
        return others if len(others.entitled | others.if_called) > 1 else chosen

    def _coordinators_left(
        self, case: Case, identity: Identity, away: frozenset[str] = frozenset()
    ) -> int:
        """Count the coordinators who are not barred; that one steps back must bring in no one."""
        ids = {*self.program.coordinators_of(case.facts.department)} - away
        anew = replace(case, stepped_back=())
        return sum(not is_barred(self.program.people[id], anew, identity) for id in ids)

    def with_not_wanted(
        self, case: Case, identity: Identity, away: frozenset[str] | None = None
    ) -> Case:
        """Return a case as if supporters who were not wanted had stepped back under other ids.

        Only while another coordinator is here.
        """
        others = self.program.lists.other_ids({*case.not_wanted, *refused(case)})
        without = replace(case, stepped_back=(*case.stepped_back, *sorted(others)))
        coordinators = {*self.program.coordinators_of(case.facts.department)}
        here = coordinators - (self.absent if away is None else away)
        is_other_here = any(
            not is_barred(self.program.people[id], without, identity) for id in here
        )
        return without if is_other_here else case

    def _choose(self, case: Case, identity: Identity, away: frozenset[str]) -> Reviewing:
        program, case = self.program, self.with_not_wanted(case, identity, away)
        return reviewers.choose_reviewers(
            case,
            identity,
            [program.people[id] for id in program.coordinators_of(case.facts.department)],
            [program.people[id] for id in program.duties.deputies],
            program.people[program.duties.outside_person],
            away,
        )

    def undoable(self, loaded: Loaded, role: Role, person: str, now: datetime) -> Undoable | None:
        """Return the last decision of a case if this person can still take it back."""
        db = self.store.read()
        last = history.last_undoable(db, loaded.stored.id)
        if last is None or now >= last.line.at + self.program.times.undo_window:
            return None
        # Reviewers decide together.
        is_theirs = role is Role.REVIEWER or last.line.by_person == person
        if last.line.by_role != role or not is_theirs:
            return None
        return None if outbox.has_left(db, loaded.stored.id, last.line.version) else last

    def stepped_back(self, loaded: Loaded, person: str, now: datetime) -> HistoryLine | None:
        """Return when a reviewer stepped back, if they can still come back."""
        if person not in loaded.case.stepped_back or not loaded.case.is_open:
            return None
        since = now - self.program.times.undo_window
        own = (
            line
            for line in reversed(history.lines(self.store.read(), loaded.stored.id))
            if (line.event, line.by_person) == (Event.HANDED_OVER, person) and line.at > since
        )
        return next(own, None)

    def forget_at(self, case: Case) -> datetime | None:
        """Return when a closed case is forgotten; a duplicate is forgotten with its older case."""
        if case.closed_at is None or case.goes_on_as:
            return None
        if case.outcome is Outcome.WITHDRAWN or case.is_erased:
            return case.closed_at
        return case.closed_at + self.program.times.forget_after

    # Who may be asked to support, and in which order

    @cached_property
    def supporters(self) -> tuple[Supporter, ...]:
        """Return the roster as it is now, without the reasons why someone cannot be asked."""
        known, unavailable = readiness.declared(self.store.read()), self.unavailable
        return tuple(
            as_now(s, known.get(s.id, Readiness()), s.id not in unavailable)
            for s in self.program.supporters.values()
        )

    @cached_property
    def listed(self) -> tuple[Supporter, ...]:
        """Return the roster as the files have it, for views that must depend on no request."""
        return tuple(self.program.supporters.values())

    @property
    def unavailable(self) -> frozenset[str]:
        """Return who cannot be asked now, or leaves before a contact would be due."""
        db, today = self.store.read(), self.program.today(self.made_at)
        contact_by = self.program.today(self.rules.due_at(PromiseKind.CONTACT, self.made_at))
        leaving = attendance.away_between(db, self.program, today, contact_by)
        return self.absent | leaving | self.supported | attendance.resting(db, today)

    @cached_property
    def supported(self) -> frozenset[str]:
        """Return the supporters who asked for support themselves before today: no new offers.

        Whoever asks today is left out from tomorrow, when absences begin too. In the same minute
        it would tell everyone who looks at another request that this person just asked. A name
        alone leaves no one out: anyone could type it. Neither does what the files hold only since
        someone asked: an admin could guess.
        """
        today = self.program.today
        hashes = recognition.hashes_of_roster(self._pepper, self.program.supporter_contacts)
        asking = [
            (contacts_among(traits_of_requester(one.identity)), one.case.opened_at)
            for one in self._recognized(hashes)
            if one.identity is not None
            and not one.case.is_test
            and today(one.case.opened_at) < today(self.made_at)
        ]
        if not asking:
            return frozenset()
        return frozenset(
            id
            for id, supporter in self.program.supporters.items()
            if any(
                not self.program.traits_known(one, opened_at).isdisjoint(traits)
                for one in (supporter, *self.program.lists.others.get(id, ()))
                for traits, opened_at in asking
            )
        )

    def ranking(
        self,
        loaded: Loaded,
        now: datetime,
        loads: Mapping[str, Load] | None = None,
        *,
        reader: str = "",
    ) -> Ranking:
        """Rank the supporters who may be asked, for a reviewer; `loads` saves counting them again.

        Who may be asked, and what speaks against it, is the same for every reader.
        """
        return rank(
            loaded.case,
            loaded.identity,
            self._not_stepped_back(loaded),
            self.loads() if loads is None else loads,
            self.program.matching,
            self.program.today(now),
            self._asked_after_same_event(loaded, reader),
            loaded.own,
        )

    def _asked_after_same_event(self, loaded: Loaded, reader: str) -> frozenset[str]:
        """Return who is asked about, or has, another open request after the same event.

        Only of requests that are the reader's too. Otherwise a reader who files one by the link of
        a group that they chose could see that someone in it asked who does not want them to
        know.
        """
        identity = loaded.own
        if not reader or identity is None or not identity.outreach:
            return frozenset()
        hashes = recognition.hashes_of_outreach(self._pepper, identity)
        offers = (
            one.case.current_offer
            for one in self._recognized(hashes)
            if one.stored.id != loaded.stored.id and one.reviewing.may_act(reader)
        )
        return frozenset(offer.supporter for offer in offers if offer is not None)

    def askable(self, loaded: Loaded, now: datetime) -> frozenset[str]:
        """Return who may be asked now: no one until all questions about the case are settled."""
        return frozenset() if loaded.questions else self.choosable(loaded, now)

    def choosable(self, loaded: Loaded, now: datetime) -> frozenset[str]:
        """Return who may be asked about this case, by what is known, whatever their load."""
        exclusions = Exclusions(loaded.identity, self.program.today(now), loaded.case)
        asked = self._not_stepped_back(loaded)
        return frozenset(one.id for one in asked if not exclusions.exclude(one))

    def _not_stepped_back(self, loaded: Loaded) -> tuple[Supporter, ...]:
        """Return the supporters without those who stepped back from a case under another id.

        Without an identity no one is left out, as in all hints about another request.
        """
        stepped_back = loaded.case.stepped_back if loaded.identity is not None else ()
        left_out = self.program.lists.other_ids(stepped_back)
        return tuple(one for one in self.supporters if one.id not in left_out)

    def left_out_by_second(self, loaded: Loaded) -> frozenset[str]:
        """Return who could be asked but for a newer request that no one has confirmed."""
        confirmation, own = loaded.case.confirmation, loaded.own
        if confirmation is None or not confirmation.newer or own is None:
            return frozenset()
        alone = replace(loaded, identity=replace(own, second=None))
        now = self.made_at
        return self.choosable(alone, now) - self.choosable(loaded, now)

    def may_accept(self, loaded: Loaded, supporter: str, now: datetime) -> bool:
        """Tell whether a supporter who was asked may accept.

        A pause or a request of their own only stops new offers, so they may still accept.
        """
        known = self.program.supporters.get(supporter)
        if known is None or supporter in self.absent:
            return False
        if known.status is SupporterStatus.PAUSED:
            known = replace(known, status=SupporterStatus.ACTIVE)
        return not is_excluded(known, loaded.identity, self.program.today(now))

    def loads(self) -> dict[str, Load]:
        """Return the load of every supporter: open offers and matches, and recent matches."""
        return self._loads

    @cached_property
    def _loads(self) -> dict[str, Load]:
        counts = cases.open_counts(self.store.read())
        known, today = uses.all_uses(self.store.read()), self.program.today(self.made_at)
        return {
            id: load_of(counts.get(id, 0), known.get(id, Use()), today) for id in {*counts, *known}
        }

    def mail_habit(self, supporter: str) -> ChecksMail:
        """Return how often a supporter reads mail; daily if they are not on the roster anymore."""
        known = self.program.supporters.get(supporter)
        return known.checks_mail if known else ChecksMail.DAILY
