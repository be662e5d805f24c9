"""What a page refuses, in the time in which it refuses all else."""

from pages.access.timing import SHORT_STEP_SECONDS
from tests.world import JORDAN, World


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
