"""What a dead worker had claimed is taken over within seconds; what a living one has, is not."""

from datetime import timedelta

from store import deliveries, outbox, workers
from store.workers import Claimant
from tests.world import REQUESTER, World


def test_what_a_dead_worker_claimed_is_taken_over_at_once(world: World) -> None:
    worker = Claimant(world.store)
    world.submit()
    now = world.clock()
    with world.store.write() as db:
        assert deliveries.claim(db, now, now + timedelta(minutes=2), limit=32, by=worker.name)
    world.work()
    assert world.count("cases") == 0, "it lives"
    worker.close()
    world.work()
    assert world.count("cases") == 1


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
