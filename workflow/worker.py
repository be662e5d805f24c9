"""The loops: deliveries become cases, due moments have their consequence, mails leave."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from qualtrics.client import Client, QualtricsError
from qualtrics.files import FileError
from qualtrics.survey import SurveyMap
from store import alarms, cases, deliveries, outbox, reconciliations
from store import secrets as beats
from store.database import LARGE_LOG, Store
from store.deliveries import StoredDelivery
from workflow import intake, mailroom, reconciling, upkeep
from workflow.engine import Engine
from workflow.faults import where
from workflow.sending import Sender
from workflow.watching import Files

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.02
LONGEST_IDLE_SECONDS = 1.0
SIDE_BY_SIDE = 8
#: Longer than a fetch may take with its retries.
FETCH_LEASE = timedelta(minutes=2)
AFTER_AN_ERROR = timedelta(minutes=5)
BEAT = timedelta(seconds=30)
ENDING_SECONDS = 3.0
DIGEST_AT = time(8)
WORKING_DAYS = range(5)

Clock = Callable[[], datetime]
#: The engine with the program that is in force now: each round asks anew.
Engines = Callable[[], Engine]
#: One round of work; True when there was something to do.
Round = Callable[[], bool]


@dataclass
class Intake:
    """Makes deliveries cases: claims what is due, fetches side by side, settles one by one."""

    engines: Engines
    client: Client | None
    clock: Clock
    fetchers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE, "fetch")
    )

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        if not deliveries.is_due(engine.store.read(), now):
            return False
        with engine.store.write() as db:
            claimed = deliveries.claim(db, now, now + FETCH_LEASE, limit=4 * SIDE_BY_SIDE)
        readings = [(d, self.fetchers.submit(self._read, engine, d)) for d in claimed]
        for delivery, reading in readings:
            try:
                intake.settle(engine, delivery, reading.result(), self.clock())
            except Exception as error:
                log.error("Delivery %s waits after an error: %s", delivery.id, where(error))
                with engine.store.write() as db:
                    until = self.clock() + AFTER_AN_ERROR
                    deliveries.postpone(db, delivery.id, until, "error")
        return bool(claimed)

    def _read(self, engine: Engine, delivery: StoredDelivery) -> intake.Reading:
        return intake.read(engine, self.client, delivery, self.clock())


@dataclass
class Reconciliation:
    """Compares what we have with what Qualtrics has, survey by survey, when it is due."""

    engines: Engines
    client: Client | None
    clock: Clock

    def __call__(self) -> bool:
        engine = self.engines()
        surveys, now = engine.program.surveys, self.clock()
        if self.client is None or not engine.program.reconcile_every:
            return False
        if not reconciliations.is_due(engine.store.read(), list(surveys), now):
            return False
        found = [self._reconcile(engine, self.client, survey) for survey in surveys.values()]
        return any(found)

    def _reconcile(self, engine: Engine, client: Client, survey: SurveyMap) -> bool:
        try:
            findings = reconciling.reconcile(engine, client, survey, self.clock)
        except (QualtricsError, FileError) as error:
            log.warning("Reconciliation of %s failed: %s", survey.id, error)
            return False
        if findings is None:
            return False
        log.info("Reconciliation of %s: %s", survey.id, dict(findings.counts))
        return findings.counts.keys() - {reconciling.Fate.KNOWN} != set()


@dataclass
class Digests:
    """What goes out each working morning. Without API access somebody must count by hand."""

    engines: Engines
    clock: Clock
    has_api: bool
    told_on: date | None = None

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        local = now.astimezone(engine.program.zone)
        is_morning = local.weekday() in WORKING_DAYS and local.time() >= DIGEST_AT
        if self.has_api or not is_morning or self.told_on == local.date():
            return False
        with engine.store.write() as db:
            outbox.add(db, mailroom.for_digest(engine.program, local.date(), now))
        self.told_on = local.date()
        return True


@dataclass
class Moments:
    """Gives due moments their consequence. A case that raises is passed over for a while."""

    engines: Engines
    clock: Clock
    passed_over: dict[str, datetime] = field(default_factory=dict)

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        due = [r for r in cases.due(engine.store.read(), now) if self._may_try(r, now)]
        for reference in due:
            try:
                upkeep.look_at(engine, reference, now)
            except Exception as error:
                log.error("%s is passed over after an error: %s", reference, where(error))
                self.passed_over[reference] = now + AFTER_AN_ERROR
        return bool(due)

    def _may_try(self, reference: str, now: datetime) -> bool:
        if self.passed_over.get(reference, now) > now:
            return False
        self.passed_over.pop(reference, None)
        return True


@dataclass
class Housekeeping:
    """Forgets, empties the log, and lets others see that somebody works here."""

    engines: Engines
    clock: Clock
    name: str
    beaten_at: datetime | None = None
    must_checkpoint: bool = True

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        self._tell_admins(engine, now)
        if upkeep.forget_due(engine, now):
            self.must_checkpoint = True
        if self.must_checkpoint or engine.store.log_bytes() > LARGE_LOG:
            self.must_checkpoint = not engine.store.checkpoint()
        if self.beaten_at is None or abs(now - self.beaten_at) >= BEAT:
            self.beaten_at = now
            # Another process may have forgotten something since.
            self.must_checkpoint = True
            upkeep.supporters_gone(engine, now)
            # Also what was kept at the moment when its survey became known.
            intake.wake_configured(engine, now)
            with engine.store.write() as db:
                beats.beat(db, self.name, now)
        return False

    def _tell_admins(self, engine: Engine, now: datetime) -> None:
        untold = alarms.untold(engine.store.read())
        if not untold:
            return
        with engine.store.write() as db:
            for alarm in untold:
                outbox.add(db, mailroom.for_alarm(alarm, engine.program.admins, now))
                alarms.told(db, alarm, now)


def run_loop(name: str, work: Round, wake: threading.Event, stop: threading.Event) -> None:
    """Call `work` when the database changed, when it had something to do, or once a second.

    What changes while it works wakes it again. A round that raises must not end the loop: honcho
    would stop everything.
    """
    while not stop.is_set():
        wake.clear()
        try:
            goes_on = work()
        except Exception as error:
            log.error("A round of %s failed: %s", name, where(error))
            goes_on = False
        if not goes_on:
            wake.wait(LONGEST_IDLE_SECONDS)


def watch(store: Store, wakes: Sequence[threading.Event], stop: threading.Event) -> None:
    """Wake all loops whenever somebody wrote, and when told to stop."""
    has_changed = store.watch()
    while not stop.wait(LOOK_SECONDS):
        try:
            changed = has_changed()
        except Exception as error:
            log.error("The database could not be watched: %s", where(error))
            changed = False
        if changed:
            _wake(wakes)
    _wake(wakes)


def _wake(wakes: Sequence[threading.Event]) -> None:
    for wake in wakes:
        wake.set()


@dataclass
class Worker:
    """All rounds of one worker process."""

    engines: Engines
    clock: Clock
    client: Client | None
    #: Each has a loop and a connection to the mail server of its own.
    senders: tuple[Sender, ...]
    #: The admins' files.
    folder: Path
    name: str = "worker"

    @cached_property
    def rounds(self) -> dict[str, Round]:
        """One round for each loop."""
        return {
            "files": Files(self.engines, self.clock, self.folder),
            "intake": Intake(self.engines, self.client, self.clock),
            "moments": Moments(self.engines, self.clock),
            "reconciliation": Reconciliation(self.engines, self.client, self.clock),
            "digests": Digests(self.engines, self.clock, has_api=self.client is not None),
            "housekeeping": Housekeeping(self.engines, self.clock, self.name),
            **{f"sender-{i}": s.send_next for i, s in enumerate(self.senders, 1)},
        }

    def close(self) -> None:
        """Say goodbye to the mail server."""
        for sender in self.senders:
            sender.mailer.close()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""
        wakes = {name: threading.Event() for name in self.rounds}
        threads = [
            threading.Thread(target=run_loop, args=(name, work, wakes[name], stop), name=name)
            for name, work in self.rounds.items()
        ]
        for thread in threads:
            # An export may take minutes; what it has not brought yet, the next one brings.
            thread.daemon = thread.name == "reconciliation"
            thread.start()
        watch(self.engines().store, list(wakes.values()), stop)
        for thread in threads:
            thread.join(timeout=ENDING_SECONDS if thread.daemon else None)
        self.close()

    def run_until_told(self) -> None:
        """Work until this process gets SIGTERM or SIGINT; what is being done is finished."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.run(stop)

    def run_once(self) -> None:
        """Do all that is due now, and what follows from it."""
        while any([work() for work in self.rounds.values()]):
            pass
