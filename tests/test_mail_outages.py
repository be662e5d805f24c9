"""A mail server that is down or refuses: everything is sent once, or a person is told."""

from collections import Counter

import pytest

from engine.trial import untried
from notifications.mail.mailer import Mailer
from settings import Settings
from store.workers import Claimant
from tests.outcomes import HOUR, health, results
from tests.world import JORDAN, MONDAY, PRIYA, REQUESTER, SAM, World
from worker import retries
from worker.reaching import Reach
from worker.sending import Sender
from worker.worker import Worker


def test_a_mail_is_tried_often_and_then_hourly() -> None:
    at, minutes = MONDAY, []
    while at < MONDAY + 8 * HOUR:
        minutes.append(int((at - MONDAY).total_seconds() / 60))
        at = retries.next_try(len(minutes), MONDAY, at)
    often = [1 + 5 * i for i in range(49)]
    assert minutes == [0, *often, *(often[-1] + 60 * i for i in (1, 2, 3))]


def test_while_the_mail_server_is_down_one_mail_a_minute_is_tried(world: World) -> None:
    world.mailbox.stop()
    world.submit()
    world.work()
    world.passes(minutes=11)
    for _ in range(25):
        before = attempts(world)
        world.passes(minutes=1)
        assert attempts(world) > before
    # One each minute; the other two every five minutes.
    assert attempts(world) <= 2 + 25 + 2 * (3 + 5)


def test_it_sends_everything_once_when_the_mail_server_is_back_after_four_hours(
    world: World,
) -> None:
    world.submit()
    world.work()
    world.worker.close()
    world.mailbox.stop()
    world.submit()
    for _ in range(48):
        world.passes(minutes=5)
    assert "oldest_unsent_mail" in health(world)["wrong"]
    world.mailbox.start()
    for _ in range(13):
        world.passes(minutes=5)

    subjects = Counter((m.recipients, m.subject) for m in world.mailbox.messages)
    assert set(subjects.values()) == {1}
    assert len(subjects) == 6  # two requests; a requester and two coordinators each
    assert "sent" in results(world)
    assert results(world).keys() == {"sent"}


@pytest.mark.parametrize("code", [421, 451])
@pytest.mark.parametrize("step", ["refuse_recipient_with", "refuse_data_with"])
def test_it_tries_again_when_the_server_says_later(world: World, code: int, step: str) -> None:
    setattr(world.mailbox, step, code)
    world.submit()
    world.work()
    assert results(world)["later"] == 1
    setattr(world.mailbox, step, None)
    world.passes(seconds=44)
    assert world.mails(REQUESTER) == []
    world.passes(seconds=1)
    assert len(world.mails(REQUESTER)) == 1


def test_it_tells_a_person_when_an_address_is_refused(world: World) -> None:
    world.mailbox.refuse_address_with[REQUESTER] = 550
    world.submit()
    world.work()
    for _ in range(4):
        world.passes(minutes=5)
    assert results(world)["undeliverable"] == 1
    assert "couldn’t be delivered" in world.mail(JORDAN, "didn’t get through").text
    assert "couldn’t be delivered" in world.mail(PRIYA, "didn’t get through").text
    world.passes(hours=1)
    assert world.mails(REQUESTER) == []


def test_it_tells_the_admins_when_a_coordinators_address_is_refused(world: World) -> None:
    world.submit()
    world.work()
    world.mailbox.refuse_address_with[JORDAN] = 550
    world.passes(minutes=11)
    world.passes(minutes=5)
    world.passes(minutes=1)
    assert "jordan-reyes" in world.mail(SAM).text, results(world)


def test_it_sends_again_with_the_same_id_when_the_server_hangs_after_the_data(
    world: World,
) -> None:
    impatient = worker_with(world, data_timeout=0.2)
    world.mailbox.hang_after_data = 0.6
    world.submit()
    impatient.run_once()
    assert results(world)["later"] == 1
    world.mailbox.hang_after_data = 0
    impatient.close()
    world.passes(minutes=1)
    first, second = world.mails(REQUESTER)
    assert first.parsed["Message-ID"] == second.parsed["Message-ID"]
    assert results(world)["sent"] == 1


def attempts(world: World) -> int:
    return sum(number for (number,) in world.rows("outbox", "attempts"))


def worker_with(world: World, data_timeout: float) -> Worker:
    settings: Settings = world.app.extensions["settings"]
    mailer = Mailer(
        settings.smtp_url,
        settings.mail_from,
        settings.mail_reply_to,
        clock=world.clock,
        data_timeout=data_timeout,
    )
    composer, desk = world.app.extensions["composer"](), world.app.extensions["service_address"]()
    claimant = Claimant(world.store)
    sender = Sender(lambda: world.engine, composer, desk, mailer, world.clock, claimant)
    client = world.app.extensions["client"]()
    reach = Reach(lambda: world.engine, world.clock, mailer)
    return Worker(
        lambda: world.engine, world.clock, client, (sender,), settings.config_dir, claimant, reach,
        untried,
    )  # fmt: skip
