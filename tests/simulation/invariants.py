"""What must hold after every event, whatever people, clocks and crashes do."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from casebook.casebook import Loaded
from demo.mailbox import StoredMessage
from engine.engine import Engine
from engine.forgetting import LAST_MAILS
from lib.addresses import canonical
from matching.fairness import quarter_of
from notifications.mail.catalog import GATHERED
from people.records import Identity
from store import outbox
from store.access import visits
from store.cases import StoredCase
from store.outbox import Outgoing
from tests.simulation.acts import reference_on
from tests.simulation.chronicle import Chronicle, Record, Violation
from tests.simulation.duties import (
    has_address,
    helps,
    is_mailed,
    knows,
    turn_of,
    unanswered,
    was_called,
    went_on_with,
    who_must_act,
)
from tests.simulation.kept import (
    found_with_keys,
    found_without_keys,
    miscounted,
    overdue,
    where_found_with_keys,
)
from tests.simulation.post import Post
from tests.simulation.reported import Reported, gone_and_seen
from tests.simulation.requesters import Crowd, Requester
from tests.world import Page
from workflow.model import Case, Confirmation, Event, OfferState, PromiseKind, Role, State
from workflow.promises import PROMISES_OF

if TYPE_CHECKING:
    from tests.simulation.life.watch import Watch

REFERENCE = re.compile(r"PS-[A-HJ-NP-Z2-9]{5}")
#: No promise may leave the clock blind for longer.
LONGEST_SLEEP = timedelta(days=60)
#: What releases somebody must reach them, even if they should never have been asked.
UNDER_WAY = timedelta(seconds=10)
RELEASING = {"taken_back", "request_withdrawn"}
#: What the requester is mailed of, while they can be mailed.
TOLD_OF = {Event.SUBMITTED: ("received",), Event.ACCEPTED: ("matched", "proposed")}
#: Whether they could be mailed before these is not known any more.
CHANGES_ADDRESS = {Event.MERGED, Event.CONTACT_CORRECTED, Event.CONTACT_CONFIRMED}
TOLD_STORY = 40


@dataclass
class Invariants:
    """Checks the database and every mail, and remembers the story for when something breaks."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    crowd: Crowd
    chronicle: Chronicle
    #: A worker that died between sending and marking may send once more.
    deaths: int = 0
    #: Others work at the same time: what is due at this very moment may still be under way, and
    #: a request may be closed and gone before we look.
    is_alone: bool = True
    story: list[str] = field(default_factory=list)
    mails: Counter[str] = field(default_factory=Counter)
    _post: Post = field(default_factory=Post)
    askers: dict[str, list[Requester]] = field(default_factory=dict)
    #: Who sent each request, as long as none is merged into it.
    own_askers: dict[str, Requester] = field(default_factory=dict)
    #: Whose mail may open a request: whoever asked there, or what they confirmed since.
    owners: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, Confirmation | None] = field(default_factory=dict)
    stepped_back: dict[str, set[str]] = field(default_factory=dict)
    #: What reports tell, as the simulation counted it.
    reported: Reported = field(default_factory=Reported)
    #: Requests that moved at night: who stands in is told in the morning.
    until_morning: set[str] = field(default_factory=set)
    #: The request that each requester looked at last.
    looking_at: dict[str, str] = field(default_factory=dict)
    #: What must hold about who is asked something outside of requests.
    life: "Watch | None" = None

    def tell(self, what: str) -> None:
        self.story.append(f"{self.clock():%Y-%m-%d %H:%M:%S} {what}")

    def broken(self, what: str, reference: str = "") -> Violation:
        record = self.chronicle.records.get(reference)
        lines = [f"{x.at:%Y-%m-%d %H:%M:%S} {x.event} by {x.by_person or x.by_role}" for x in
                 (record.lines if record else ())]  # fmt: skip
        about = [line for line in self.story if reference and reference in line][-TOLD_STORY:]
        told = "\n  ".join([f"History of {reference}:", *lines, "Mails and people:", *about,
                            "The last events:", *self.story[-TOLD_STORY:]])  # fmt: skip
        return Violation(f"At {self.clock():%Y-%m-%d %H:%M:%S}: {what} {reference}\n  {told}")

    # After every event

    def check(self, mails: list[StoredMessage], *, worked: bool) -> None:
        """Check what changed. `worked`: a worker has just finished its round."""
        engine, now = self.engines(), self.clock()
        changed = self.chronicle.look(now)
        for stored in changed:
            self._know(engine, stored)
        if changed:
            self._post.look(engine)
        if self.is_alone and (found := self.reported.new(engine, self.chronicle, now)):
            raise self.broken(f"A report tells something else than what happened: {found}")
        if self.life and (problem := self.life.wrong(engine, now, changed, worked)):
            raise self.broken(problem)
        for mail in mails:
            self._check_mail(engine, mail)
        for stored in changed:
            self._check_case(engine, engine.casebook.load_stored(stored))
        if worked and not engine.casebook.rules.quiet.covers(now):
            self._check_after_the_night(engine)
        if worked:
            self._check_nothing_is_overdue(engine, now)
            self._check_silence_is_an_answer(now)

    def check_disk(self) -> None:
        """Without the keys nobody finds a person, with them nobody who was forgotten."""
        askers = self.crowd.by_name.values()
        here, forgotten = self.life.texts(self.clock()) if self.life else (set(), set())
        told = {text for asker in askers for text in asker.told} | here | forgotten
        if shown := found_without_keys(self.engines(), told):
            raise self.broken(f"Without the keys the disk tells {shown}")
        kept, gone = {*here}, {*forgotten}
        for reference, theirs in self.askers.items():
            is_gone = self.chronicle.records[reference].gone_at is not None
            (gone if is_gone else kept).update(text for asker in theirs for text in asker.told)
        if left := found_with_keys(self.engines(), gone - kept):
            where = where_found_with_keys(self.engines(), left)
            raise self.broken(f"Forgotten, and still known: {left} in {where}")

    def check_all(self) -> None:
        """Check every case that is still there, and the counters."""
        engine, now = self.engines(), self.clock()
        for record in self.chronicle.still_there():
            loaded = engine.casebook.load(record.reference)
            self._check_case(engine, loaded)
            self._check_deputies_are_called(engine, loaded, now)
            self._check_is_forgotten_in_time(engine, record, now)
        self._check_tallies(engine)

    def _check_after_the_night(self, engine: Engine) -> None:
        waiting, self.until_morning = self.until_morning, set()
        for record in self.chronicle.still_there() if waiting else ():
            if record.reference in waiting:
                self._check_case(engine, engine.casebook.load(record.reference))

    def _know(self, engine: Engine, stored: StoredCase) -> None:
        """Connect a request with who asked, which the service tells only on a page."""
        case = stored.case
        identity = engine.casebook.load_stored(stored).own
        self._know_owner(case, identity)
        if case.reference not in self.askers:
            asker = self.crowd.by_name.get(identity.name) if identity else None
            self.askers[case.reference] = [asker] if asker else []
            self.own_askers |= {case.reference: asker} if asker else {}
            self.tell(f"{case.reference} is there{', urgent' if case.is_urgent else ''}")
        for newer in case.took_in:
            mine, theirs = self.askers[case.reference], self.askers.get(newer, [])
            mine += [r for r in theirs if r not in mine]
        for line in self.chronicle.records[case.reference].lines:
            gone = self.stepped_back.setdefault(case.reference, set())
            if line.event == Event.HANDED_OVER:
                gone.add(line.by_person)
            elif line.event == Event.CAME_BACK:
                gone.discard(line.by_person)

    def _know_owner(self, case: Case, own: Identity | None) -> None:
        """Only the last address that counted opens a request; without mail that one stays."""
        reference, waiting = case.reference, case.confirmation
        before, self.waiting[reference] = self.waiting.get(reference), waiting
        if own is None or waiting is not None:
            return
        events = [line.event for line in self.chronicle.records[reference].lines[-2:]]
        has_moved = before is not None and before.moves and Event.CONTACT_CONFIRMED in events
        if case.facts.is_mailable or has_moved or reference not in self.owners:
            self.owners[reference] = canonical(own.email)

    # Every open case has a moment, and somebody who must act and can

    def _check_case(self, engine: Engine, loaded: Loaded) -> None:
        stored, case = loaded.stored, loaded.case
        self._check_one_mail_a_moment(engine, stored)
        if not case.is_open:
            self._check_somebody_tells(engine, loaded)
            return
        if not {p.kind for p in case.promises} & (PROMISES_OF[case.state] - {PromiseKind.URGENT}):
            raise self.broken("An open request has no promise for where it stands", case.reference)
        if min(p.next_at for p in case.promises) > self.clock() + LONGEST_SLEEP:
            raise self.broken("The clock sleeps for too long over", case.reference)
        self._check_somebody_acts(engine, loaded)
        self._check_requester_is_told(engine, stored)

    def _check_somebody_acts(self, engine: Engine, loaded: Loaded) -> None:
        case = loaded.case
        role, people = who_must_act(loaded)
        is_night = engine.casebook.rules.quiet.covers(self.clock())
        if role is Role.REVIEWER and is_night:
            self.until_morning.add(case.reference)
        turn = turn_of(self.chronicle.records[case.reference])
        known = [knows(engine, loaded, turn, role, id) for id in people]
        # Later somebody may be back who was away when the others were mailed.
        is_new = turn.at == self.clock() and case.state is State.IN_REVIEW
        is_known = known and all(known) if is_new else any(known) or role is Role.REQUESTER
        if not is_known and case.reference not in self.until_morning:
            raise self.broken(f"Nobody who must act since it was {turn.event} was mailed"
                              f" ({role}: {people})", case.reference)  # fmt: skip
        deputies = {person.id for person in loaded.reviewing.deputies}
        if not any(has_address(engine, id) for id in deputies):
            raise self.broken("The clock could call nobody", case.reference)
        for each in (role, Role.REVIEWER):
            if not any(helps(case, event, each) for event in Event):
                raise self.broken(f"No event helps the {each}", case.reference)

    def _check_somebody_tells(self, engine: Engine, loaded: Loaded) -> None:
        """What is left of a closed request is to tell whom nobody can mail that it is over.

        That a support service is still asked about is for the requester and the service to answer.
        """
        reviewers = {person.id for person in loaded.reviewing.reviewers}
        knows_it = any(is_mailed(engine, loaded, id) for id in reviewers)
        if loaded.case.due_at is not None and not knows_it:
            raise self.broken(f"None of {reviewers} knows what to tell of", loaded.case.reference)

    def _check_requester_is_told(self, engine: Engine, stored: StoredCase) -> None:
        """Whoever can be mailed hears that we have their request, and each time of a supporter."""
        happened = Counter(x.event for x in self.chronicle.records[stored.case.reference].lines)
        if not stored.case.facts.is_mailable or happened.keys() & CHANGES_ADDRESS:
            return
        for event, emails in TOLD_OF.items():
            told = sum(one.mail.role == Role.REQUESTER and one.mail.email in emails
                       for one in outbox.of_case(engine.store.read(), stored.id))  # fmt: skip
            if told < happened[event]:
                raise self.broken(f"The requester was not told of {event}", stored.case.reference)

    # Mail

    def _check_one_mail_a_moment(self, engine: Engine, stored: StoredCase) -> None:
        queued = outbox.of_case(engine.store.read(), stored.id)
        moments = Counter(
            (m.person, m.email, m.subject, m.offer, m.leaves_at, m.version)
            for m in (one.mail for one in queued if one.result == "sent")
            if m.email != "fresh_link"
        )
        if twice := [moment for moment, number in moments.items() if number > 1]:
            raise self.broken(f"Two mails for one moment: {twice}", stored.case.reference)
        reminded = Counter(
            (one.mail.person, one.mail.leaves_at) for one in queued
            if one.mail.email in ("review_nudge", "contact_overdue", "nobody_answered")
        )  # fmt: skip
        for (person, at), number in reminded.items():
            if number > 1 or engine.casebook.rules.quiet.covers(at):
                raise self.broken(f"{person} is reminded {number} times at {at} of",
                                  stored.case.reference)  # fmt: skip

    def _check_mail(self, engine: Engine, mail: StoredMessage) -> None:
        address, words = mail.recipients[0], f"{mail.subject}\n{mail.text}\n{mail.html}"
        references = list(dict.fromkeys(REFERENCE.findall(words)))
        reference = references[0] if references else ""
        self.tell(f"mail to {address}: {mail.subject} {reference}")
        if (times := self._post.count(str(mail.parsed["Message-ID"]), self.deaths)) > 1:
            raise self.broken(f"{mail.parsed['Message-ID']} came {times} times", reference)
        queued = self._post.queued(engine, str(mail.parsed["Message-ID"]))
        self.mails[_kind(queued, references)] += 1
        if self.life and (found := self.life.wrong_mail(mail, queued, self.clock())):
            raise self.broken(found, reference)
        askers = self.askers.get(reference) or list(self.crowd.by_name.values())
        self._check_tells_nobody(address, words, askers, reference)
        if queued is not None and queued.role in (Role.REVIEWER, Role.SUPPORTER):
            for each in references:
                self._check_is_not_barred(queued.person, queued.role, queued.email, each)

    def _check_tells_nobody(
        self, address: str, words: str, askers: list[Requester], reference: str
    ) -> None:
        for asker in askers:
            told = [secret for secret in asker.secrets if secret in words]
            if told and address != asker.email:
                raise self.broken(f"A mail to {address} tells {told}", reference)

    def _check_is_not_barred(self, person: str, role: str, email: str, reference: str) -> None:
        if person in self._barred(reference, role) and email not in RELEASING:
            raise self.broken(f"{person} is barred and got {email} about", reference)

    def _barred(self, reference: str, role: str = Role.REVIEWER) -> set[str]:
        barred = self._left_out(reference)
        record = self.chronicle.records.get(reference)
        # What was found to be the same counts until the two are separated.
        newer = set[str]().union(*map(self._left_out, record.case.took_in if record else ()))
        barred |= newer - went_on_with(record)
        if role == Role.REVIEWER:
            barred |= self.stepped_back.get(reference, set())
        return barred

    def _left_out(self, reference: str) -> set[str]:
        asker = self.own_askers.get(reference)
        return {*asker.barred} if asker else set()

    def supporter_of(self, asker: Requester) -> str:
        """Return who supports somebody now; "" if nobody does."""
        for record in self.chronicle.still_there():
            offer = record.case.current_offer
            is_theirs = self.own_askers.get(record.reference) is asker
            if is_theirs and offer is not None and offer.state is OfferState.ACCEPTED:
                return offer.supporter
        return ""

    # The requester's page

    def check_opened(self, address: str, page: Page) -> None:
        """A mail opens a request only for whoever asked there, or confirmed it as theirs.

        Nobody is proposed to a reviewer whom the requester must not meet.
        """
        reference = reference_on(page)
        if proposed := self._barred(reference, Role.SUPPORTER) & {*page.values("first")}:
            raise self.broken(f"{proposed} must stay out of it and can be chosen for", reference)
        if "<h1>Where things stand</h1>" not in page.answer.text:
            return
        db = self.engines().store.read()
        (hash,) = db.execute("select hash from visits order by rowid desc limit 1").fetchone()
        visit = visits.find(db, hash, self.clock())
        reference = visit.reference if visit is not None else ""
        self.looking_at[address] = reference
        self.tell(f"{address} looks at {reference}")
        if canonical(address) != self.owners.get(reference):
            raise self.broken(f"{address} never asked, and opens", reference)

    # Pages of one's own

    def check_shown(self, address: str, references: list[str]) -> None:
        """Nothing about a request is shown to whoever is barred from it."""
        theirs = {person.id for person in self.engines().program.found_by(address)}
        for reference in references:
            if not theirs or not theirs.isdisjoint(self._barred(reference)):
                raise self.broken(f"{address} is barred and is shown", reference)

    # Time

    def _check_nothing_is_overdue(self, engine: Engine, now: datetime) -> None:
        if left := overdue(engine, now if self.is_alone else now - UNDER_WAY):
            raise self.broken(f"{left} had no consequence in a worker's round")

    def _check_silence_is_an_answer(self, now: datetime) -> None:
        """An offer or a call that nobody answered in time does not wait any longer.

        What an outage has put off into the night is decided in the morning.
        """
        rules = self.engines().casebook.rules
        for record in self.chronicle.still_there():
            if kind := unanswered(record.case, rules, now - UNDER_WAY):
                raise self.broken(f"Silence about the {kind} has no consequence for",
                                  record.reference)  # fmt: skip

    def _check_deputies_are_called(self, engine: Engine, loaded: Loaded, now: datetime) -> None:
        for promise in loaded.case.promises if loaded.case.is_open else ():
            if not was_called(engine, loaded, promise, now):
                raise self.broken(f"No deputy was called about the {promise.kind} of",
                                  loaded.case.reference)  # fmt: skip

    def _check_is_forgotten_in_time(self, engine: Engine, record: Record, now: datetime) -> None:
        forget_at = engine.casebook.forget_at(record.case)
        if forget_at is not None and now > forget_at + LAST_MAILS + timedelta(days=1):
            raise self.broken("Closed, and not forgotten in time", record.reference)

    def _check_tallies(self, engine: Engine) -> None:
        """Every request that is gone was counted once, by a report or for one."""
        left = (engine.program.today(r.case.submitted_at) for r in gone_and_seen(self.chronicle))
        gone = sum(1 for day in left if not self.reported.knows(quarter_of(day)))
        most = gone if self.is_alone else len(self.chronicle.records)
        if problem := miscounted(engine, self.reported, gone, most):
            raise self.broken(problem)


def _kind(queued: Outgoing | None, references: list[str]) -> str:
    """Return the kind of a mail; reminders of several requests that leave together are another."""
    if queued is None:
        return "gone"
    is_of_several = len(references) > 1 and queued.email in GATHERED
    return GATHERED[queued.email].into if is_of_several else queued.email
