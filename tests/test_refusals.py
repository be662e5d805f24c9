"""What a page refuses, in the time in which it refuses all else."""

import pytest

from pages.access.timing import SHORT_STEP_SECONDS
from tests.twice import again, merge, page_of
from tests.world import JORDAN, PRIYA, World

OTHER = {
    "QID1_TEXT": "Robin Vale",
    "QID2_TEXT": "robin.vale@example.org",
    "QID3_TEXT": "860-555-0142",
}


def test_no_refusal_tells_by_its_time_whether_a_lost_request_goes_on(world: World) -> None:
    """One that goes on is read before it is refused; one that was withdrawn is not there."""
    reference, gone = world.request(), "PS-GGGGG"
    mail = world.mail(JORDAN, reference)
    decided = world.open(mail)
    decided.choose("handed_over")
    world.passes(minutes=16)
    offered = world.own_page(JORDAN).person.look(f"{world.url}/board")
    refused = {
        "the board": offered.choose(reference),
        "the board, about one that is gone": offered.choose(gone),
        "the link": world.open(mail),
        "the page": decided.again(),
        "an answer": decided.choose("called"),
    }
    took = {what: page.answer.elapsed.total_seconds() for what, page in refused.items()}
    assert {page.status for page in refused.values()} == {403, 404, 410}
    assert [what for what, seconds in took.items() if seconds < SHORT_STEP_SECONDS] == []


@pytest.mark.parametrize("minutes", [None, 0, 1, 11], ids=["before the worker", "0", "1", "11"])
def test_an_open_page_closes_alike_if_its_request_is_withdrawn_or_kept_from_its_reader(
    world: World, minutes: int | None
) -> None:
    """From the moment on: the list of open pages, the page itself, and the links of its mails."""
    seen = dict[str, object]()
    for way in ("withdrawn", "lost"):
        reference = world.request(**(OTHER if way == "withdrawn" else {}))
        page, mail = page_of(world, reference, PRIYA), world.mail(PRIYA, f"{reference}:")
        newer = again(world, QID11_TEXT="Priya Nair") if way == "lost" else ""
        if newer:
            assert merge(world, reference, newer, JORDAN).status == 200
        else:
            theirs = world.open(world.mail(OTHER["QID2_TEXT"], reference))
            assert theirs.choose("withdrawn").status == 200
        if minutes is not None:
            world.passes(minutes=minutes)
        told = (page.again().text, page.choose("call_taken").text, world.open(mail).text)
        listed = len(world.own_page(PRIYA).values("end_visit"))
        seen[way] = (listed, *(text.replace(reference, "PS") for text in told))
        world.passes(hours=1)
    assert seen["withdrawn"] == seen["lost"]
