"""Stories of somebody with two ids, a coordinator's and a supporter's: an exclusion means both."""

import pytest

from casebook.sight.gains import gains
from program import Program
from tests.program_files import add_supporter, look, remove_supporters
from tests.test_story_not_wanted import possible
from tests.test_story_units import TWIN, checked
from tests.world import JORDAN, PRIYA, World

MARCUS = "marcus.bell@example.org"
SURGERY: dict[str, object] = {"QID6": 2, "QID7_TEXT": "Surgery 4 East"}


@pytest.fixture
def twice(world: World) -> World:
    """Marcus Bell, a coordinator, is a supporter too, spelled otherwise and without a phone."""
    add_supporter(world, TWIN.format("Mac Quorn"))
    look(world)
    assert "marcus-b" in world.engine.program.supporters
    return world


@pytest.mark.parametrize(
    "says",
    [{"QID11_TEXT": "Marcus Bell"}, {"QID11_TEXT": "Mac Quorn"}, {"QID3_TEXT": "860-555-0103"}],
    ids=["one name", "the other name", "the phone of one"],
)
def test_who_is_kept_from_a_request_is_kept_from_it_as_both(
    twice: World, says: dict[str, object]
) -> None:
    """The phone of a requester is that of Marcus: he asked for himself."""
    reference = twice.request(**SURGERY, **says)
    assert "marcus-b" not in possible(twice, reference)
    reviewing = twice.engine.casebook.load(reference).reviewing
    assert not reviewing.may_act("marcus-bell")
    assert not twice.mails(MARCUS, reference)


def test_a_request_that_names_nobody_may_reach_both(twice: World) -> None:
    reference = twice.request(**SURGERY)
    assert "marcus-b" in possible(twice, reference)
    assert twice.mails(MARCUS, reference)


def test_who_asked_as_one_is_asked_for_nobody_as_the_other(twice: World) -> None:
    twice.request(**SURGERY, QID3_TEXT="860-555-0103")
    assert "marcus-b" not in twice.engine.casebook.supported, "from tomorrow"
    twice.passes(days=1)
    assert "marcus-b" in twice.engine.casebook.supported


def test_a_spelling_that_goes_with_the_other_id_waits_for_a_coordinator(twice: World) -> None:
    """Who named him by it would not keep him away any more."""
    before = twice.engine.program
    remove_supporters(twice, lambda line: not line.startswith("marcus-b,"))
    after = Program.load(twice.folder / "config")
    told = "Marcus Bell would no longer be recognized as Mac Quorn"
    assert told in [gain.what for gain in gains(before, after)]
    tried = "Marcus Bell would be recognized as Mac Quorn, too"
    assert tried in [gain.what for gain in gains(after, before)]


SECOND = "jordan-2,Jordan Reyes,{},,,no,daily,nurse,,surgery,{},,en,,1,2026-03-10,,paused\n"


@pytest.mark.parametrize(
    ("address", "unit", "told"),
    [
        ("jamie.quill@example.org", "", "Jordan Reyes would be recognized by a new address"),
        (JORDAN, "Night Float", "Jordan Reyes would count as working in Night Float"),
    ],
)
def test_a_second_entry_that_would_keep_somebody_from_more_waits_for_a_coordinator(
    world: World, address: str, unit: str, told: str
) -> None:
    """An admin could choose who of two coordinators reads the request of a certain person."""
    reference = world.request()
    add_supporter(world, SECOND.format(address, unit))
    look(world)
    assert world.engine.casebook.load(reference).reviewing.may_act("jordan-reyes")
    assert told in world.mail(PRIYA, "a change needs your yes").text


def test_the_check_says_where_two_entries_of_one_person_lead_otherwise(twice: World) -> None:
    said = " ".join(checked(twice).split())
    assert 'leads nothing here, and "Operating Rooms" as people.marcus-bell' in said
