"""A stretch of the program's life: the clock jumps from one event to the next."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Protocol

from demo.mailbox import Mailbox, StoredMessage
from demo.qualtrics.stand_in import StandIn
from engine.engine import Engine
from store.database import stamp, unstamp
from store.engines.sqlite import SqliteStore
from tests.simulation.alone import NeverDone
from tests.simulation.chronicle import Chronicle
from tests.simulation.invariants import Invariants
from tests.simulation.people import Everybody
from tests.simulation.remains import Remains
from tests.simulation.requesters import Crowd, Requester, submissions
from tests.world import Browser

if TYPE_CHECKING:
    from tests.simulation.life.life import Life

DAY = timedelta(days=1)
BURST = 5
MID_WORK_SECONDS = 0.15
#: Something may be due that no row says, such as a mail of the morning.
TICKS = timedelta(hours=6)
#: Submits once more within days, because nobody seems to hear.
ASKS_TWICE = 0.08
#: Names their supporter then, if they have one, as somebody whom they would rather not talk to.
NAMES_SUPPORTER = 0.8
#: A colleague who works side by side with them asks as well, within days.
COLLEAGUE_ASKS = 0.1
#: Of these, so many give another address: it is theirs too, or somebody else writes in their name.
BY_ANOTHER_ADDRESS = 0.4
DUE = (
    "select min(at) from (select next_at as at from cases union all select next_at from outbox"
    " union all select next_at from deliveries union all select next_at from reconciliations"
    " union all select due_at from link_asks"
    " union all select remind_at from invitations union all select ends_at from invitations"
    " union all select forget_at || 'T00:00:00Z' from cases where forget_at > :now) as moments"
)


class Service(Protocol):
    """What is simulated: the whole service, in this process or in several."""

    mailbox: Mailbox
    qualtrics: StandIn
    #: Where people reach the service.
    url: str

    @property
    def store(self) -> SqliteStore: ...
    @property
    def engine(self) -> Engine: ...
    def now(self) -> datetime: ...
    def jump(self, to: datetime) -> None: ...
    def work(self) -> None: ...
    def browser(self) -> Browser: ...
    def reach(self, link: str) -> str: ...


@dataclass(frozen=True)
class Outage:
    """Something is down for a while."""

    what: str
    begin: datetime
    end: datetime


@dataclass
class Year:
    """Runs the events of a stretch of time, one after the other."""

    service: Service
    chance: random.Random
    rate: float
    length: timedelta
    say: Callable[[str], None]
    outages: tuple[Outage, ...] = ()
    #: How many ask within the first hours.
    burst: int = BURST
    is_working: bool = True
    is_alone: bool = True
    submitted: int = 0
    events: int = 0
    #: How many secrets were tried, each in twins of this year, and told by nothing.
    secrets: int = 0
    #: What else the program does than requests, if it lives.
    life: "Life | None" = None
    #: How often everything is checked that is still there, and what may be left of the rest.
    looks: timedelta = DAY
    searches: timedelta = 30 * DAY
    ticks: timedelta = TICKS
    #: Whatever happens within so long happens in one step.
    grain: timedelta = timedelta()
    _queue: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)
    _read: int = 0
    _searched: int = 0

    def __post_init__(self) -> None:
        service = self.service
        self.begin = service.now()
        self.end = self.begin + self.length
        self.crowd = Crowd(self.chance, lambda: service.engine.program)
        self.chronicle = Chronicle(service.store)
        self.invariants = Invariants(
            lambda: service.engine, service.now, self.crowd, self.chronicle,
            is_alone=self.is_alone,
        )  # fmt: skip
        self.remains = Remains(service.store, self.crowd, self.chronicle)
        self.people = Everybody(
            self.chance, lambda: service.engine.program, self.begin, service.now, self.later,
            self.invariants.tell, service.browser, self.invariants.check_shown,
            self.invariants.check_opened, service.url, service.reach, self.length,
        )  # fmt: skip
        self.people.asks_anew = self._asks_anew

    def later(self, at: datetime, act: Callable[[], None]) -> None:
        at = max(at, self.service.now()).replace(microsecond=0) + timedelta(seconds=1)
        heapq.heappush(self._queue, (at, next(self._order), act))

    def run(self) -> None:
        """Live through it; Violation ends it with the story."""
        self._plan()
        told = looked = backed = self.begin
        while (at := self._next()) <= self.end:
            self.service.jump(at)
            self._let_people_act()
            self._step()
            if self.is_working and self.service.now() - looked >= self.looks:
                looked = self.service.now()
                self.invariants.check_all()
            if self.is_working and self.service.now() - backed >= DAY:
                backed = self.service.now()
                self.remains.back_up(backed)
            if self.service.now() - told >= self.searches:
                told = self.service.now()
                self._check_remains()
                self.say(f"  {told:%B %Y}: {self.submitted} requests, {self.events} events,"
                         f" {self.mailed} mails")  # fmt: skip
        self.invariants.check_all()
        self._check_remains()
        self._check_none_is_lost()

    def _check_remains(self) -> None:
        """Search for whoever was forgotten, wherever something could be left of them."""
        self.invariants.check_disk()
        mails = self.service.mailbox.messages
        if found := self.remains.found(mails[self._searched :]):
            raise self.invariants.broken(f"Forgotten or secret, and still there: {found}")
        self._searched = len(mails)

    @property
    def mailed(self) -> int:
        return self._read

    # What happens

    def _plan(self) -> None:
        zone = self.service.engine.program.zone
        for _ in range(self.burst):
            self.later(self.begin + timedelta(minutes=self.chance.uniform(1, 90)), self.submit)
        for at in submissions(self.chance, zone, self.begin, self.end - DAY, self.rate):
            self.later(at, self.submit)
        for outage in self.outages:
            self.later(outage.begin, partial(self._switch, outage, is_down=True))
            self.later(outage.end, partial(self._switch, outage, is_down=False))
        if self.life is not None:
            self.life.connect()
            self.life.plan()

    def submit(self, again: Requester | None = None, new: Requester | None = None) -> None:
        """Let somebody ask, whom the crowd makes up unless they are known by now."""
        asker = self.crowd.by_name[again.name] if again else new or self.crowd.somebody()
        supporter = self.invariants.supporter_of(asker) if again is not None else ""
        if supporter and self.chance.random() < NAMES_SUPPORTER:
            asker = self.crowd.tired_of(asker, supporter)
        answers = dict(asker.answers)
        # By another address nobody could know that they are one of ours, once the first is closed.
        is_ours = bool(self.invariants.engines().program.found_by(asker.email))
        if again is not None and not is_ours and self.chance.random() < BY_ANOTHER_ADDRESS:
            answers["QID2_TEXT"] = f"my{asker.email}"
        self.service.qualtrics.submit(answers)  # type: ignore[arg-type]
        assert self.service.qualtrics.wait_until_published()
        self.submitted += 1
        self.invariants.tell("somebody submits")
        if again is None and self.chance.random() < ASKS_TWICE:
            at = self.service.now() + self.chance.uniform(1, 10) * DAY
            self.later(min(at, self.end - DAY), lambda: self.submit(asker))
        if again is None and new is None and self.chance.random() < COLLEAGUE_ASKS:
            at = self.service.now() + self.chance.uniform(0, 3) * DAY
            colleague = self.crowd.colleague_of(asker)
            self.later(min(at, self.end - DAY), lambda: self.submit(new=colleague))

    def _asks_anew(self, address: str) -> None:
        """Let somebody who has a supporter fill in the form again; others have no need to."""
        asker = self.crowd.owner_of(address)
        if asker and self.invariants.supporter_of(asker) and self.service.now() < self.end - DAY:
            self.submit(asker)

    def dies(self, kill: Callable[[float], None]) -> None:
        """A worker is killed while it does what is due next."""
        self.invariants.tell("a worker is killed")
        self.invariants.deaths += 1
        kill(self.chance.uniform(0, MID_WORK_SECONDS))

    def _switch(self, outage: Outage, is_down: bool) -> None:
        self.invariants.tell(f"the {outage.what} is {'down' if is_down else 'back'}")
        if outage.what == "worker":
            self.is_working = not is_down
        elif is_down:
            self.service.mailbox.stop()
        else:
            self.service.mailbox.start()

    def _let_people_act(self) -> None:
        """Everybody whose time has come acts before the worker looks again."""
        while self._queue and self._queue[0][0] <= self.service.now():
            _, _, act = heapq.heappop(self._queue)
            act()
            # Before a worker can forget it: what is withdrawn is counted and gone at once.
            self.invariants.check([], worked=False)
            self.events += 1

    def _step(self) -> None:
        if self.is_working:
            try:
                self.service.work()
            except NeverDone as error:
                raise self.invariants.broken(str(error)) from None
        mails = self._new_mails()
        self.invariants.check(mails, worked=self.is_working)
        for mail in mails:
            self.people.gets(mail.recipients[0], mail.text)
        self.events += 1

    def _new_mails(self) -> list[StoredMessage]:
        new = self.service.mailbox.messages[self._read :]
        self._read += len(new)
        return new

    def _next(self) -> datetime:
        """Return the moment of the next event: of a person, of the service, or a tick."""
        now = self.service.now()
        ats = [self._queue[0][0]] if self._queue else []
        ats.append(now + self.ticks)
        if self.is_working:
            found = self.service.store.read().execute(DUE, {"now": stamp(now)}).fetchone()
            ats += [unstamp(found[0])] if found[0] else []
        return max(min(ats), now + self.grain)

    def _check_none_is_lost(self) -> None:
        if len(self.chronicle.records) != self.submitted:
            raise self.invariants.broken(
                f"{self.submitted} were submitted, {len(self.chronicle.records)} became requests"
            )
