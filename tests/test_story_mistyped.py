"""An address that looks mistyped is mailed only after a reviewer said which one it is."""

import pytest

from pages.forms import NOBODY
from tests.world import JORDAN, Page, World

TYPED, MEANT = "jamie.quill@gmial.com", "jamie.quill@gmail.com"


def looked(world: World) -> Page:
    """Open what reviewers see of how to reach the person."""
    page = world.open(world.mail(JORDAN, "review"))
    assert "looks mistyped, or may mean more than one" in page.text
    assert TYPED not in page.text
    return page.choose("identity")


def test_nobody_is_mailed_at_an_address_that_looks_mistyped(world: World) -> None:
    world.request(QID2_TEXT=TYPED)
    assert world.mails(TYPED) == world.mails(MEANT) == []
    page = looked(world)
    assert page.values("address") == [MEANT, TYPED, NOBODY]
    assert page.choose("recognized", asks="address").status == 400
    done = page.choose("recognized", asks="address", address=MEANT)
    assert "looks mistyped" not in done.text
    world.work()
    assert "We got your request" in world.mail(MEANT).text
    assert world.mails(TYPED) == []


@pytest.mark.parametrize(("answer", "mailed"), [(TYPED, 1), (NOBODY, 0)])
def test_a_reviewer_may_find_that_it_is_right_or_none_of_them(
    world: World, answer: str, mailed: int
) -> None:
    reference = world.request(QID2_TEXT=TYPED)
    looked(world).choose("recognized", asks="address", address=answer)
    world.work()
    assert len(world.mails(TYPED)) == mailed
    assert world.mails(MEANT) == []
    assert world.case(reference).facts.is_mailable is bool(mailed)
    assert "looks mistyped" not in world.open(world.mail(JORDAN, "review")).text


def test_an_address_that_nobody_proposed_is_not_taken(world: World) -> None:
    world.request(QID2_TEXT=TYPED)
    page = looked(world)
    page.choose("recognized", asks="address", address="thief@example.org")
    world.work()
    assert world.mails("thief@example.org") == []
    assert "looks mistyped" in world.open(world.mail(JORDAN, "review")).text
