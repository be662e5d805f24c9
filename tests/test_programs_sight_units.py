"""A unit that the admins' files name for the first time may be one that leaders were kept from."""

import pytest

from casebook.sight.gains import deciders, gains
from tests.program_files import change, look
from tests.test_programs_sight import BEFORE, PEOPLE, ROSTER, edited
from tests.world import PRIYA, World

NIGHT = '[units.night-float]\nname = "Night Float"\n'
MARCUS_SEES = "Marcus Bell might also see requests from Hybrid Suite, or a unit called alike"


@pytest.mark.parametrize(
    "change",
    [
        (PEOPLE, NIGHT, f'[units.guess]\nname = "Hybrid Suite"\n\n{NIGHT}'),
        (PEOPLE, NIGHT, f'{NIGHT}also = ["Hybrid Suite"]\n'),
        (ROSTER, "Trauma Bay", "Hybrid Suite"),
    ],
)
def test_a_unit_that_nobody_knew_may_be_one_from_which_leaders_were_kept(
    change: tuple[str, str, str],
) -> None:
    found = gains(BEFORE, edited(change))
    assert MARCUS_SEES in {one.what for one in found if one.id == "marcus-bell"}
    assert any("supporters who lead a unit might also be asked" in one.what for one in found)
    assert not {"marcus-bell", "hannah-oyelaran"} & {*deciders(BEFORE, edited(change))}


def test_one_of_two_units_with_the_same_number_that_goes_away_makes_the_other_certain() -> None:
    """ "4 West" could be either of two units: so it was unknown, and leaders were kept away."""
    two = edited((PEOPLE, NIGHT, f'[units.west]\nname = "Medicine 4 West"\n\n{NIGHT}'))
    assert "marcus-bell" in {one.id for one in gains(two, BEFORE)}
    other = edited((PEOPLE, NIGHT, f'[units.guess]\nname = "Hybrid Suite"\n\n{NIGHT}'))
    assert gains(other, BEFORE) == [], "a text that named it is unknown again"


def test_an_admin_cannot_open_a_request_to_a_leader_by_adding_its_unit(world: World) -> None:
    marcus = "marcus.bell@example.org"
    world.request(QID6=2, QID7_TEXT="Hybrid Suite")
    assert not world.mails(marcus), "he leads a unit there"
    change(world, PEOPLE, NIGHT, f'[units.guess]\nname = "Hybrid Suite"\n\n{NIGHT}')
    look(world)
    world.passes(minutes=30)
    assert not [mail for mail in world.mails(marcus) if "a change for you" not in mail.subject]
    assert world.mails(PRIYA, "a change needs your yes")


def test_a_coordinator_who_worked_in_a_unit_was_kept_from_whoever_wants_nobody_of_it() -> None:
    unit = BEFORE.people["priya-nair"].unit
    left, entered = gains(BEFORE, edited((PEOPLE, f'unit = "{unit}"', 'unit = "Recovery Room"')))
    assert f"would no longer count as working in {unit}" in left.what
    assert "would count as working in Recovery Room" in entered.what
