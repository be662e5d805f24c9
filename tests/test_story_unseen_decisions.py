"""What reviewers decide unseen shows nowhere on the page of whoever filed the request."""

import re

import pytest

from tests.twice import again, page_of
from tests.world import JORDAN, PRIYA, Page, World


@pytest.mark.parametrize("unseen", ["same_request", "different_requests", "handed_over"])
def test_whoever_filed_it_sees_nothing_of_what_reviewers_find(world: World, unseen: str) -> None:
    """Only of a request that looks like another one does anybody say that it is or is not."""
    older = world.request()
    newer = again(world, QID2_TEXT="robin.vale@example.org")
    theirs = world.open(world.mail("robin.vale@example.org"))
    before = seen(theirs)
    other = {} if unseen == "handed_over" else {"other": older}
    assert page_of(world, newer).choose(unseen, **other).status == 200
    world.passes(minutes=1)
    assert seen(theirs) == before


def seen(page: Page) -> list[tuple[int, str]]:
    """Return what the page says, and what it answers to a form that no page of theirs has."""
    answers = page.again(), page.choose("submitted"), page.choose("told")
    return [(one.status, without_token(one)) for one in answers]


def without_token(page: Page) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.answer.text)


def test_a_supporter_sees_nothing_of_what_reviewers_decide_about_another_request(
    world: World,
) -> None:
    """Whoever filed it in a colleague's name would learn that there is one of that colleague."""
    older = world.request()
    newer = again(world, QID2_TEXT="decoy@home.example.com")
    page = page_of(world, newer)
    assert page.choose("offered", first=page.values("first")[0]).status == 200
    world.passes(minutes=6)
    theirs = world.open(world.mail(world.asked(newer), newer))
    before = theirs.again().values("version")
    assert page_of(world, newer).choose("different_requests", other=older).status == 200
    assert theirs.again().values("version") == before
    assert theirs.choose("accepted").status == 200


def test_who_stepped_back_reads_no_number_of_what_others_decided(world: World) -> None:
    page = page_of(world, world.request()).choose("handed_over")
    assert "Undo" in page.text
    assert page.values("version") == []


def test_a_reviewer_sees_nothing_of_what_others_find_about_a_request_kept_from_them(
    world: World,
) -> None:
    """Not even by a number that goes up: they would know that somebody does not want them."""
    older = world.request(QID11_TEXT="Jordan Reyes")
    newer = again(world, QID2_TEXT="robin.vale@example.org")
    page = page_of(world, newer, JORDAN)
    before = without_token(page.again())
    found = page_of(world, newer, PRIYA).choose("different_requests", other=older)
    assert found.status == 200
    assert without_token(page.again()) == before


def test_what_waits_to_be_confirmed_has_no_number_of_decisions(world: World) -> None:
    """Somebody corrects their own request, which they review themself, too."""

    def number() -> list[str]:
        asker = world.open(world.mails("robin.vale@example.org", newer)[-1])
        corrected = asker.choose(
            "contact_corrected", phone="860-555-0188", email="robin@home.example.org", how=["mail"]
        )
        assert corrected.status == 200, corrected.text
        return page_of(world, newer, PRIYA).values("confirmation")

    older = world.request()
    newer = again(world, QID2_TEXT="robin.vale@example.org")
    assert page_of(world, newer).choose("different_requests", other=older).status == 200
    world.passes(minutes=6)
    (told,) = number()
    assert not told.isdecimal()
