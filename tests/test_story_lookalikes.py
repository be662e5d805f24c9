"""Somebody files the form in a colleague’s name, and a coordinator takes both for one person’s."""

import pytest

from tests.twice import again, merge
from tests.world import REQUESTER, World


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
