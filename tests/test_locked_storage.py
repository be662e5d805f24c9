"""Somebody else holds the database while work is in hand: nothing waits longer than that."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from engine import upkeep
from notifications import program_mails
from people.absences import Absence
from store import absences, alarms, outbox
from store.database import StorageBusy
from tests.outcomes import results
from tests.world import JORDAN, REQUESTER, SAM, World
from worker.rounds import tell_admins


@contextmanager
def locked_as_soon_as(world: World, claimed: str) -> Iterator[None]:
    """Let somebody else take the database as soon as something in a table is claimed."""
    world.store._patience = 0.1
    query = f"select 1 from {claimed} where next_at is not null and claimed_by > ''"  # noqa: S608
    is_over = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(world.store.path, isolation_level=None)) as other:
            while not other.execute(query).fetchone() and not is_over.is_set():
                time.sleep(0.001)
            other.execute("begin immediate")
            is_over.wait(60)
            other.execute("rollback")

    holder = threading.Thread(target=hold, daemon=True)
    holder.start()
    try:
        yield
    finally:
        is_over.set()
        holder.join(60)


def fails(world: World, name: str) -> None:
    try:
        world.worker.rounds[name]()
    except StorageBusy:
        return
    raise AssertionError("the database was not locked")


def test_what_was_read_while_the_database_was_locked_is_stored_at_once_afterwards(
    world: World,
) -> None:
    world.work()  # so that no comparison with Qualtrics comes to help
    world.submit()
    world.submit(QID2_TEXT="robin@example.org")
    world.qualtrics.behavior.latency = 0.1
    with locked_as_soon_as(world, "deliveries"):
        fails(world, "intake")
    assert world.count("cases") == 0
    world.passes(seconds=1)
    assert world.count("cases") == 2


def test_a_mail_refused_while_the_database_was_locked_is_tried_again_at_once_afterwards(
    world: World,
) -> None:
    world.submit()
    world.worker.rounds["intake"]()
    world.mailbox.refuse_data_with = 451
    world.mailbox.latency = 0.1
    with locked_as_soon_as(world, "outbox"):
        fails(world, "sender-1")
    world.mailbox.refuse_data_with = None
    world.passes(seconds=1)
    assert len(world.mails(REQUESTER)) == 1
    assert results(world)["sent"] == 1


def test_a_moment_that_came_while_the_database_was_locked_is_kept_at_once_afterwards(
    world: World,
) -> None:
    reference = world.request()
    world.clock.now = world.case(reference).promises[0].due_at
    world.store._patience = 0.1
    with closing(sqlite3.connect(world.store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        fails(world, "moments")
        other.execute("rollback")
    before = len(world.mailbox.messages)
    world.passes(seconds=1)
    assert len(world.mailbox.messages) > before


def test_new_reviewers_who_could_not_be_told_while_the_database_was_locked_are_not_left_out(
    world: World,
) -> None:
    world.request()
    with world.store.write() as db:
        db.execute("delete from outbox")
    before = len(world.mails(JORDAN))
    world.store._patience = 0.1
    with closing(sqlite3.connect(world.store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StorageBusy):
            upkeep.tell_new_reviewers(world.engine, world.clock())
        other.execute("rollback")
    upkeep.tell_new_reviewers(world.engine, world.clock())
    world.passes(minutes=1)
    assert len(world.mails(JORDAN)) == before + 1


def test_a_supporter_who_is_gone_is_released_once_the_database_is_free(world: World) -> None:
    reference = world.offered()
    asked = world.case(reference).current_offer
    assert asked is not None
    today = world.engine.program.today(world.clock())
    with world.store.write() as db:
        absences.declare(db, asked.supporter, Absence(today - timedelta(days=1), None), today)
    world.store._patience = 0.1
    with closing(sqlite3.connect(world.store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StorageBusy):
            upkeep.release_gone_supporters(world.engine, world.clock())
        other.execute("rollback")
    upkeep.release_gone_supporters(world.engine, world.clock())
    assert "supporter_gone" in world.events(reference)


def test_a_trouble_that_another_worker_did_not_know_yet_is_told_too(world: World) -> None:
    with world.store.write() as db:
        alarms.sound(db, "no_api", "", world.clock())
        alarms.sound(db, "too_large", "workflow", world.clock())
    known, *_ = alarms.unreported(world.store.read())
    late = threading.Thread(target=tell_admins, args=(world.engine, world.clock()), daemon=True)
    with world.store.write() as db:
        late.start()
        time.sleep(0.3)  # It has read both, and waits to write.
        outbox.add(db, program_mails.for_alarms([known], ["sam-whitaker"], world.clock()))
        alarms.mark_reported(db, known, world.clock())
    late.join(60)
    world.work()
    told = " ".join(" ".join(mail.text.split()) for mail in world.mails(SAM))
    assert "too large" in told
    assert "no API access" in told
