"""What a coordinator sees may be over by the time they press a button."""

import pytest

from tests.nominating import SAM_LEE, Nominating, in_training, named, numbers, plan
from tests.world import JORDAN, PRIYA, SAM, World


@pytest.fixture
def nominating(world: World) -> Nominating:
    return Nominating.begin(world)


@pytest.mark.parametrize("choice", ["invite", "ready", "decline"])
def test_who_says_no_meanwhile_is_not_added_by_a_page_that_is_older(
    nominating: Nominating, choice: str
) -> None:
    world = nominating.world
    theirs = nominating.willing()
    page = nominating.nominees(JORDAN)
    theirs.choose("no")
    mails = len(world.mails(SAM_LEE))
    late = page.choose(choice, nominee=page.values("nominee")[0])
    world.work()
    assert late.status == 409
    assert "nothing was changed" in late.text
    assert (world.mails(SAM, "edit your files"), len(world.mails(SAM_LEE))) == ([], mails)


def test_who_was_invited_hears_it_once(nominating: Nominating) -> None:
    world = nominating.world
    nominating.willing()
    first, second = nominating.nominees(JORDAN), nominating.nominees(PRIYA)
    for page in (first, second):
        assert page.choose("invite", nominee=page.values("nominee")[0]).status == 200
    world.work()
    assert len(world.mails(SAM_LEE, "train you")) == 1


def test_a_page_about_nominees_decides_about_nobody_else(nominating: Nominating) -> None:
    world = nominating.world
    plan(world, "only", "lunch-and-learn", "2026-12-01")
    in_training(nominating)
    guest = numbers(world)[-1]
    page = nominating.nominees(JORDAN)
    for choice in ("invite", "ready", "decline", "remove"):
        assert page.choose(choice, nominee=named(world, guest)).status == 409
    assert world.open(world.mail(SAM_LEE, "can you come")).choose("yes").status == 200
