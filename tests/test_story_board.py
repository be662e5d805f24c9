"""Pages of one's own: the link to them, and the board of open requests."""

import pytest

from tests.world import DAVID, JORDAN, REQUESTER, RUTH, SAM, Browser, World, link_in

AMARA = "amara.cole@example.org"


@pytest.mark.parametrize("address", [JORDAN, DAVID, RUTH, AMARA])
def test_whoever_reviews_or_supports_gets_the_link_to_their_page(
    world: World, address: str
) -> None:
    world.ask_for_link(f" {address.upper()} ")
    page = world.open(world.mail(address, "your page"))
    assert page.status == 200
    assert address.partition(".")[0] in page.text.lower()


def test_the_answer_never_tells_who_is_on_our_lists(world: World) -> None:
    reference = world.request()
    mailed = len(world.mailbox.messages)
    known = world.ask_for_link(JORDAN)
    unknown = [world.ask_for_link(a) for a in (REQUESTER, SAM, "nobody@example.org", "@")]
    assert {page.text for page in unknown} == {known.text}
    assert {page.status for page in unknown} == {known.status}
    assert len(world.mailbox.messages) == mailed + 1
    written = world.store.read().execute("select person from outbox where case_id is null")
    assert written.fetchall() == [("jordan-reyes",)], "the unknown leave nothing behind"
    assert reference not in known.text


def test_a_link_is_mailed_once_in_ten_minutes(world: World) -> None:
    for _ in range(3):
        world.ask_for_link(JORDAN)
    assert len(world.mails(JORDAN)) == 1
    world.passes(minutes=10)
    world.ask_for_link(JORDAN)
    assert len(world.mails(JORDAN)) == 2


def test_an_own_page_needs_its_link_and_closes_after_half_an_hour(world: World) -> None:
    stranger = Browser().look(f"{world.url}/me")
    assert "Get the link to your page" in stranger.text
    page = world.own_page(JORDAN)
    assert "Jordan Reyes" in page.text
    world.clock.now = world.clock.now.replace(minute=world.clock.now.minute + 30)
    assert "Get the link to your page" in page.again().text


def test_an_old_link_to_an_own_page_can_be_renewed(world: World) -> None:
    world.ask_for_link(JORDAN)
    old = link_in(world.mail(JORDAN))
    world.passes(days=31)
    page = Browser().open(old)
    assert page.status == 410
    page.choose("fresh")
    world.work()
    assert "Jordan Reyes" in world.open(world.mail(JORDAN)).text


def test_who_leaves_the_program_loses_their_page(world: World) -> None:
    page = world.own_page(AMARA)
    roster = world.folder / "config/supporters.csv"
    lines = [line for line in roster.read_text().splitlines() if "amara" not in line]
    roster.write_text("\n".join(lines) + "\n")
    world.work()
    assert page.again().status == 403
    assert world.ask_for_link(AMARA).status == 200
    assert len(world.mails(AMARA)) == 1
