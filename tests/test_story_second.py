"""Stories of a second way to be reached that nobody reads, and of whoever waits behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.returns import living_with_returns, passes_in_steps
from tests.twice import again, confirm, merge, merged, page_of
from tests.world import JORDAN, REQUESTER, World
from workflow.model import PromiseKind

OTHER = "partner@example.org"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living_with_returns(tmp_path) as alive:
        yield alive


def correct(world: World) -> None:
    page = world.open(world.mails(REQUESTER)[0])
    assert page.choose("contact_corrected", email=OTHER, how=["mail"]).status == 200
    world.work()


@pytest.mark.parametrize("way", ["returned", "refused"])
def test_a_corrected_address_that_does_not_exist_never_takes_over(world: World, way: str) -> None:
    reference = world.request()
    if way == "returned":
        world.mailbox.return_address_with[OTHER] = "5.1.1"
    else:
        world.mailbox.refuse_address_with[OTHER] = 550
    correct(world)
    passes_in_steps(world, 30)
    assert world.case(reference).promise(PromiseKind.CORRECTION) is None
    world.submit(QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org", QID3_TEXT=None)
    passes_in_steps(world, 60)
    told = world.mail(JORDAN, "didn’t get through")
    assert "the second address for this request" in told.text
    assert OTHER not in told.text
    for _ in range(10):
        world.passes(hours=3)
    own = world.engine.casebook.load(reference).own
    assert own is not None
    assert own.email == REQUESTER
    assert "contact_confirmed" not in world.events(reference)
    page = world.open(told)
    assert "couldn’t be delivered" in page.text
    page.choose("contact_refused", confirmation=page.values("confirmation")[0])
    assert world.case(reference).confirmation is None


def test_a_question_that_leaves_after_the_note_came_back_begins_no_day(world: World) -> None:
    reference = world.request()
    world.mailbox.return_address_with[OTHER] = "5.1.1"
    world.mailbox.refuse_address_with[REQUESTER] = 451
    correct(world)
    passes_in_steps(world, 60)
    world.mailbox.refuse_address_with.clear()
    passes_in_steps(world, 60)
    assert world.mails(REQUESTER, "was this you?")
    assert world.case(reference).promise(PromiseKind.CORRECTION) is None
    assert confirm(world, REQUESTER).status == 200, "they may still say yes, and know why"


def test_who_waits_behind_an_unconfirmed_merge_hears_that_we_are_late(world: World) -> None:
    older = world.request()
    world.passes(days=1)
    newer = again(world, QID2_TEXT=OTHER)
    assert merge(world, older, newer).status == 200
    world.passes(hours=60)
    before = len(world.mails(OTHER))
    world.passes(hours=12)
    (mail,) = world.mails(OTHER)[before:]
    page = world.open(mail)
    assert newer in mail.subject + mail.text
    assert older not in mail.subject + mail.text + page.text
    world.passes(hours=2)
    assert len(world.mails(OTHER)) == before + 1


@pytest.mark.parametrize("end", ["confirmed", "separated"])
def test_it_is_said_once_and_only_while_it_is_so(world: World, end: str) -> None:
    merged(world, QID2_TEXT=OTHER)
    page = world.open(world.mail(REQUESTER, "was this you?"))
    choice = "contact_confirmed" if end == "confirmed" else "separated"
    page.choose(choice, confirmation=page.values("confirmation")[0])
    world.work()
    for _ in range(27):
        world.passes(hours=3)
    sent = [r for e, r in world.rows("outbox", "email", "result") if (e, r) == ("delayed", "sent")]
    assert len(sent) == (1 if end == "confirmed" else 2)


def test_reviewers_hear_that_the_second_address_of_a_merged_request_gets_nothing(
    world: World,
) -> None:
    older = world.request()
    world.mailbox.return_address_with[OTHER] = "5.1.1"
    newer = again(world, QID2_TEXT=OTHER)
    assert merge(world, older, newer).status == 200
    passes_in_steps(world, 60)
    told = world.mail(JORDAN, "didn’t get through")
    assert older in told.subject
    assert "the second address for this request" in told.text
    assert "couldn’t be delivered" in page_of(world, older).text
