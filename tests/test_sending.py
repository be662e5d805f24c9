"""A mail's way out: one engine each, and none that keeps the others from leaving."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from engine.engine import Engine
from store import outbox
from store.outbox import NO_DECISION, Outgoing
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
    number = [mail.message_id for mail in world.queue].index("new")
    assert world.rows("outbox", "result")[number] == ("error",)


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
    number = [mail.email for mail in world.queue].index("offer")
    assert world.rows("outbox", "result")[number] == ("sent",)
