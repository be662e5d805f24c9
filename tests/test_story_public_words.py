"""What everybody may read of the mails must not tell whether a mail left that anybody can cause."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import outbox
from store.mail import returned
from tests.nominating import SAM_LEE, Nominating
from tests.referring import KIM, Referring
from tests.returns import living_with_returns, passes_in_steps
from tests.test_story_relay import health
from tests.world import JORDAN, PRIYA, REQUESTER, SAM, Browser, World

#: Readers of mails that anybody can cause: by the form about colleagues, a nomination, at /link.
NAMED = (KIM, SAM_LEE, REQUESTER)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living_with_returns(tmp_path) as alive:
        Referring.begin(alive)
        Nominating.begin(alive)
        alive.request()
        alive.passes(minutes=11)
        yield alive


def name_each(world: World) -> None:
    Referring(world).refer(KIM)
    Nominating(world).nominate(email=SAM_LEE)
    Browser().look(f"{world.url}/link").choose("", address=REQUESTER)
    world.until_links_are_mailed()


def waiting(world: World) -> set[str]:
    return {one.mail.email for one in outbox.waiting(world.store.read())}


def test_a_full_mailbox_does_not_show_that_we_wrote_to_it(world: World) -> None:
    for address in NAMED:
        world.mailbox.refuse_address_with[address] = "452 4.2.2 Mailbox full"
    name_each(world)
    passes_in_steps(world, 50)
    assert waiting(world) == {"referred", "nominated", "fresh_link"}
    assert health(world) == []


@pytest.mark.parametrize("reply", ["550 5.7.1 Client not authorized", "550 5.1.1 No such mailbox"])
def test_a_refusal_does_not_show_that_we_wrote(world: World, reply: str) -> None:
    for address in NAMED:
        world.mailbox.refuse_address_with[address] = reply
    name_each(world)
    world.passes(seconds=21)
    assert waiting(world) == {"referred", "nominated", "fresh_link"}
    assert health(world) == []


def test_reports_on_such_mails_alone_say_nothing(world: World) -> None:
    for address in NAMED:
        world.mailbox.return_address_with[address] = "5.7.1"
    name_each(world)
    world.passes(minutes=2)
    assert len([one for one in world.rows("outbox", "result") if one == ("returned",)]) == 3
    assert health(world) == []


def test_a_fault_does_not_end_when_such_mails_stay(world: World) -> None:
    """Whoever forges reports on two mails of their own could look when the fault is over."""
    for address in (JORDAN, PRIYA, SAM):
        world.mailbox.return_address_with[address] = "5.7.1"
    world.submit(QID1_TEXT="Robin Vale", QID2_TEXT=None, QID3_TEXT="860-555-0123")
    world.work()
    world.passes(minutes=11)
    world.passes(minutes=1)
    assert health(world) == ["mail_settings"]
    since = world.clock.now
    name_each(world)
    for _ in range(13):
        world.passes(minutes=1)
    assert {*NAMED} <= {m.recipients[0] for m in world.mailbox.messages[-4:]}
    assert health(world) == ["mail_settings"]
    # When a mail that came back is given up, whoever caused it could see by this whether one left.
    assert not returned.has_another_stayed(
        world.store.read(), "jordan-reyes", since, world.clock.now
    )
