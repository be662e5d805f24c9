"""Stories of reports on reviewers' mails: whoever knows a Message-ID can write one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.bounces import maildir_at, report
from demo.mailbox import StoredMessage
from tests.returns import living_with_returns, passes_in_steps
from tests.standing_in import at, say
from tests.twice import again, merge
from tests.world import DAVID, ELENA, JORDAN, PRIYA, SAM, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with living_with_returns(tmp_path) as alive:
        yield alive


def report_on(world: World, mail: StoredMessage) -> None:
    """Let a report say that a mail's mailbox does not exist, whoever wrote it."""
    maildir_at(world.mailbox.returns_to).add(report(mail, "5.1.1"))
    passes_in_steps(world, 10, step=2)


def may_act(world: World, reference: str, person: str) -> bool:
    return world.engine.casebook.load(reference).reviewing.may_act(person)


def test_a_report_on_one_reviewers_mail_calls_no_deputy_while_another_got_theirs(
    world: World,
) -> None:
    """A forwarded mail carries the Message-ID, with which a deputy could call themselves."""
    reference = world.request()
    world.passes(minutes=15)
    report_on(world, world.mail(JORDAN, reference))
    assert ("undeliverable",) in world.rows("outbox", "result")
    assert world.mails(ELENA) == []
    assert not may_act(world, reference, "elena-fischer")
    assert (
        "email to a coordinator couldn’t be delivered"
        in world.mail(PRIYA, "didn’t get through").text
    )
    assert "jordan-reyes" in world.mail(SAM, "could not be delivered").text


def test_deputies_are_called_once_no_reviewer_got_a_mail(world: World) -> None:
    for one in (JORDAN, PRIYA):
        world.mailbox.return_address_with[one] = "5.1.1"
    reference = world.request()
    passes_in_steps(world, 40, step=5)
    assert world.mails(ELENA, "didn’t get through")
    assert may_act(world, reference, "elena-fischer")


def test_a_report_on_the_mail_of_a_former_reviewer_calls_nobody(world: World) -> None:
    """Two deputies who stood in could else call each other, though the coordinators are back."""
    for one in (JORDAN, PRIYA):
        say(world, one, "2026-11-24", "2026-11-24")
    at(world, 24, 9)
    reference = world.request()
    mail = world.mail(ELENA, reference)
    at(world, 25, 1)
    assert not may_act(world, reference, "elena-fischer")
    report_on(world, mail)
    at(world, 25, 9)
    assert world.mails(DAVID, "didn’t get through") == []
    assert not may_act(world, reference, "david-okafor")
    assert world.mails(JORDAN, "didn’t get through") == [], "there is no one to tell another way"


def test_a_stand_in_who_hears_of_anothers_lost_mail_is_not_called_by_it(world: World) -> None:
    for one in (JORDAN, PRIYA):
        say(world, one, "2026-11-24", "2026-11-24")
    at(world, 24, 9)
    reference = world.request()
    world.passes(minutes=15)
    report_on(world, world.mail(ELENA, reference))
    assert world.mails(DAVID, "didn’t get through")
    assert may_act(world, reference, "david-okafor"), "they stand in"
    at(world, 25, 9)
    assert not may_act(world, reference, "david-okafor")


def test_a_reviewers_lost_mail_says_nothing_of_the_second_address(world: World) -> None:
    """It was about the newer one of two requests, whose requester has yet to say it is theirs."""
    older = world.request()
    newer = again(world, QID2_TEXT="robin.ash@example.org")
    mail = world.mail(PRIYA, f"{newer}:")
    merge(world, older, newer)
    world.passes(minutes=15)
    report_on(world, mail)
    assert ("undeliverable",) in world.rows("outbox", "result")
    confirmation = world.case(older).confirmation
    assert confirmation is not None
    assert not confirmation.came_back
    told = world.mail(JORDAN, "didn’t get through").text
    assert "email to a coordinator couldn’t be delivered" in told
    assert not may_act(world, older, "elena-fischer")
