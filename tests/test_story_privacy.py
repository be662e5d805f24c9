"""What /privacy says is what the files say, and what is true of Qualtrics' copy."""

from datetime import timedelta
from pathlib import Path

from tests.program_files import agree, change, look
from tests.test_story_copies import OFF, ON, deletes_in_qualtrics, withdrawn
from tests.world import JORDAN, REQUESTER, Browser, World, living


def told(world: World) -> str:
    return Browser().look(f"{world.url}/privacy").text


def test_the_page_follows_the_files_and_says_which_version_it_is(world: World) -> None:
    change(world, "program.toml", 'forget_after = "30 days"', 'forget_after = "21 days"')
    change(world, "program.toml", 'backups_kept = "14 days"', 'backups_kept = "9 days"')
    change(world, "survey.toml", "# note =", "note =")
    before = told(world)
    assert "We delete everything about a request 21 days after it’s closed" in before
    assert "We delete backups of our database after 9 days" in before
    assert "what you write in your own words, and where you found the form" in before
    assert "is not protected like what you tell a doctor" in before
    reference = world.request()
    version = world.case(reference).privacy_version
    assert version.startswith("2026-11-")
    assert f"Version {version} of this page" in before
    change(world, "program.toml", "a doctor or a lawyer", "a doctor")
    look(world)
    agree(world, JORDAN)
    assert version not in told(world), "other words are another version, whatever it is called"
    assert world.case(reference).privacy_version == version


def test_without_a_word_from_us_qualtrics_keeps_its_copy_and_everybody_is_told(
    world: World,
) -> None:
    assert "Deleting your request here doesn’t delete them there." in told(world)
    world.request()
    page = world.open(world.mail(REQUESTER)).choose("withdrawn")
    keeps = "Qualtrics keeps its copy of the form until it’s deleted there"
    assert keeps in page.text
    world.work()
    assert keeps in " ".join(world.mail(REQUESTER, ": done").text.split())


def test_the_page_says_when_qualtrics_does_not_delete_in_time(world: World) -> None:
    deletes_in_qualtrics(world)
    world.request()
    assert "ask again until Qualtrics says it’s done" in told(world)
    world.qualtrics.behavior.api_status = 503
    withdrawn(world)
    assert "longer than it should" not in told(world)
    world.clock.now += timedelta(days=5)
    assert "Right now this is taking longer than it should" in told(world)
    world.qualtrics.behavior.api_status = None
    world.work()
    assert "longer than it should" not in told(world)


def test_without_api_access_the_page_promises_nothing_that_needs_it(tmp_path: Path) -> None:
    with living(tmp_path, has_api=False) as blind:
        change(blind, "survey.toml", OFF, ON)
        assert "doesn’t delete them there" in told(blind)


def test_the_page_says_when_a_hold_keeps_everything(world: World) -> None:
    assert "Right now nothing is deleted" not in told(world)
    world.app.test_cli_runner().invoke(args=["hold", "--all"])
    assert "Right now nothing is deleted, for legal reasons" in told(world)
