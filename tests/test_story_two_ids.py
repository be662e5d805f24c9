"""Stories of somebody with two ids, a coordinator's and a supporter's: an exclusion means both."""

import pytest

from casebook.sight.gains import gains
from demo.mailbox import StoredMessage
from program import Program
from tests.asking import candidates, page_of
from tests.program_files import add_supporter, change, look, remove_supporters
from tests.test_story_not_wanted import possible
from tests.test_story_units import TWIN, checked
from tests.world import JORDAN, PRIYA, REQUESTER, World
from workflow.model import State

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


PRIYA_TOO = (
    "priya-sup,Priya Nair,priya.nair@example.org,,860-555-0102,yes,daily,nurse,,obstetrics,"
    "Surgical Services,Main Campus,en,,2,2026-03-10,2028-03-10,active\n"
)


@pytest.fixture
def priya_twice(world: World) -> World:
    """Priya Nair, a coordinator beside Jordan Reyes, is a supporter too."""
    add_supporter(world, PRIYA_TOO)
    look(world)
    assert "priya-sup" in world.engine.program.supporters
    return world


def supported_by_priya(world: World, **changed: object) -> str:
    """Bring a request to where Priya has said yes as a supporter; returns its reference."""
    reference = world.request(**changed)
    assert page_of(world, reference).choose("offered", first="priya-sup").status == 200
    world.passes(minutes=6)
    asked = next(mail for mail in world.mails(PRIYA, reference) if "yes or no" in mail.subject)
    assert world.open(asked).choose("accepted").status == 200
    world.passes(minutes=6)
    return reference


def last(world: World) -> StoredMessage:
    return world.mails(REQUESTER)[-1]


@pytest.mark.parametrize("choice", ["rematch_asked", "not_heard", "other_wanted"])
def test_whom_the_requester_would_not_talk_to_reviews_the_request_no_more(
    priya_twice: World, choice: str
) -> None:
    world = priya_twice
    if choice == "other_wanted":
        facts = "[survey.facts]\n"
        change(world, "survey.toml", facts, f'{facts}asks_first = {{ always = "yes" }}\n')
        look(world)
    reference = supported_by_priya(world)
    if choice == "not_heard":
        world.passes(days=3)
    before = len(world.mails(PRIYA))
    page = world.open(last(world))
    page.choose(choice, proposed=page.values("proposed"))
    world.passes(minutes=6)
    loaded = world.engine.casebook.load(reference)
    assert loaded.case.state is State.IN_REVIEW
    assert [one.id for one in loaded.reviewing.reviewers] == ["jordan-reyes"]
    assert not loaded.reviewing.may_act("priya-nair")
    told = world.mails(PRIYA)[before:]
    assert {mail.subject for mail in told} == {
        f"{reference}: nothing more for you to do",
        f"{reference}: nothing more to do",
    }, "she hears that it is over, and nothing else"
    assert world.mail(JORDAN, f"{reference}: back with you")


def test_who_was_refused_comes_back_with_an_undone_answer(priya_twice: World) -> None:
    world = priya_twice
    reference = supported_by_priya(world)
    done = world.open(last(world)).choose("rematch_asked")
    assert not world.engine.casebook.load(reference).reviewing.may_act("priya-nair")
    done.choose("undone")
    assert world.case(reference).state is State.MATCHED
    assert world.engine.casebook.load(reference).reviewing.may_act("priya-nair")


def test_who_was_refused_reviews_while_no_other_coordinator_is_here(priya_twice: World) -> None:
    world = priya_twice
    reference = supported_by_priya(world)
    world.open(last(world)).choose("rematch_asked")
    assert not world.engine.casebook.load(reference).reviewing.may_act("priya-nair")
    world.own_page(JORDAN).choose("away_open")
    world.passes(days=1)
    assert world.engine.casebook.load(reference).reviewing.may_act("priya-nair")


def test_who_stepped_back_is_not_proposed_as_the_other(priya_twice: World) -> None:
    world = priya_twice
    reference = world.request()
    assert "priya-sup" in candidates(world, reference)
    page_of(world, reference, PRIYA).choose("handed_over")
    assert "priya-sup" not in possible(world, reference)
    page = page_of(world, reference)
    assert "priya-sup" not in page.values("first")
    assert page.choose("offered", first="priya-sup").status == 409


def test_who_stepped_back_and_supports_goes_on_supporting(priya_twice: World) -> None:
    world = priya_twice
    reference = supported_by_priya(world)
    page_of(world, reference, PRIYA).choose("handed_over")
    world.passes(days=1)
    assert world.case(reference).state is State.MATCHED
