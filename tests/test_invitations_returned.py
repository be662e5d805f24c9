"""A mail to somebody who is asked comes back: nobody learns by it that they were named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nominating import SAM_LEE, Nominating
from tests.reaching_out import begin
from tests.referring import KIM, Referring
from tests.world import JORDAN, PRIYA, SAM, World, example_config, living

NURSE = "nurse1@example.org"
NO_SUCH_MAILBOX = "550 5.1.1 No such mailbox"


@pytest.fixture
def early(tmp_path: Path) -> Iterator[World]:
    """The world with the digest on."""
    with living(tmp_path, example_config(tmp_path, digest_at="08:00")) as world:
        world.work()
        yield world


def ask(world: World, address: str, of: str) -> None:
    """Have somebody asked at an address of theirs, in the way in which they come to be asked."""
    if of == KIM:
        Referring.begin(world).refer(address)
    elif of == SAM_LEE:
        Nominating.begin(world).nominate(email=address)
    else:
        begin(world, [address])


def passes_days(world: World, days: int) -> None:
    for _ in range(days * 12):
        world.passes(hours=2)


@pytest.mark.parametrize("of", [KIM, SAM_LEE, NURSE])
def test_no_digest_and_no_alarm_counts_a_mail_to_somebody_who_is_asked(
    early: World, of: str
) -> None:
    early.mailbox.refuse_address_with[of] = NO_SUCH_MAILBOX
    ask(early, of, of)
    passes_days(early, 2)
    assert early.mails(of) == []
    assert [m for m in early.mails(PRIYA) if "delivered" in m.text] == []
    for told in ("refused an email", "could not be delivered"):
        assert [m for m in early.mails(SAM) if told in m.text] == []


@pytest.mark.parametrize("of", [KIM, SAM_LEE, NURSE])
def test_it_goes_to_the_mailbox_that_is_not_asked_again(early: World, of: str) -> None:
    """Most servers refuse what follows a "+", which would tell whoever typed it that we wrote."""
    typed = of.replace("@", "+q7@")
    early.mailbox.refuse_address_with[typed] = NO_SUCH_MAILBOX
    ask(early, typed, of)
    passes_days(early, 1)
    assert len(early.mails(of)) == 1
    assert early.open(early.mail(of)).choose("no").status == 200


def test_nominees_do_not_tell_a_coordinator_who_said_never(world: World) -> None:
    nominating, typed = Nominating.begin(world), SAM_LEE.replace("@", "+q7@")
    world.mailbox.refuse_address_with[typed] = NO_SUCH_MAILBOX
    pages = []
    for said in ("", "never"):
        if said:
            world.open(world.mail(SAM_LEE)).choose(said)
        nominating.nominate(email=typed)
        passes_days(world, 1)
        pages.append(nominating.nominees(JORDAN).text)
    assert pages[0] == pages[1]


@pytest.mark.parametrize("of", [KIM, SAM_LEE])
def test_whom_no_mail_reached_is_asked_when_somebody_names_them_again(
    early: World, of: str
) -> None:
    early.mailbox.refuse_address_with[of] = NO_SUCH_MAILBOX
    ask(early, of, of)
    passes_days(early, 15)
    del early.mailbox.refuse_address_with[of]
    early.passes(days=40)
    if of == KIM:
        Referring(early).refer(of, by="Lee Park")
    else:
        Nominating(early).nominate(email=of, by="Lee Park")
    assert len(early.mails(of)) == 1
