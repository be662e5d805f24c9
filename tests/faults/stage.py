"""What takes part in a row of the matrix, and what people do while its surroundings fail."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

import requests
from flask import Flask

from demo.clock import MovableClock
from demo.mailbox import Mailbox, StoredMessage
from demo.qualtrics.publisher import Publication, event_publication, workflow_publication
from demo.qualtrics.stand_in import StandIn, WorkflowTask
from store import workers
from store.database import stamp
from tests.inside import Inside
from tests.simulation.together import UNSETTLED
from tests.wire import session
from tests.world import JAMIE, TOKEN, Browser, link_in

OK = 200
#: How long we wait for work that is due: much longer than it takes on a busy machine.
PATIENCE_SECONDS, HELD_SECONDS, LOOK_SECONDS = 20.0, 3.0, 0.02
#: What waits so long for others to leave with it counts as due.
BRIEFLY = timedelta(seconds=3)
#: What is not done then, in real time, counts as lost.
RECOVERY_SECONDS = 90.0
#: As long as the program allows until it asks Qualtrics what it has.
COMPARED_AFTER = timedelta(minutes=16)
DUE = (
    "select (select count(*) from cases where next_at <= :now)"
    " + (select count(*) from outbox where next_at <= :now)"
    " + (select count(*) from deliveries where next_at <= :now)"
)
#: What waits although it should have happened: mails that wait for the morning do not count.
WAITING = (
    "select (select count(*) from outbox where next_at is not null and leaves_at <= :now"
    " and result <> 'put off') + (select count(*) from deliveries where next_at is not null)"
)


#: Who said since a moment that they are there.
BEATS = "select count(*) from heartbeats where at >= :now"


class Way(StrEnum):
    """How a submission becomes known."""

    EVENT = "event"
    WORKFLOW = "workflow"
    #: Nothing is delivered: the comparison with Qualtrics finds it.
    COMPARISON = "comparison"


@dataclass
class Stage(Inside):
    """Everything that takes part but the processes: a row has one machine of them, or two."""

    app: Flask
    clock: MovableClock
    mailbox: Mailbox
    qualtrics: StandIn
    url: str
    #: By how much the clock of the service is wrong.
    wrong_by: timedelta = timedelta()
    was_wrong: bool = False
    #: Every submission, and since when the service can know of it (none: refused, or not told).
    submitted: dict[str, datetime | None] = field(default_factory=dict)
    acknowledged: int = 0
    #: What the doors answered: a status, or 0 for nothing at all.
    answers: Counter[int] = field(default_factory=Counter)
    #: When a fault began and ended.
    faults: list[tuple[datetime, datetime]] = field(default_factory=list)
    #: Moments between which our clock jumped: nobody could do anything there.
    jumps: list[tuple[datetime, datetime]] = field(default_factory=list)
    #: When workers died that held a mail, by the hash of its Message-ID.
    held: dict[str, list[datetime]] = field(default_factory=dict)
    alarms: dict[str, None] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def now(self) -> datetime:
        """Return the true time of the stage, which a wrong clock does not show."""
        return self.clock() - self.wrong_by

    # Submissions

    def submit(self, way: Way, **changed: object) -> bool:
        """Fill out the form as somebody new; return whether the door acknowledged it."""
        number = next(self.numbers)
        who = {
            "QID1_TEXT": f"Robin {_word(number)}",
            "QID2_TEXT": f"person-{number}@example.org",
            "QID3_TEXT": None,
        }
        answers = {k: v for k, v in (JAMIE | who | changed).items() if v is not None}
        id = self.qualtrics.submit(answers)  # type: ignore[arg-type]
        self.submitted[id] = None
        return way is not Way.COMPARISON and self.deliver(id, way)

    def deliver(self, id: str, way: Way) -> bool:
        brand, response = self.qualtrics.brand, self.qualtrics.responses[id]
        if way is Way.EVENT:
            subscription = next(iter(brand.subscriptions.values()))
            topic = f"surveyengine.completedResponse.{brand.survey.id}"
            sent = event_publication(brand, subscription, topic, response)
        else:
            sent = workflow_publication(brand, WorkflowTask("", TOKEN, "answers"), response)
        path = f"/webhooks/qualtrics/{way}s".replace("workflows", "workflow")
        for door in self.doors():
            answer = _answer(f"{door}{path}", sent)
            self.answers[answer] += 1
            if answer == OK:
                self.submitted[id] = self.now()
                self.acknowledged += 1
                return True
        return False

    def doors(self) -> list[str]:
        """Return where a publication is delivered, each if the one before it does not take it."""
        return [self.url]

    def submit_some(self, number: int) -> int:
        """Submit by event and workflow task in turn; return how many were acknowledged."""
        ways = (Way.EVENT, Way.WORKFLOW)
        return sum(self.submit(ways[n % 2]) for n in range(number))

    def offer(self, about: StoredMessage) -> None:
        """Let a coordinator ask a supporter, and name a stand-in."""
        page = Browser().open(link_in(about))
        first, second = page.values("first")[:2]
        answer = page.choose("offered", first=first, backup=second)
        assert answer.status == 200, answer.text

    def compare(self) -> None:
        """Let the service ask Qualtrics for what it was not told."""
        self.jump(COMPARED_AFTER)
        self.now_known()
        self.until(lambda: self.count("cases") >= len(self.submitted))
        self.settle()
        # Once a second the workers say that they are there, by the clock that has jumped.
        self.until(lambda: self.number(BEATS, -BRIEFLY) > 0, HELD_SECONDS)

    def now_known(self) -> None:
        """Count from now on what only a comparison can find that begins now."""
        at, found = self.now(), {id for (id,) in self.rows("deliveries", "response_id")}
        for id, known_at in self.submitted.items():
            self.submitted[id] = at if known_at is None or id not in found else known_at

    # Time

    def passes(self, time: timedelta, step: timedelta) -> None:
        """Let time pass in steps, and the workers work after each."""
        self.settle()
        for _ in range(max(1, time // step)):
            self.jump(step)
            self.settle()

    def jump(self, step: timedelta) -> None:
        began = self.now()
        self.clock.move(step)
        self.jumps.append((began, self.now()))
        self.wake()

    def wake(self) -> None:
        """Write something, which wakes the workers; nobody takes it for a round of theirs."""
        with self.store.write() as db:
            workers.beat(db, "faults", self.clock() - timedelta(hours=1))

    def get_done(self) -> None:
        """Wait as long as something goes on, however slow the machine is."""
        before = None
        while (now := (len(self.mailbox.messages), self.number(DUE, BRIEFLY))) != before:
            before = now
            self.settle(HELD_SECONDS)

    def settle(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until nothing is due, and nobody holds anything, unless that takes long."""
        self.until(lambda: self.number(DUE, BRIEFLY) == 0, seconds)
        self.until(lambda: self.number(UNSETTLED, BRIEFLY) == 0, HELD_SECONDS)

    def until(self, happened: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
        deadline, calm = time.monotonic() + seconds, 0
        while calm < 2 and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            calm = calm + 1 if happened() else 0
        return calm == 2

    def number(self, query: str, ahead: timedelta = timedelta()) -> int:
        found = self.store.read().execute(query, {"now": stamp(self.clock() + ahead)})
        return int(found.fetchone()[0])

    def count(self, table: str) -> int:
        return self.number(f"select count(*) from {table}")  # noqa: S608

    # Faults

    @contextmanager
    def fault(self) -> Iterator[None]:
        """Something fails in this block; afterwards everything that waits should happen soon."""
        self.settle()
        began = self.now()
        yield
        self.faults.append((began, self.now()))

    def look(self) -> None:
        """Note what a monitor is told."""
        try:
            with session() as web:
                reply = web.get(f"{self.url}/health", timeout=10)
            words = reply.json()["wrong"]
        except requests.JSONDecodeError:
            words = [f"answer {reply.status_code}"]
        except requests.RequestException:
            words = ["no answer"]
        self.alarms |= dict.fromkeys(words)

    def recover(self) -> None:
        """Let time pass until all is done: a minute in small steps, then a day in large ones."""
        self.get_done()
        deadline = time.monotonic() + RECOVERY_SECONDS
        small, large = timedelta(seconds=5), timedelta(minutes=5)
        for step, number in ((small, 12), (large, 24), (timedelta(hours=1), 24)):
            for _ in range(number):
                if self.number(WAITING) == 0 or time.monotonic() > deadline:
                    return
                self.jump(step)
                self.settle()

    def is_wrong_by(self, by: timedelta) -> None:
        """Set the clock of the service; the true time goes on."""
        step, self.wrong_by = by - self.wrong_by, by
        self.was_wrong = True
        self.clock.move(step)


def _answer(door: str, sent: Publication) -> int:
    try:
        with session() as web:
            reply = web.post(door, data=sent.body, headers=sent.headers, timeout=(2, 16))
    except requests.RequestException:
        return 0
    return reply.status_code


def _word(number: int) -> str:
    """Spell a number in letters: a name holds no digits."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).capitalize()
