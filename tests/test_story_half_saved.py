"""A file that is saved slowly, cut off or gone for a moment is no decision about anybody."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.program_files import NEW_LINE, about_files, add_supporter, files_of, remove_supporters
from tests.test_story_supporters import BETH, says
from tests.world import JORDAN, World
from worker.watching import STILL


@pytest.fixture
def patient(world: World) -> World:
    """A worker that waits whether a file that looks cut off is still being saved."""
    world.work()
    files_of(world.worker).stillness = STILL
    return world


def without(world: World, address: str) -> str:
    """Take a supporter's line out of the roster; return the whole roster."""
    whole = roster(world).read_text()
    remove_supporters(world, lambda line: address not in line)
    return whole


def roster(world: World) -> Path:
    return world.folder / "config/supporters.csv"


@pytest.mark.parametrize("bring", [World.offered, lambda world: world.matched()[0]])
def test_a_supporter_who_is_missing_for_a_moment_keeps_their_request(
    world: World, bring: Callable[[World], str]
) -> None:
    reference = bring(world)
    before, supporter = world.case(reference), world.asked(reference)
    link = world.mail(supporter)
    whole = without(world, supporter)
    world.work()
    (mail,) = about_files(world)
    stays = "who has 1 open request: it stays with them for 30 minutes, and then it goes back"
    assert stays in mail.text
    assert world.open(link).status == 200
    world.passes(minutes=20)
    # Another change in between gives them no more time, and takes none away.
    add_supporter(world)
    world.work()
    assert world.mailbox.messages[-1].text.count("removed") == 0
    roster(world).write_text(whole)
    world.work()
    world.passes(minutes=20)
    after = world.case(reference)
    assert (after.state, after.current_offer) == (before.state, before.current_offer)
    assert "supporter_gone" not in world.events(reference)


def test_nothing_new_goes_to_a_supporter_who_is_missing(world: World) -> None:
    world.request()
    assert "beth-lindgren" in world.open(world.mail(JORDAN)).values("first")
    without(world, BETH)
    world.work()
    assert "beth-lindgren" not in world.open(world.mail(JORDAN)).values("first")


def test_a_supporter_who_stays_missing_loses_the_request_after_a_while(world: World) -> None:
    reference, supporter = world.matched()
    without(world, supporter)
    world.work()
    world.passes(minutes=20)
    add_supporter(world)
    world.passes(minutes=9)
    assert world.events(reference)[-1] == "accepted"
    world.passes(minutes=2)
    assert world.events(reference)[-1] == "supporter_gone"
    assert "is no longer on the list" in world.mail(JORDAN).text


def test_a_missing_line_takes_no_rest_away(world: World) -> None:
    says(world, BETH, "rest_2")
    whole = without(world, BETH)
    world.passes(minutes=10)
    roster(world).write_text(whole)
    world.passes(minutes=10)
    assert "You’re resting until" in world.own_page(BETH).text


def test_a_program_cut_off_between_two_tables_waits_until_it_is_still_and_confirmed(
    patient: World,
) -> None:
    path = patient.folder / "config/program.toml"
    whole = path.read_text()
    path.write_text(whole[: whole.index("[digest]")])
    patient.passes(seconds=30)
    path.write_text(whole)
    patient.passes(minutes=5)
    assert about_files(patient) == []

    path.write_text(whole[: whole.index("[digest]")])
    patient.work()
    patient.passes(minutes=2)
    (mail,) = about_files(patient)
    assert "please confirm" in mail.subject
    assert "program.toml no longer has [digest]" in mail.text


@pytest.mark.parametrize(
    ("file", "kept"),
    [
        # In the middle of a line, of a text, between two tables, of the first one.
        ("supporters.csv", 1_200),
        ("program.toml", 2_000),
        ("program.toml", 500),
        ("resources.toml", 700),
        ("survey.toml", 0),
        ("supporters.csv", None),
    ],
)
def test_a_file_that_is_cut_off_or_gone_for_a_moment_mails_nobody(
    patient: World, file: str, kept: int | None
) -> None:
    path = patient.folder / "config" / file
    whole = path.read_bytes()
    path.unlink()
    if kept is not None:
        path.write_bytes(whole[:kept])
    patient.work()
    patient.passes(seconds=50)
    path.write_bytes(whole)
    patient.passes(minutes=2)
    assert about_files(patient) == []


def test_a_roster_whose_last_line_does_not_end_is_adopted_after_a_minute(patient: World) -> None:
    add_supporter(patient, NEW_LINE.rstrip())
    patient.work()
    patient.passes(seconds=40)
    assert about_files(patient) == []
    patient.clock.now += timedelta(seconds=25)
    patient.work()
    assert "Zoe Hart" in about_files(patient)[0].text
