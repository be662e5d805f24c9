"""The rounds of work: intake, reconciliation, digests, due moments and housekeeping."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from casebook import recognition, roster
from casebook.copies import by_hand
from engine import adoption, forgetting, intake, reconciling, unattended, upkeep
from engine.access import ending, fresh_links
from engine.engine import Engine
from engine.forgotten import copies, saying, settling
from lib.faults import where
from matching.fairness import oldest_kept
from notifications import digest, program_mails
from qualtrics.api.client import Client, QualtricsError
from qualtrics.api.exports import FileError
from qualtrics.survey import FormMap
from store import alarms, cases, deliveries, outbox, reconciliations, uses, workers
from store.access import asks
from store.database import LARGE_LOG, UNWRITABLE, Store
from store.deliveries import StoredDelivery
from store.forgotten import compaction
from store.workers import Claimant
from worker.passed_over import AFTER_AN_ERROR, PassedOver

log = logging.getLogger(__name__)

FETCHERS = 8
#: Longer than a fetch may take with its retries.
FETCH_LEASE = timedelta(minutes=2)
BEAT_EVERY = timedelta(seconds=30)
#: Rewriting a file of this size takes about a second on a usual disk; a larger one waits longer.
LARGE_FILE = 64 * 1024 * 1024
COMPACT_LARGE_EVERY = timedelta(hours=1)
ALARMS_KEPT = timedelta(days=90)
#: Mails about no request; longer than any of them could be asked for again.
MAILS_KEPT = timedelta(days=90)
ASK_AT = time(8)
#: After this long without a comparison, the digest asks people to count by hand.
LONGEST_UNCOMPARED = timedelta(days=1)
#: The digest waits at most this long for a comparison that is about to run.
LONGEST_WAIT = timedelta(minutes=10)

Clock = Callable[[], datetime]
#: Makes an engine with the program in force; each round makes one.
Engines = Callable[[], Engine]


@dataclass
class Intake:
    """Makes deliveries cases: claims due ones, fetches them in parallel, stores them one by one."""

    engines: Engines
    client: Client | None
    clock: Clock
    claimant: Claimant
    fetchers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(FETCHERS, "fetch")
    )
    #: An earlier round ended before it was done with all that it had claimed.
    has_left_some: bool = False

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        if not (self.has_left_some or deliveries.is_due(engine.store.read(), now)):
            return False
        name = self.claimant.name
        with engine.store.write() as db:
            if self.has_left_some:
                deliveries.let_go(db, name, now)
            claimed = deliveries.claim(db, now, now + FETCH_LEASE, limit=4 * FETCHERS, by=name)
        self.has_left_some = True
        readings = [(d, self.fetchers.submit(self._read, engine, d)) for d in claimed]
        for delivery, reading in readings:
            try:
                intake.settle(engine, delivery, reading.result(), self.clock())
            except UNWRITABLE:
                raise  # Nothing is wrong with the delivery.
            except Exception as error:
                log.error("Delivery %s waits after an error: %s", delivery.id, where(error))
                with engine.store.write() as db:
                    until = self.clock() + AFTER_AN_ERROR
                    deliveries.postpone(db, delivery.id, until, "error")
        self.has_left_some = False
        return bool(claimed)

    def _read(self, engine: Engine, delivery: StoredDelivery) -> intake.Reading:
        return intake.read(engine, self.client, delivery, self.clock())


@dataclass
class Takeover:
    """Frees what workers had claimed that no longer run."""

    engines: Engines
    clock: Clock

    def __call__(self) -> bool:
        store = self.engines().store
        dead = [n for n in workers.claimants(store.read()) if not workers.is_alive(store, n)]
        if dead:
            with store.write() as db:
                workers.release(db, dead, self.clock())
        return bool(dead)


@dataclass
class Reconciliation:
    """Compares each survey that is due with what Qualtrics has."""

    engines: Engines
    client: Client | None
    clock: Clock
    has_failed: bool = False

    def __call__(self) -> bool:
        engine = self.engines()
        forms, now = engine.program.forms, self.clock()
        if self.client is None or not engine.program.times.reconcile_every:
            return False
        latest = reconciling.latest_moment(engine, now)
        if not reconciliations.is_due(engine.store.read(), forms, now, latest):
            return False
        found = [self._reconcile(engine, self.client, survey) for survey in forms.values()]
        return any(found)

    def _reconcile(self, engine: Engine, client: Client, survey: FormMap) -> bool:
        try:
            findings = reconciling.reconcile(engine, client, survey, self.clock)
        except (QualtricsError, FileError) as error:
            log.warning("Reconciliation of %s failed: %s", survey.id, error)
            self.has_failed = True
            return False
        if findings is None:
            return False
        self.has_failed = False
        log.info("Reconciliation of %s: %s", survey.id, findings.in_words)
        return findings.counts.keys() - {reconciling.Finding.KNOWN} != set()


@dataclass
class Digests:
    """Sends the digest on working mornings, which may ask people to count by hand."""

    engines: Engines
    client: Client | None
    clock: Clock
    reconciliation: Reconciliation
    sent_on: date | None = None
    #: The last month whose roster mail was queued, such as "2026-11".
    roster_sent_in: str = ""
    waiting_since: datetime | None = None

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        local = now.astimezone(engine.program.zone)
        begins_at = engine.program.digest_at
        is_working_day = engine.program.working.is_working_day(local.date())
        is_day = local.time() >= begins_at and not engine.program.quiet.covers(now)
        if not (is_working_day and is_day) or self.sent_on == local.date():
            return False
        must_count = self.client is None or reconciling.is_overdue(engine, now, LONGEST_UNCOMPARED)
        if engine.program.file.digest.at is None and not must_count:
            return False
        if must_count and self._awaits_comparison(engine, now):
            return False
        mails = digest.mails(engine.casebook, local.date(), must_count, now)
        month = f"{local:%Y-%m}"
        has_roster = engine.program.file.digest.at is not None and self._must_send_roster(
            engine, month, now
        )
        if has_roster:
            mails += program_mails.about_roster(engine.program.duties.admins, local.date(), now)
        with engine.store.write() as db:
            outbox.add(db, mails)
        # Only now: what was not stored must be queued again.
        self.sent_on, self.waiting_since = local.date(), None
        self.roster_sent_in = month if has_roster else self.roster_sent_in
        return True

    def _must_send_roster(self, engine: Engine, month: str, now: datetime) -> bool:
        """Tell whether the roster lacks something, once a month: looking it up is slow."""
        if month == self.roster_sent_in:
            return False
        return any(roster.facts(engine.casebook, now).values())

    def _awaits_comparison(self, engine: Engine, now: datetime) -> bool:
        """Tell whether to wait for a comparison, which after an outage may run soon."""
        is_comparing = self.client is not None and engine.program.times.reconcile_every
        if not is_comparing or self.reconciliation.has_failed:
            return False
        self.waiting_since = self.waiting_since or now
        return abs(now - self.waiting_since) < LONGEST_WAIT


@dataclass
class FreshLinks:
    """Looks up who asked for a link, and queues the mail."""

    engines: Engines
    clock: Clock
    passed_over: PassedOver = field(init=False)

    def __post_init__(self) -> None:
        self.passed_over = PassedOver(self.clock)

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        fresh_links.drop_overdue(engine, now)
        found = asks.due(engine.store.read(), now, self.passed_over.limit)
        due = [(id, wanted) for id, wanted in found if self.passed_over.may_be_tried(id)]
        for id, wanted in due:
            work = partial(fresh_links.handle, engine, id, wanted, now)
            self.passed_over.attempt(id, "A link that was asked for", work)
        return bool(due)

    @property
    def is_failing(self) -> bool:
        return self.passed_over.is_any


@dataclass
class Moments:
    """Carries out what is due."""

    engines: Engines
    clock: Clock
    passed_over: PassedOver = field(init=False)

    def __post_init__(self) -> None:
        self.passed_over = PassedOver(self.clock)

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        found = cases.due(engine.store.read(), now, self.passed_over.limit)
        due = [reference for reference in found if self.passed_over.may_be_tried(reference)]
        for reference in due:
            work = partial(upkeep.handle_due, engine, reference, now)
            self.passed_over.attempt(reference, reference, work)
        return bool(due)

    @property
    def is_failing(self) -> bool:
        return self.passed_over.is_any


@dataclass
class Copies:
    """Has Qualtrics delete what it keeps of forgotten requests, or asks people to, each month."""

    engines: Engines
    client: Client | None
    clock: Clock
    #: The last month in which people were asked, such as "2026-11".
    asked_in: str = ""

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        self._ask_people(engine, now)
        return copies.delete_due(engine.casebook, self.client, now)

    def _ask_people(self, engine: Engine, now: datetime) -> None:
        """Mail the people who delete by hand, on the first working morning of a month."""
        local = now.astimezone(engine.program.zone)
        month = f"{local:%Y-%m}"
        is_morning = engine.program.working.is_working_day(local.date()) and local.time() >= ASK_AT
        if month == self.asked_in or not is_morning or engine.program.quiet.covers(now):
            return
        people = by_hand(engine.casebook, has_api=self.client is not None)
        if people:
            with engine.store.write() as db:
                outbox.add(db, program_mails.about_copies(people, month, now))
        self.asked_in = month


@dataclass
class Housekeeping:
    """Forgets what is due, empties the write-ahead log, and records a heartbeat."""

    engines: Engines
    clock: Clock
    name: str
    #: What else this worker is in trouble with, in the words of /health.
    troubles: Callable[[], Iterable[str]] = tuple
    beat_at: datetime | None = None
    must_checkpoint: bool = True
    compacted_at: datetime | None = None
    #: The last day on which coordinators were reminded of files that wait for them.
    reminded_on: date | None = None

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        is_beat_due = self.beat_at is None or abs(now - self.beat_at) >= BEAT_EVERY
        if is_beat_due:
            unattended.sound_alarms(engine, now)
            self._remind_coordinators(engine, now)
        tell_admins(engine, now)
        if forgetting.forget_due(engine.casebook, now):
            self.must_checkpoint = True
        if self.must_checkpoint or engine.store.log_bytes() > LARGE_LOG:
            self.must_checkpoint = not engine.store.checkpoint()
        if is_beat_due:
            self.beat_at = now
            recognition.drop_cached()
            # Another process may have deleted something since.
            self.must_checkpoint = True
            upkeep.rehash(engine)
            upkeep.release_gone_supporters(engine, now)
            settling.settle(engine.casebook, now)
            saying.say_due(engine.casebook, now)
            # Some may have been kept at the same moment as their survey was configured.
            intake.wake_configured(engine, now)
            oldest, supporters = oldest_kept(engine.program.today(now)), engine.program.supporters
            has_old_uses = uses.has_expired(engine.store.read(), oldest, supporters)
            troubles = list(self.troubles())
            with engine.store.write() as db:
                workers.beat(db, self.name, now, troubles)
                forgetting.record_run(db, now)
                alarms.drop_reported(db, now - ALARMS_KEPT)
                outbox.drop_done(db, (now - MAILS_KEPT).date())
                deliveries.drop_bodies(db, intake.NOT_CONFIGURED, now - intake.UNCONFIGURED_KEPT)
                if has_old_uses:
                    uses.drop_expired(db, oldest, supporters)
            ending.sweep(engine, now)
        if self._may_compact(engine.store, now):
            self.compacted_at = now
            self.must_checkpoint = not forgetting.compact(engine.store, now)
        return False

    def _may_compact(self, store: Store, now: datetime) -> bool:
        """Tell whether the file must be rewritten, and may: a large one keeps others waiting."""
        if not compaction.is_due(store.read(), now):
            return False
        is_soon = self.compacted_at is not None and now - self.compacted_at < COMPACT_LARGE_EVERY
        return not is_soon or store.bytes() <= LARGE_FILE

    def _remind_coordinators(self, engine: Engine, now: datetime) -> None:
        today = engine.program.today(now)
        if self.reminded_on != today and not engine.program.quiet.covers(now):
            adoption.remind(engine, now)
            self.reminded_on = today


def tell_admins(engine: Engine, now: datetime) -> None:
    """Mail the admins the alarms that they have not heard of."""
    if not program_mails.may_be_told(alarms.unreported(engine.store.read()), now):
        return
    with engine.store.write() as db:
        # Read again: another worker may have told some, and its mail must not stand for the others.
        unreported = alarms.unreported(db)
        if unreported:
            outbox.add(db, program_mails.for_alarms(unreported, engine.program.duties.admins, now))
        for alarm in unreported:
            alarms.mark_reported(db, alarm, now)
