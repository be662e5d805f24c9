"""What must survive: killed workers, damaged rows, and wrong clocks."""

import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import requests

from app import SENDERS, create_app
from notifications.examples.problems import problems
from settings import Settings
from store import outbox
from store.database import stamp
from tests.examples import TIMES
from tests.outcomes import HOUR, health, results
from tests.world import JORDAN, MONDAY, PRIYA, REQUESTER, TOKEN, World, example_config, living
from worker.sending import LEASE
from worker.worker import Worker
from workflow.model import Decision, Event, OfferState, Outcome, Role, State

KILLS, SUBMISSIONS = 8 * TIMES, 16 * TIMES
#: Between two lives the clock hardly moves: nobody waits for the lease of what the dead one held.
STEP = timedelta(seconds=5)


# Kill -9


def live_and_die(settings: Settings, lives: list[float]) -> None:
    """Run workers one after the other and kill each after its time; for a process of its own.

    Every second one dies only once it sends, however slow the machine is. They are forked off one
    that has imported everything and opened nothing, so that a birth costs milliseconds; the clock
    stands still during a life and moves on between two.
    """
    now = MONDAY
    app = create_app(settings, lambda: now)
    worker: Worker = app.extensions["worker"]()
    problems(app.extensions["composer"]())  # compiles the templates
    for number, seconds in enumerate(lives):
        now += STEP
        pid = os.fork()
        if pid == 0:
            try:
                worker.run_until_signal()
            finally:
                os._exit(1)
        if number % 2:
            wait_for_claim(Path(settings.database), at=now)
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def wait_for_claim(database: Path, *, at: datetime) -> None:
    """Wait until somebody has claimed a mail at this moment, a while at most."""
    with closing(sqlite3.connect(database)) as db:
        for _ in range(1000):
            if db.execute(
                "select 1 from outbox where result = 'sending' and next_at = ?", [stamp(at + LEASE)]
            ).fetchone():
                return
            time.sleep(0.002)


def test_it_loses_nothing_and_repeats_little_when_workers_are_killed(world: World) -> None:
    world.qualtrics.behavior.latency = 0.02
    world.mailbox.hang_after_data = 0.06
    chance = random.Random(2026)
    lives = [
        chance.uniform(0.03, 0.2) if n % 2 == 0 else chance.uniform(0, 0.05) for n in range(KILLS)
    ]
    arguments = (world.app.extensions["settings"], lives)
    killer = get_context("spawn").Process(target=live_and_die, args=arguments, daemon=True)
    killer.start()
    for _ in range(SUBMISSIONS):
        world.submit()
        time.sleep(0.05)
    killer.join(120 * TIMES)
    assert killer.exitcode == 0
    world.mailbox.hang_after_data = 0
    world.clock.now += (KILLS + 1) * STEP
    world.work()
    world.passes(minutes=11)

    assert world.count("cases") == SUBMISSIONS
    assert world.count("deliveries") == SUBMISSIONS
    copies = Counter(str(mail.parsed["Message-ID"]) for mail in world.mailbox.messages)
    ends, attempts = zip(*world.rows("outbox", "result", "attempts"), strict=True)
    assert sum(attempts) > len(attempts), "no worker died while it sent"
    assert set(ends) == {"sent"}
    assert Counter(mail.person for mail in world.queue) == dict.fromkeys(
        ("requester", "jordan-reyes", "priya-nair"), SUBMISSIONS
    )
    # Every mail at least once; an extra copy is known by its id.
    assert set(copies) == {f"<{id}@127.0.0.1>" for id in {mail.message_id for mail in world.queue}}
    extra = copies.total() - len(copies)
    assert extra <= KILLS * SENDERS  # each sender held at most one mail when it died


# Damaged rows


def test_a_damaged_case_does_not_stop_the_others(world: World) -> None:
    world.submit()
    world.submit(QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org")
    world.work()
    world.passes(minutes=11)
    damaged, whole = world.references
    change(world, "update cases set document = '{' where reference = ?", damaged)
    world.clock.now = MONDAY + 24 * HOUR
    with working(world):
        until(lambda: bool(world.mails(PRIYA, f"{whole}: please decide")))
    page = world.open(world.mail(PRIYA, whole))
    assert "asked a supporter" in page.choose("offered", first=page.values("first")[0]).text
    assert world.case(whole).state is State.OFFERED


def test_a_damaged_case_does_not_stop_the_heartbeat(world: World) -> None:
    world.request()
    change(world, "update cases set document = '{'")
    world.clock.now += timedelta(minutes=5)
    with working(world):
        until(lambda: "worker_last_round" not in health(world)["wrong"])


def test_an_identity_that_cannot_be_opened_does_not_stop_the_other_mails(world: World) -> None:
    world.submit()
    world.submit()
    with working(world):
        until(lambda: len(world.mails(REQUESTER)) == 2)
        damaged, whole = world.references
        change(world, "update identities set sealed = 'x' where case_id = 1")
        world.clock.now += timedelta(minutes=11)
        until(lambda: bool(world.mails(JORDAN, whole) and world.mails(PRIYA, whole)))
        until(lambda: results(world)["error"] == 2)
    assert world.mails(JORDAN, damaged) == []
    world.clock.now += timedelta(hours=1)
    assert "oldest_unsent_mail" in health(world)["wrong"]


def test_a_mail_is_sent_although_its_override_raises(tmp_path: Path) -> None:
    config = example_config(tmp_path)
    override = config / "templates/email/received/body.txt"
    override.parent.mkdir(parents=True)
    override.write_text("{{ nobody.knows.this }}")
    with living(tmp_path, config) as world:
        world.submit()
        world.work()
        assert "what happens next" in world.mail(REQUESTER).subject


def test_a_body_that_cannot_be_opened_does_not_stop_the_other_deliveries(world: World) -> None:
    door = f"{world.url}/webhooks/qualtrics/workflow"
    task = {"surveyId": world.qualtrics.brand.survey.id, "answers": {"QID2_TEXT": "x"}}
    for id in ("R_damaged0", "R_whole0"):
        answered = requests.post(
            door, json=task | {"responseId": id}, headers={"X-Webhook-Token": TOKEN}, timeout=5
        )
        assert answered.status_code == 200
    change(world, "update deliveries set body = 'x' where id = 1")
    with working(world):
        until(lambda: world.count("cases") == 1)
    (waiting,) = world.engine.store.read().execute(
        "select id, trouble from deliveries where next_at is not null"
    ).fetchall()  # fmt: skip
    assert waiting == (1, "error")


# Clocks that are wrong


def test_a_clock_that_steps_back_fires_nothing_early_and_loses_nothing(world: World) -> None:
    reference = world.request()
    before = len(world.mailbox.messages)
    world.passes(hours=-72)
    world.passes(hours=71)
    assert len(world.mailbox.messages) == before
    world.clock.now = MONDAY + 24 * HOUR - timedelta(seconds=1)
    world.work()
    assert world.mails(JORDAN, f"{reference}: please decide by") == []
    world.passes(seconds=1)
    assert len(world.mails(JORDAN, f"{reference}: please decide by")) == 1


def test_a_clock_that_steps_ahead_and_back_repeats_nothing_and_goes_on(world: World) -> None:
    reference = world.request()
    world.passes(hours=72)
    assert "late" in world.mail(REQUESTER).subject
    before = Counter((m.recipients, m.subject) for m in world.mailbox.messages)
    world.passes(hours=-72)
    for _ in range(6):
        world.passes(hours=12)
    assert Counter((m.recipients, m.subject) for m in world.mailbox.messages) == before
    world.passes(hours=48)
    assert len(world.mails(JORDAN, f"{reference}: overdue")) >= 2


def test_a_delivery_received_under_a_wrong_clock_is_not_lost(world: World) -> None:
    world.clock.now = MONDAY + timedelta(hours=72)
    world.submit()
    world.clock.now = MONDAY
    world.work()
    assert world.count("cases") == 1
    assert len(world.mails(REQUESTER)) == 1


def test_a_mail_that_failed_under_a_wrong_clock_waits_no_longer_than_others(world: World) -> None:
    world.clock.now = MONDAY + timedelta(hours=72)
    world.mailbox.stop()
    world.submit()
    world.work()
    world.mailbox.start()
    world.clock.now = MONDAY
    world.work()
    assert len(world.mails(REQUESTER)) == 1


def change(world: World, statement: str, *values: str) -> None:
    """Damage the database, as a bad disk or a bad hand would."""
    with world.store.write() as db:
        db.execute(statement, list(values))


@contextmanager
def working(world: World) -> Iterator[None]:
    """Run a worker's real loops while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(
        target=world.app.extensions["worker"]().run, args=(stop,), daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def until(happened: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_what_no_key_opens_is_forgotten_in_time_and_does_not_stop_others(
    world: World,
) -> None:
    for number in range(3):
        world.submit(QID2_TEXT=f"person-{number}@example.org")
    world.work()
    world.passes(minutes=11)
    for reference in world.references:
        close = Decision(Event.CLOSED, "jordan-reyes", Role.REVIEWER, outcome=Outcome.NOT_A_REQUEST)
        world.engine.decide(reference, close, world.clock.now)
    with world.store.write() as db:
        db.execute("update identities set sealed = 'damaged' where case_id = 2")
        db.execute("update cases set document = 'damaged' where id = 3")
    world.passes(days=29)
    assert world.count("cases") == 3
    world.passes(days=2)
    assert world.count("cases") == 0


def test_a_crash_between_giving_up_and_its_consequence_loses_neither(world: World) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    first, second = page.values("first")[:2]
    page.choose("offered", first=first, backup=second)
    world.clock.now += timedelta(minutes=6)
    # As far as a worker comes that dies after asking the stand-in, before marking the mail.
    with world.store.write() as db:
        outbox.claim(db, world.clock.now, timedelta(minutes=30), by="")
    gone = Decision(Event.OFFER_UNDELIVERABLE, "", Role.CLOCK, offer=1)
    world.engine.decide(reference, gone, world.clock.now)
    world.passes(hours=1)
    offers = world.case(reference).offers
    assert [o.state for o in offers] == [OfferState.UNDELIVERABLE, OfferState.OPEN]
    assert offers[1].sent_at is not None
