"""Files of the time of set-up: someone must agree to what is in force after the first request."""

from tests.program_files import FORGET, agree, change, look
from tests.standing_in import at
from tests.test_programs_sight import ADDRESS, WHAT, in_digest, is_mailed_at
from tests.world import JORDAN, PRIYA, SAM, World


def test_a_program_is_set_up_without_anybody_who_agrees(world: World) -> None:
    world.work()
    change(world, "program.toml", *ADDRESS)
    look(world)
    assert is_mailed_at(world, "priya-nair") == ADDRESS[1]
    assert "are in force" in world.mail(SAM).subject


def saved_before_the_first_request(world: World) -> None:
    world.work()
    change(world, "program.toml", *ADDRESS)
    change(world, "program.toml", *FORGET)
    look(world)
    world.request()
    assert is_mailed_at(world, "priya-nair") == PRIYA


def test_what_was_saved_before_the_first_request_is_said_as_what_comes_later(
    world: World,
) -> None:
    saved_before_the_first_request(world)
    at(world, 24, 9)
    assert f"{WHAT}." in world.mail(JORDAN, "a change needs your yes").text
    assert f"{WHAT}." in world.mail(PRIYA, "a change for you").text
    assert in_digest(world) == [f"Waiting for a coordinator’s yes: {WHAT}"]
    at(world, 25, 9)
    assert len(world.mails(PRIYA, "a change for you")) == 1, "reminders go to who may agree"
    agree(world, JORDAN)
    assert in_digest(world) == [f"In force, Jordan Reyes agreed: {WHAT}"]
    assert len(world.mails(PRIYA, "a change for you")) == 1


def test_who_was_not_told_of_such_a_change_hears_once_it_is_in_force(world: World) -> None:
    saved_before_the_first_request(world)
    command = world.app.test_cli_runner().invoke
    assert WHAT in command(args=["admit"]).output
    command(args=["admit", "--yes"])
    look(world)
    assert is_mailed_at(world, "priya-nair") == ADDRESS[1]
    assert f"{WHAT}." in world.mail(PRIYA, "a change for you").text
    assert len(world.mails(PRIYA, "a change for you")) == 1
