"""Mails in the admins' own words tell each reader no more than ours do."""

import pytest

from tests.program_files import look
from tests.world import PAGER, REQUESTER, SAM, World

EVERYTHING = (
    "{{ department }} {{ role_group }} {{ wishes|length }} {{ supporter_name }} {{ state }}"
    " {{ is_urgent }} {{ outcome }} {{ crisis_text }} {{ emergency_text }} {{ link }}"
)
NEWCOMER = "newcomer@example.org"


def words(world: World, email: str) -> None:
    """Let the admins' words for an e-mail ask for all that is known of a request."""
    world.work()
    folder = world.folder / "config/templates/email" / email
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text(EVERYTHING)
    look(world)
    assert "body.txt changed" in world.mail(SAM).text


def test_a_pager_hears_nothing_of_a_request(world: World) -> None:
    words(world, "ring")
    world.submit(QID12=2)
    world.work()
    assert world.mail(PAGER).text.split()[:3] == ["0", "False", "Call"]


def test_an_address_that_nobody_confirmed_hears_nothing_of_a_request(world: World) -> None:
    world.matched()
    words(world, "address_noted")
    page = world.open(world.mails(REQUESTER)[0])
    assert page.choose("contact_corrected", email=NEWCOMER, how=["mail"]).status == 200
    world.work()
    assert world.mail(NEWCOMER).text.split()[:3] == ["0", "False", "Call"]


@pytest.mark.parametrize("email", ["offer", "supporter_matched"])
def test_a_supporter_does_not_hear_where_the_requester_works(world: World, email: str) -> None:
    words(world, email)
    _, supporter = world.matched()
    (mail,) = [m for m in world.mails(supporter) if m.text.startswith("Nursing")]
    assert "Emergency" not in mail.text


@pytest.mark.parametrize("wish", ["rematch_asked", "not_heard"])
def test_a_supporter_does_not_hear_that_the_requester_asked_for_somebody_else(
    world: World, wish: str
) -> None:
    """The requester reads that they only hear that it is covered."""
    _, supporter = world.matched()
    folder = world.folder / "config/templates/email/taken_back"
    folder.mkdir(parents=True)
    (folder / "body.txt").write_text("It is {{ event }}. {{ outcome }}")
    look(world)
    assert world.open(world.mails(REQUESTER)[0]).choose(wish).status == 200
    world.passes(minutes=6)
    assert world.mails(supporter)[-1].text.strip() == "It is taken_back."
