"""A mail's way out: one engine each, and none that keeps the others from leaving."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from engine.engine import Engine
from store import outbox, workers
from store.outbox import NO_DECISION, Outgoing
from store.workers import Claimant
from tests.world import JORDAN, MONDAY, PRIYA, REQUESTER, World


def test_every_mail_is_sent_with_one_engine(world: World) -> None:
    made = Counter[str]()
    [sender, *_] = world.worker.senders

    def engines() -> Engine:
        made["engines"] += 1
        return world.engine

    counting = replace(sender, engines=engines)
    world.submit()
    world.worker.rounds["intake"]()
    assert counting.send_next()
    assert world.mails(REQUESTER)
    assert made == {"engines": 1}
    assert not counting.send_next()


def test_a_mail_that_only_another_version_knows_keeps_no_other_from_leaving(world: World) -> None:
    world.submit()
    world.worker.rounds["intake"]()
    unknown = Outgoing(
        "new", "new", "of_a_newer_version", "jordan-reyes", "reviewer", 1, NO_DECISION,
        MONDAY - timedelta(hours=1),
    )  # fmt: skip
    with world.store.write() as db:
        outbox.add(db, [unknown])
    world.passes(minutes=11)
    assert [len(world.mails(person)) for person in (REQUESTER, JORDAN, PRIYA)] == [1, 1, 1]
    kept = world.store.read().execute("select result from outbox where message_id = 'new'")
    assert kept.fetchone() == ("error",)


def test_what_a_dead_worker_was_about_to_send_leaves_at_once(world: World) -> None:
    world.submit()
    world.worker.rounds["intake"]()
    dead = Claimant(world.store)
    with world.store.write() as db:
        assert outbox.claim(db, world.clock(), timedelta(minutes=25), by=dead.name)
    world.work()
    assert world.mails(REQUESTER) == [], "it lives, and may be sending"
    dead.close()
    world.work()
    assert len(world.mails(REQUESTER)) == 1


def test_a_killed_workers_lock_file_is_removed(world: World) -> None:
    left = world.store.path.with_name(f"{world.store.path.name}.worker-0123456789abcdef")
    left.touch()
    living = Claimant(world.store)
    name = living.name
    workers.remove_dead(world.store)
    assert not left.exists()
    assert workers.is_alive(world.store, name)
    living.close()
    assert not workers.is_alive(world.store, name)


def test_a_mail_about_a_case_that_is_damaged_on_its_way_is_marked_once_it_left(
    world: World,
) -> None:
    reference = world.request()
    page = world.open(world.mail(JORDAN))
    page.choose("offered", first=page.values("first")[0])
    world.clock.now += timedelta(minutes=6)

    def damage_meanwhile() -> datetime:
        world.loses_document(reference)
        return world.clock()

    world.mailbox.clock = damage_meanwhile
    world.worker.senders[0].send_next()
    assert ("offer", "sent") in world.rows("outbox", "email", "result")
