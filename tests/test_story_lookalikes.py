"""Somebody files the form in a colleague’s name, and a coordinator takes both for one person’s."""

import pytest

from tests.twice import again, confirm, merge, page_of
from tests.world import JORDAN, LINK, PRIYA, REQUESTER, Page, World

ROBIN: dict[str, object] = {
    "QID1_TEXT": "Robin Vale",
    "QID2_TEXT": "robin.vale@example.org",
    "QID3_TEXT": "860-555-0142",
}


@pytest.mark.parametrize(
    "changed",
    [{"QID10_1": 2}, {"QID5": 1}, {"QID1_TEXT": "Robin Vale"}, {"QID7_TEXT": "Trauma Bay"}],
    ids=["wish", "role", "name", "unit"],
)
def test_what_decides_who_hears_of_it_waits_for_the_requester(
    world: World, changed: dict[str, object]
) -> None:
    """Anybody can type the requester's address, and with it what leads to themselves."""
    older = world.request()
    before = world.engine.casebook.load(older)
    merge(world, older, again(world, **changed))
    after = world.engine.casebook.load(older)
    assert after.case.facts == before.case.facts
    assert before.identity is not None
    assert after.identity is not None
    assert (after.identity.name, after.identity.unit) == (
        before.identity.name,
        before.identity.unit,
    )
    world.passes(minutes=11)
    asks = world.mails(REQUESTER)[-1]
    page = world.open(asks)
    page.choose("contact_confirmed", confirmation=page.values("confirmation")[0])
    known = world.engine.casebook.load(older)
    assert (known.case.facts, known.identity) != (before.case.facts, before.identity)


def _seen_of(world: World, reference: str, page: Page, before: int) -> tuple[object, ...]:
    """Return all that Priya sees of a request that she could open, without its reference."""
    mails = [(m.subject, m.text) for m in world.mails(PRIYA)[before:]]
    mailed = [mail for mail in world.mails(PRIYA, reference) if LINK.search(mail.text)]
    links = [world.open(mail) for mail in mailed]
    pages = [(one.status, one.text) for one in (page.again(), *links)]
    board = reference in world.own_page(PRIYA).person.look(f"{world.url}/board").text
    return str((mails, pages)).replace(reference, "PS"), board


@pytest.mark.parametrize("excluded", ["older", "newer"])
def test_who_loses_a_request_to_a_merge_sees_what_a_withdrawal_shows(
    world: World, excluded: str
) -> None:
    """Or a page that closes without a word tells that there is another one, and whom it bars."""
    not_priya = {"QID11_TEXT": "Priya Nair"}
    older = world.request(**(not_priya if excluded == "older" else {}))
    newer = again(world, **(not_priya if excluded == "newer" else {}))
    lost = newer if excluded == "older" else older
    other = again(world, **ROBIN)
    pages = {reference: page_of(world, reference, PRIYA) for reference in (lost, other)}
    before = len(world.mails(PRIYA))
    assert merge(world, older, newer, JORDAN).status == 200
    world.passes(minutes=11)
    merged = _seen_of(world, lost, pages[lost], before)

    before = len(world.mails(PRIYA))
    theirs = world.open(world.mail(str(ROBIN["QID2_TEXT"]), other))
    assert theirs.choose("withdrawn").status == 200
    world.passes(minutes=11)
    assert merged == _seen_of(world, other, pages[other], before)


@pytest.mark.parametrize("address", [REQUESTER, "somebody.else@example.net"])
def test_nobody_is_asked_unseen_because_a_second_request_leaves_out_others(
    world: World, address: str
) -> None:
    """Somebody false could file it to steer who is asked; somebody real means it, so it counts."""
    older = world.request()
    first, second, *_ = page_of(world, older).values("first")
    newer = again(world, QID2_TEXT=address, QID11_TEXT=world.engine.program.supporters[first].name)
    assert merge(world, older, newer).status == 200
    world.work()
    page = page_of(world, older)
    assert page.values("first")[0] == second, "it counts at once"
    assert "A second request leaves out a colleague" in page.text
    names = world.engine.program.names
    assert names[first] not in page.text
    assert names[first] in page.choose("text").text
    assert page_of(world, older).choose("offered", first=second).status == 400
    assert world.case(older).offers == ()

    confirm(world, REQUESTER)
    page = page_of(world, older)
    assert "A second request" not in page.text
    assert page.choose("offered", first=second).status == 200
    assert first not in {one.supporter for one in world.case(older).offers}
