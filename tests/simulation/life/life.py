"""The program's life: forms about colleagues, hard events, trainings, and who joins and leaves."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from demo.qualtrics.survey import NOMINATION, REFERRAL
from invitations.model import Answer, Kind
from program import Program
from tests.simulation.alone import Alone
from tests.simulation.life.answering import Answering
from tests.simulation.life.besides import Besides
from tests.simulation.life.book import Asked, Book
from tests.simulation.life.colleagues import Colleagues
from tests.simulation.life.feedback import Feedback
from tests.simulation.life.files import Files
from tests.simulation.life.gathering import Gathering
from tests.simulation.life.watch import Watch
from tests.simulation.presence import ask_for_link
from tests.simulation.requesters import DEPARTMENTS, Requester, submissions
from tests.simulation.year import Year
from tests.world import JORDAN, SHARED_KEY, Page

DAY = timedelta(days=1)
#: How many of each in a month.
NOMINATIONS, REFERRALS, EVENTS, LEAVING, RESTING, NEW_COORDINATORS = 3.5, 1.5, 0.3, 0.8, 0.5, 0.08
#: How often in a month the mailbox of a supporter closes, and for how many days.
MAILBOXES_CLOSED, CLOSED_DAYS = 0.8, (20, 45)
#: More than in practice say that they may not be safe, so that some years have enough of them.
URGENT = 0.07
#: After so long a part of the hospital closes, and many supporters leave at once.
CLOSING, LEAVE_THEN = 0.45, 10
REST_DAYS, GROUP = (20, 150), (6, 20)
#: How many ask for support in the hours after a hard event, all of one department.
ASK_AT_ONCE, HOURS_AFTER = (2, 5), 8
#: When in a year the holidays begin in which no supporter can be asked, and how long they are.
HOLIDAYS_BEGIN, HOLIDAYS, YEAR = (12, 19), 15 * DAY, timedelta(days=365)
BY_ONE_OF_US, MAY_BE_NAMED, ASKS_BY_THEMSELVES, ASKS_FIRST = 0.5, 0.4, 0.15, 0.25
#: How often staff who see the page ask whether a support service may hear of a requester.
HANDS_OVER = 0.1


@dataclass
class Life:
    """Lives beside the requests of a year, with an account of its own."""

    year: Year
    service: Alone
    chance: random.Random
    book: Book = field(default_factory=Book)
    #: What somebody made up their mind to answer.
    minds: dict[int, Answer] = field(default_factory=dict)
    #: Whom a coordinator is about to write to.
    groups: dict[str, list[str]] = field(default_factory=dict)
    #: Who is about to invite a group to a session, or to cancel it.
    gatherings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        year, service = self.year, self.service
        self.people, self.later, self.now = year.people, year.later, service.now
        self.url = service.url
        self.colleagues = Colleagues(self.chance)
        self.besides = Besides(year.invariants, lambda: self.program, self.now)
        founders = {*self.program.supporters}
        self.watch = Watch(self.book, self.colleagues, founders, self.besides)
        config = service.world.folder / "config"
        self.files = Files(config, self.chance, lambda: self.program)
        self.answering = answering = Answering(self)
        self.gathering = Gathering(self)
        self.people.doors |= {
            "/invitation": answering.at_invitation,
            "/trainings": answering.at_trainings,
            "/newcomers": answering.at_newcomers,
            "/program": answering.at_files,
        }
        self.people.at_board, self.people.at_own_page = answering.at_board, answering.at_own_page
        self.people.seen, self.people.chosen = self.saw, self.besides.chose
        self.people.hands_over, self.people.at_feedback = HANDS_OVER, Feedback(self).at_page
        year.crowd.asks_first, year.crowd.urgent = ASKS_FIRST, URGENT
        year.invariants.life = self.watch
        year.life = self
        year.remains.invited = self.watch.left

    @property
    def program(self) -> Program:
        return self.service.engine.program

    def connect(self) -> None:
        """Let Qualtrics have the forms about colleagues, and tell us of their responses."""
        for survey in (NOMINATION, REFERRAL):
            self.service.qualtrics.add_survey(survey)
            topic = f"surveyengine.completedResponse.{survey.id}"
            self.service.qualtrics.subscribe(
                f"{self.url}/webhooks/qualtrics/events", SHARED_KEY, topic
            )

    def plan(self) -> None:
        """Plan everything that no other event causes."""
        begin, end = self.year.begin, self.year.end
        for rate, act in (
            (NOMINATIONS, self.nominate), (REFERRALS, self.refer), (EVENTS, self.hard_event),
            (LEAVING, partial(self.leave, 1)), (RESTING, self.rest),
            (NEW_COORDINATORS, self.change_coordinator), (MAILBOXES_CLOSED, self.close_mailbox),
        ):  # fmt: skip
            for at in submissions(self.chance, self.program.zone, begin, end - DAY, rate):
                self.later(at, act)
        if end - begin > timedelta(days=365):
            self.later(begin + CLOSING * (end - begin), partial(self.leave, LEAVE_THEN))
        month, day = HOLIDAYS_BEGIN
        self.later(max(begin, begin.replace(month=month, day=day)), self.holidays)
        self._plan_sessions()

    def _plan_sessions(self) -> None:
        """Plan the sessions of the next three months, and so on."""
        today = self.program.today(self.now())
        months = [month := (today.replace(day=1) + 32 * DAY).replace(day=1)]
        for _ in range(2):
            months.append(month := (month + 32 * DAY).replace(day=1))
        self.year.invariants.tell(f"sessions from {months[0]:%B} to {month:%B} are planned")
        self.files.plan(months)
        self.later(self.now() + (month - today), self._plan_sessions)

    # Forms

    def nominate(self) -> None:
        one = self.colleagues.somebody(self.program)
        by, may_name = self.colleagues.somebody_else(), self.chance.random() < MAY_BE_NAMED
        one.named_by.append((by, may_name))
        self.book.expect(Kind.NOMINATION, one.email)
        self._sends(NOMINATION.id, {"QID1_TEXT": one.name, "QID2_TEXT": one.email,
                                    "QID3_TEXT": by, "QID4": 1 if may_name else 2})  # fmt: skip
        self.book.counts["nominations"] += 1

    def refer(self) -> None:
        one = self.colleagues.somebody(self.program)
        by, own = self.colleagues.somebody_else(), ""
        if self.chance.random() < BY_ONE_OF_US:
            ours = [*self.program.supporters, *self.program.people]
            referrer = self.program.person(self.chance.choice(ours))
            assert referrer is not None
            by, own = referrer.name, referrer.email
            one.worried.append((self.now(), referrer.id))
        else:
            one.worried.append((self.now(), by))
        if one.is_inside:
            self.book.expect(Kind.REFERRAL, one.email)
        elif own:  # They hear that we write to no one there.
            self.book.expect(Kind.REFERRER, own)
        self._sends(REFERRAL.id, {"QID2_TEXT": one.email, "QID3_TEXT": by, "QID4_TEXT": own})
        self.book.counts["referrals"] += 1
        if self.chance.random() < ASKS_BY_THEMSELVES:
            at = self.now() + self.chance.uniform(2, 20) * DAY
            self.later(at, partial(self.ask_for_support, one.email, "", True, Kind.REFERRAL))

    def _sends(self, survey: str, answers: dict[str, object]) -> None:
        self.service.qualtrics.submit(answers, survey_id=survey)  # type: ignore[arg-type]
        assert self.service.qualtrics.wait_until_published()
        self.year.invariants.tell(f"a form of {survey} is sent")

    def ask_for_support(self, address: str, token: str, own: bool, kind: Kind) -> None:
        """Somebody whom colleagues worried about, or who was written to, asks for support.

        By another address and the link of something else nobody can know who worried.
        """
        if self.now() > self.year.end - 2 * DAY:
            return
        asker = self.year.crowd.somebody(**({"invitation": token} if token else {}))
        if own:
            self._is_at(asker, address)
        one = self.colleagues.by_email[address]
        one.has_asked |= own
        if own or kind is Kind.REFERRAL:
            theirs = [by for at, by in one.worried if self._counts(address, at, by)]
            asker.barred |= self._kept_out(asker, theirs)
        self.book.counts["requests of those who were asked"] += 1
        self.year.submit(new=asker)

    def _kept_out(self, asker: Requester, worried: list[str]) -> set[str]:
        """Return who of them is kept out: they leave one of two coordinators or more."""
        number = int(str(asker.answers["QID6"]))
        department = [*self.program.departments][number - 1]
        coordinators = {*self.program.coordinators_of(department)} - asker.barred
        out = set[str]()
        for by in worried:
            if len(coordinators) < 2 or coordinators - out != {by}:
                out.add(by)
        return out

    def _counts(self, address: str, at: datetime, by: str) -> bool:
        """Tell whether who worried is kept out: one of ours, read by now and not yet forgotten."""
        known = [
            one for one in self.book.of(address, Kind.REFERRAL) if one.ends > self.now() + 2 * DAY
        ]
        return " " not in by and any(
            one.begun - 2 * DAY <= at <= self.now() - 2 * DAY for one in known
        )

    def _is_at(self, asker: Requester, address: str) -> None:
        asker.secrets.discard(asker.email)
        # Whoever was made up as one of us writes as somebody else now.
        asker.barred -= {person.id for person in self.program.found_by(asker.email)}
        asker.email = address
        asker.answers["QID2_TEXT"] = address
        theirs = self.program.found_by(address)
        asker.barred |= {person.id for person in theirs}
        asker.secrets |= set() if theirs else {address}

    # Others

    def hard_event(self) -> None:
        """A coordinator writes to a group, from the page that a link to their own leads to."""
        people = {self.colleagues.at_work().email for _ in range(self.chance.randint(*GROUP))}
        for one in people:
            self.book.expect(Kind.OUTREACH, one)
        self.book.expect(Kind.GROUP, "Night Float")
        self.groups[JORDAN] = self.groups.get(JORDAN, []) + sorted(people)
        self.book.counts["hard events"] += 1
        self.asks_for_link(JORDAN)
        department = self.chance.choice(DEPARTMENTS)
        for _ in range(self.chance.randint(*ASK_AT_ONCE)):
            at = self.now() + timedelta(hours=self.chance.uniform(0, HOURS_AFTER))
            self.later(at, partial(self.ask_after_event, department))

    def ask_after_event(self, department: int) -> None:
        if self.now() < self.year.end - 2 * DAY:
            self.year.submit(new=self.year.crowd.somebody(QID6=department))

    def leave(self, number: int) -> None:
        self.year.invariants.tell(f"{self.files.leave(number)} leave")
        self.book.counts["supporters left"] += number

    def rest(self) -> None:
        if len(active := self.files.active()) > 1:
            id, status = self.chance.choice(active), self.chance.choice(("paused", "inactive"))
            self._rest([id], status, self.chance.uniform(*REST_DAYS) * DAY)
            self.book.counts["supporters rested"] += 1

    def holidays(self) -> None:
        """Let nobody be free at the end of the year: the file must leave one, who is away."""
        one, *others = self.files.active()
        today = self.program.today(self.now())
        self.files.set_away(one, today, today + HOLIDAYS)
        self._rest(others, "paused", HOLIDAYS)
        self.later(self.now() + YEAR, self.holidays)

    def _rest(self, ids: list[str], status: str, length: timedelta) -> None:
        self.year.invariants.tell(f"{ids} rest")
        self.files.set_status(ids, status)
        self.later(self.now() + length, partial(self.files.set_status, ids, "active"))

    def close_mailbox(self) -> None:
        """No mail reaches a supporter, until somebody opens their mailbox again."""
        supporter = self.chance.choice(list(self.program.supporters.values()))
        refused = self.service.mailbox.refuse_address_with
        theirs = {supporter.email, supporter.notify_email} - {"", *refused}
        until = self.now() + self.chance.uniform(*CLOSED_DAYS) * DAY
        refused |= dict.fromkeys(theirs, 550)
        self.besides.closed |= dict.fromkeys(theirs, until)
        self.later(until, partial(self._open_mailbox, theirs))
        self.year.invariants.tell(f"the mailbox of {supporter.email} is closed")
        self.book.counts["mailboxes closed"] += 1

    def _open_mailbox(self, addresses: set[str]) -> None:
        for one in addresses:
            del self.service.mailbox.refuse_address_with[one]
        self.year.invariants.tell(f"the mailbox of {addresses} is open again")

    def change_coordinator(self) -> None:
        self.book.counts["new coordinators"] += 1
        id = self.files.change_coordinator(self.book.counts["new coordinators"])
        self.year.invariants.tell(f"{id} becomes a coordinator")

    def asks_for_link(self, address: str) -> None:
        if address not in self.people.wishes:
            ask_for_link(self.people, address, None)

    def mind(self, one: Asked) -> Answer:
        if one.id not in self.minds:
            self.minds[one.id] = self.colleagues.mind(one.kind)
        return self.minds[one.id]

    # Checks

    def saw(self, address: str, page: Page) -> None:
        found = self.watch.wrong_page(address, page) or self.besides.wrong_page(address, page)
        if found:
            raise self.year.invariants.broken(found)
