"""`make bench`: whether what one request costs grows with the number of open requests.

Measured is the processor time of the thread that works: other work on the machine does not count.
Left out is what a worker does once a day: rewriting the whole file.
"""

import argparse
import csv
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from demo.mailbox import Mailbox
from engine import upkeep
from engine.engine import Engine
from people.records import Identity
from people.supporters import SupporterStatus
from settings import Settings
from store import cases, uses
from store.database import Database, Store, unstamp
from store.forgotten import compaction
from store.migrations import migrate
from tests import bench_archive, bench_filling, postgresql
from tests.bench_service import settings_of
from tests.inside import Inside
from tests.links import link_to
from tests.ports import free_port
from worker.worker import Worker
from workflow.model import Case, Decision, Event, Facts, Role, State, Wish

SIZES = (1, 10, 100, 1_000)
#: So many of them go their way, some further than to wait; the others are made after those that
#: wait.
MOST_SUBMITTED = 1_000
#: The fastest counts: it is what the code needs; the others are what else the machine did.
ROUNDS, TIMES = 7, 25
#: Beside a thousand open requests at most so many times what it costs beside none.
AIM = 1.5
#: A Monday morning in New York, when the measured request comes.
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
EARLIER, LATER = MONDAY - timedelta(hours=6), MONDAY + timedelta(hours=3)
UNDO_WINDOW = timedelta(minutes=6)
REVIEWER, DEPARTMENTS = "jordan-reyes", ("emergency", "surgery", "obstetrics")
GIVEN = ("Kim", "Alex", "Robin", "Noor", "Ines", "Bo", "Mila", "Jae", "Ana", "Teo")
FAMILY = ("Vesper", "Quillon", "Tarrow", "Ostrava", "Lindqvest", "Marlowe", "Pellin", "Zubiri")
#: How far requests have come; most wait, so that the roster has room for a thousand.
STORIES: tuple[tuple[Event, ...], ...] = (
    *((),) * 7,
    (Event.OFFERED,),
    (Event.OFFERED, Event.ACCEPTED),
    (Event.OFFERED, Event.ACCEPTED, Event.CONTACTED),
)


@dataclass(frozen=True)
class Growth:
    """Milliseconds of one kind of work, by the number of open requests."""

    what: str
    by_size: dict[int, float]

    @property
    def growth(self) -> float:
        return self.by_size[max(self.by_size)] / self.by_size[min(self.by_size)]


@dataclass
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk(Inside):
    """The service with its requests, in one process; the mail server is a thread of its own."""

    app: Flask
    clock: Clock
    mailbox: Mailbox

    @property
    def engine(self) -> Engine:
        found: Engine = self.app.extensions["engine"]()
        return found

    def browser(
        self, reference: str, role: Role, person: str, offer: int | None = None
    ) -> "Browser":
        """Open a mailed link and press "Continue"."""
        link = link_to(self, person, role, reference, offer)
        client = self.app.test_client()
        browser = Browser(client, client.get(urlsplit(link).path).location)
        browser.send()
        with client.session_transaction() as kept:
            slot, _ = kept["cases"][-1]
        return replace(browser, address=f"/page/{slot}")

    def mail_offer(self, send_next: Callable[[], bool]) -> float:
        """Let all mails leave; return what the offer's cost, in milliseconds; 0 for none."""
        took = 0.0
        while True:
            before, began = len(self.mailbox.messages), time.thread_time()
            if not send_next():
                return took
            cost = 1000 * (time.thread_time() - began)
            if any(": yes or no" in mail.subject for mail in self.mailbox.messages[before:]):
                took = cost


@dataclass(frozen=True)
class Browser:
    """One person's browser at one page."""

    client: FlaskClient
    address: str

    def look(self) -> str:
        page = self.client.get(self.address)
        assert page.status_code == 200, page.status
        return page.text

    def send(self, **fields: str) -> float:
        """Send a form of the page; return what that alone cost, in milliseconds."""
        hidden = r'name="(csrf_token|version|offer)" value="([^"]*)"'
        data = dict(re.findall(hidden, self.look())) | fields
        began = time.thread_time()
        answer = self.client.post(self.address, data=data)
        took = 1000 * (time.thread_time() - began)
        assert answer.status_code == 303, f"{answer.status}: {answer.text}"
        return took


def measure(
    folder: Path, sizes: Sequence[int] = SIZES, closed: int = 0, server: str = ""
) -> list[Growth]:
    """Measure each kind of work beside few and many open requests, and so many closed ones.

    On a PostgreSQL server, if there is one.
    """
    found: dict[str, dict[int, float]] = {}
    for size in sizes:
        place = folder / f"growth-{size}"
        place.mkdir()
        with _desk(place, server) as desk:
            reference = _filled(desk, size, closed)
            for what, took in _costs(desk, reference):
                found.setdefault(what, {})[size] = took
        shutil.rmtree(place)
    return [Growth(what, by_size) for what, by_size in found.items()]


def lines(found: Sequence[Growth]) -> Iterator[str]:
    """Write the table, a line for each kind of work."""
    sizes = list(found[0].by_size)
    yield f"{'ms of processor time':<34}" + "".join(f"{n:>9,}" for n in sizes) + "    growth"
    for one in found:
        numbers = "".join(f"{one.by_size[n]:9.1f}" for n in sizes)
        verdict = "OK" if one.growth <= AIM else "MISSED"
        yield f"{one.what:<34}{numbers}{one.growth:10.2f}  {verdict} (aim: at most {AIM})"


def _costs(desk: Desk, reference: str) -> Iterator[tuple[str, float]]:
    worker: Worker = desk.app.extensions["worker"]()
    reviewer = desk.browser(reference, Role.REVIEWER, REVIEWER)
    requester = desk.browser(reference, Role.REQUESTER, "")
    try:
        yield "the reviewer's page", _cost(reviewer.look)
        yield "the requester's page", _cost(requester.look)
        columns = zip(*(_asked(desk, worker, reference) for _ in range(ROUNDS)), strict=True)
        for what, column in zip(
            ("a decision: an offer", "sending the offer's mail", "the supporter's page"),
            columns,
            strict=True,
        ):
            yield what, min(column)
        yield "all rounds, nothing due", _idle_rounds(desk, worker)
        yield "all rounds, one request due", _due_rounds(desk, worker, reference)
    finally:
        worker.close()


def _asked(desk: Desk, worker: Worker, reference: str) -> tuple[float, float, float]:
    """Ask somebody, mail it, look at it as they do; then take it back, for the next time."""
    reviewer = desk.browser(reference, Role.REVIEWER, REVIEWER)
    first = re.findall(r'name="first" value="([^"]+)"', reviewer.look())[0]
    decided = reviewer.send(choice="offered", first=first, although="looked_into")
    desk.clock.now += UNDO_WINDOW
    mailed = desk.mail_offer(worker.senders[0].send_next)
    assert mailed, "no offer left"
    offer = desk.engine.casebook.load(reference).case.current_offer
    assert offer is not None
    looked = _cost(desk.browser(reference, Role.SUPPORTER, offer.supporter, offer.number).look)
    desk.browser(reference, Role.REVIEWER, REVIEWER).send(choice="offer_withdrawn")
    desk.clock.now += UNDO_WINDOW
    desk.mail_offer(worker.senders[0].send_next)
    return decided, mailed, looked


def _idle_rounds(desk: Desk, worker: Worker) -> float:
    """Each time long enough after the last that the worker also says that it is there."""
    worker.run_once()

    def run() -> None:
        assert not any([work() for work in worker.rounds.values()])

    def later() -> None:
        desk.clock.now += timedelta(seconds=31)

    return _cost(run, later)


def _due_rounds(desk: Desk, worker: Worker, reference: str) -> float:
    """Let the same moment of the request come again and again, and no other request's."""
    db = desk.engine.store.read()
    row = db.execute(
        "select next_at, document from cases where reference = ?", [reference]
    ).fetchone()
    desk.clock.now = unstamp(row[0])

    def run() -> None:
        assert any([work() for work in worker.rounds.values()])

    def before() -> None:
        with desk.engine.store.write() as writing:
            writing.execute("update cases set next_at = '2027-01-01T00:00:00Z' where is_open = 1")
            writing.execute(
                "update cases set next_at = ?, document = ? where reference = ?",
                [*row, reference],
            )
            _say_rewritten(writing, desk.clock.now)

    before()
    assert cases.due(db, desk.clock.now) == [reference]
    return _cost(run, before)


def _cost(work: Callable[[], object], before: Callable[[], None] = lambda: None) -> float:
    """Return the fewest milliseconds that some work took."""
    found = []
    for _ in range(TIMES):
        before()
        began = time.thread_time()
        work()
        found.append(1000 * (time.thread_time() - began))
    return min(found)


# Filling


def _filled(desk: Desk, size: int, closed: int) -> str:
    """Submit so many requests, the measured one first; returns its reference."""
    engine = desk.engine
    with engine.store.write() as db:
        # The program is not new: everybody was asked and matched before.
        for supporter in engine.program.supporters:
            uses.record_match(db, supporter, "2026-Q2")
            uses.record_asked(db, supporter, "2026-05")
    measured = _submitted(engine, 0, MONDAY)
    waiting = []
    for number in range(1, min(size, MOST_SUBMITTED)):
        story = STORIES[number % len(STORIES)]
        # What still waits for a supporter came before, and is due as soon as what others asked.
        reference = _submitted(engine, number, LATER if story else EARLIER)
        for event in story:
            _goes_on(engine, reference, number, event)
        waiting += [] if story else [reference]
    desk.clock.now = LATER + timedelta(minutes=30)
    with engine.store.write() as db:
        # Whatever is to be told of the filling has been told.
        db.execute("update outbox set next_at = null, result = 'sent'")
        bench_filling.multiply(engine.store, db, waiting, size - MOST_SUBMITTED)
        bench_archive.fill(db, closed)
        engine.store.number_on(db)
        _say_rewritten(db, desk.clock.now)
    return measured


def _say_rewritten(db: Database, now: datetime) -> None:
    compaction.begin(db)
    compaction.finish(db, now)


def _submitted(engine: Engine, number: int, now: datetime) -> str:
    name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number // len(GIVEN) % len(FAMILY)]}"
    email, phone = f"person.{number}@example.org", f"203-{200 + number // 7:03}-{1000 + number}"
    department = DEPARTMENTS[number % len(DEPARTMENTS)]
    facts = Facts(department, "nurse", wish_role=Wish.SIMILAR, language="en",
                  is_mailable=True, is_reachable=True)  # fmt: skip
    identity = Identity(name, email, phone, is_mail_ok=True, unit="Night float")
    case = Case("", State.IN_REVIEW, 0, now, now, facts)
    return engine.submit(case, identity, now, lambda db, case_id: None).reference


def _goes_on(engine: Engine, reference: str, number: int, event: Event) -> None:
    """Let one thing more happen to a request, somebody else being asked each time."""
    offer = engine.casebook.load(reference).case.current_offer
    if event is Event.OFFERED:
        listed = [s.id for s in engine.casebook.supporters if s.status is SupporterStatus.ACTIVE]
        ids = (listed[number % len(listed)], listed[(number + 1) % len(listed)])
        decision = Decision(event, "", Role.REVIEWER, supporters=ids, although="looked_into")
        reviewer = engine.casebook.load(reference).reviewing.reviewers[0].id
        engine.decide(reference, replace(decision, by=reviewer), LATER)
        stored = cases.find(engine.store.read(), reference)
        assert stored is not None
        with engine.store.write() as db:
            upkeep.record_offer_sent(engine, db, stored, 1, LATER)
    elif offer is not None:
        decision = Decision(event, offer.supporter, Role.SUPPORTER, offer=offer.number)
        engine.decide(reference, decision, LATER)


@contextmanager
def _desk(folder: Path, server: str) -> Iterator[Desk]:
    """Serve nobody: one process that has the app, its database and a mail server."""
    clock = Clock()
    with Mailbox(clock=clock) as mailbox:
        env = settings_of(folder, "http://127.0.0.1:9", mailbox.url) | {"QUALTRICS_API_TOKEN": ""}
        _let_take_many(Path(env["CONFIG_DIR"]) / "supporters.csv")
        if server:
            postgresql.run(server, f"create database {folder.name.replace('-', '_')}")
            env["DATABASE"] = f"{server.rpartition('/')[0]}/{folder.name.replace('-', '_')}"
        app = create_app(Settings.from_env(env), clock)
        store: Store = app.extensions["store"]
        migrate(store)
        yield Desk(app, clock, mailbox)
        store.close()


def _let_take_many(roster: Path) -> None:
    """Give everybody room: who is full is warned of, and the page would be another one."""
    with roster.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with roster.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"capacity": "10"} for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", nargs="+", type=int, default=SIZES, help="open requests")
    parser.add_argument("--closed", type=int, default=0, help="closed ones beside them")
    parser.add_argument("--postgresql", action="store_true", help="on a server of its own")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        server = ""
        if asked.postgresql:
            # What is measured is our processor time: the disk's is none of it.
            running = postgresql.server(*postgresql.HASTY, port=free_port())
            server = stack.enter_context(running)
        print(*lines(measure(Path(name), asked.open, asked.closed, server)), sep="\n")


if __name__ == "__main__":
    main()
