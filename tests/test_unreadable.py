"""What no key opens any more waits for a person, and keeps nothing else waiting."""

from datetime import timedelta

import pytest

from store import alarms, outbox
from store.database import unstamp
from store.outbox import NO_DECISION, Outgoing
from tests.outcomes import health
from tests.world import JORDAN, MONDAY, PRIYA, REQUESTER, SAM, World
from workflow.model import Outcome

NOTHING_OPENS_IT = "gAAAAA-sealed-with-a-key-that-is-lost"


def lose(world: World, table: str, column: str, where: str = "true") -> None:
    """Let no key open what a column holds, as after a key was removed too early."""
    with world.store.write() as db:
        statement = f"update {table} set {column} = ? where {where}"  # noqa: S608 - our words
        db.execute(statement, [NOTHING_OPENS_IT])


def reminder(message_id: str) -> Outgoing:
    return Outgoing(
        message_id, message_id, "review_nudge", "jordan-reyes", "reviewer", None, NO_DECISION,
        MONDAY - timedelta(hours=1),
    )  # fmt: skip


def test_a_mail_that_no_key_opens_keeps_no_other_from_leaving(world: World) -> None:
    world.submit()
    world.worker.rounds["intake"]()
    lose(world, "outbox", "detail", "id = (select min(id) from outbox)")
    world.passes(minutes=11)

    assert [len(world.mails(who)) for who in (REQUESTER, JORDAN, PRIYA)] == [0, 1, 1]
    (result, next_at), *_ = world.rows("outbox", "result", "next_at")
    assert result == "error"
    assert next_at is not None


def test_somebody_else_may_have_read_a_mail_that_no_key_opens(world: World) -> None:
    reference = world.request()
    lose(world, "outbox", "detail", "id > (select min(id) from outbox)")
    page = world.open(world.mail(REQUESTER))
    page.choose("withdrawn")
    assert world.case(reference).outcome == Outcome.WITHDRAWN


def test_a_reminder_that_no_key_opens_does_not_keep_those_that_leave_together(
    world: World,
) -> None:
    with world.store.write() as db:
        outbox.add(db, [reminder("first"), reminder("lost"), reminder("third")])
    lose(world, "outbox", "detail", "id = 2")
    with world.store.write() as db:
        first = outbox.claim(db, MONDAY, timedelta(minutes=25), by="")
        assert first is not None
        more = outbox.claim_alike(
            db, first.mail, ["review_nudge"], "", MONDAY, timedelta(minutes=25), by=""
        )
    assert [one.mail.message_id for one in (first, *more)] == ["first", "third"]


def test_a_delivery_that_no_key_opens_keeps_no_other_from_becoming_a_request(
    world: World,
) -> None:
    world.submit()
    lose(world, "deliveries", "response_id")
    world.submit(QID2_TEXT="somebody.else@example.org")
    world.work()

    assert len(world.references) == 1
    assert world.mails("somebody.else@example.org")
    found = world.store.read().execute("select trouble, next_at from deliveries order by id")
    trouble, next_at = found.fetchone()
    assert trouble == "error"
    assert next_at is not None


def test_an_alarm_that_no_key_opens_is_told_without_its_detail(world: World) -> None:
    with world.store.write() as db:
        alarms.sound(db, "api_refused", "SV_x", world.clock())
    lose(world, "alarms", "detail")
    world.work()
    assert "Qualtrics refuses our API access (its detail cannot be read)" in " ".join(
        world.mail(SAM).text.split()
    )


def test_any_number_of_damaged_requests_keeps_no_moment_of_another_from_being_kept(
    world: World,
) -> None:
    reference = world.request()
    with world.store.write() as db:
        for number in range(150):
            db.execute(
                "insert into cases (reference, revision, version, document, is_open, next_at)"
                " values (?, 1, 1, '{', 1, '2026-11-01T00:00:00Z')",
                [f"PS-{number:05}"],
            )
    world.clock.now = world.case(reference).promises[0].due_at
    before = len(world.mailbox.messages)
    moments = world.worker.rounds["moments"]
    for _ in range(5):
        moments()
    world.work()
    assert len(world.mailbox.messages) > before


def test_a_reminder_of_a_damaged_request_does_not_keep_those_of_others_that_leave_with_it(
    world: World,
) -> None:
    damaged = world.request()
    world.submit(QID2_TEXT="somebody.else@example.org", QID3_TEXT="860-555-0133")
    world.passes(minutes=11)
    (other,) = {*world.references} - {damaged}
    world.passes(minutes=10)
    before = len(world.mails(JORDAN))
    world.clock.now = max(world.case(one).promises[0].next_at for one in (damaged, other))
    world.worker.rounds["moments"]()
    waiting = [one.mail for one in outbox.waiting(world.store.read())]
    assert sum(mail.person == "jordan-reyes" for mail in waiting) == 2
    world.loses_document(damaged)
    world.passes(minutes=2)
    assert len(world.mails(JORDAN)) == before + 1
    assert other in world.mail(JORDAN).subject


def test_moments_that_no_key_opens_keep_nobody_from_their_page(world: World) -> None:
    world.request()
    lose(world, "outbox", "delayed_at")
    lose(world, "outbox", "returned_since")
    assert world.open(world.mail(JORDAN)).status == 200
    assert health(world)["wrong"] == []


@pytest.mark.parametrize("damaged", ["PS-7K3QF", "2026-11-23T15:00:00"])
def test_a_damaged_moment_is_not_quoted(damaged: str) -> None:
    with pytest.raises(ValueError, match=r"^A stored moment is damaged$"):
        unstamp(damaged)
