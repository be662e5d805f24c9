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


def comes(world: World, name: str) -> None:
    """Let a minute pass, and somebody ask."""
    world.clock.now += timedelta(minutes=1)
    address = f"{name.lower()}.vale@example.org"
    world.submit(QID1_TEXT=f"{name} Vale", QID2_TEXT=address, QID3_TEXT=None)


def test_what_a_dead_worker_held_goes_before_what_came_after_it(world: World) -> None:
    """Else it waits behind a backlog once more with each worker that dies."""
    dead, lease, take_in = (
        Claimant(world.store),
        timedelta(minutes=25),
        world.worker.rounds["intake"],
    )
    comes(world, "Robin")
    take_in()
    with world.store.write() as db:
        held = outbox.claim(db, world.clock(), lease, by=dead.name)
    comes(world, "Kim")
    take_in()
    comes(world, "Lee")
    with world.store.write() as db:
        claimed = deliveries.claim(db, world.clock(), world.clock() + lease, 32, by=dead.name)
    comes(world, "Alex")
    world.clock.now += timedelta(minutes=1)
    dead.close()
    world.worker.rounds["takeover"]()
    with world.store.write() as db:
        mail = outbox.claim(db, world.clock(), lease, by="another")
        delivery = deliveries.claim(db, world.clock(), world.clock() + lease, 1, by="another")
    assert held is not None
    assert mail is not None
    assert mail.id == held.id
    assert [one.id for one in delivery] == [one.id for one in claimed]


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
