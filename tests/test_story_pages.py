"""What pages say only now and then: each is seen at least once."""

from tests.browser.gallery import PHONE_ONLY, UNREADABLE
from tests.world import JORDAN, REQUESTER, World


def test_the_requester_reads_again_what_was_recommended(world: World) -> None:
    world.request()
    page = world.open(world.mail(JORDAN))
    chosen = page.values("resource")[1]
    page.choose("referred", resource=[chosen])
    world.passes(minutes=6)
    mine = world.open(world.mail(REQUESTER)).text
    assert f"Recommended to you {world.engine.program.resources[chosen].name}" in mine


def test_what_must_be_told_says_everywhere_that_it_is_late(world: World) -> None:
    world.matched(**PHONE_ONLY)
    task = world.mail(JORDAN, "tell")
    world.passes(hours=50)
    page = world.open(task)
    for shown in (
        page,
        page.choose("identity"),
        world.own_page(JORDAN).person.look(f"{world.url}/board"),
    ):
        assert "t was due Tuesday, Nov 24" in shown.text


def test_who_allows_neither_texts_nor_calls_is_told_in_another_way(world: World) -> None:
    world.matched(QID4=["2"], QID3_TEXT=None)
    looked = world.open(world.mail(JORDAN, "tell")).choose("identity")
    assert "They allow neither texts nor calls." in looked.text


def test_answers_that_nobody_could_read_are_found_in_qualtrics(world: World) -> None:
    world.request(**UNREADABLE)
    looked = world.open(world.mail(JORDAN)).choose("identity")
    assert "The response in Qualtrics: R_" in looked.text
