"""What Qualtrics keeps of a forgotten request is deleted there, too, or somebody is asked to."""

from datetime import timedelta

import pytest

from tests import disk
from tests.program_files import change, look
from tests.world import REQUESTER, SAM, World

OFF, ON = "delete_in_qualtrics = false", "delete_in_qualtrics = true"


def deletes_in_qualtrics(world: World) -> None:
    """Let the very first files say so."""
    change(world, "survey.toml", OFF, ON)


def withdrawn(world: World) -> None:
    world.open(world.mail(REQUESTER)).choose("withdrawn_erased")
    world.passes(minutes=1)


def test_forgetting_deletes_the_response_in_qualtrics_too(world: World) -> None:
    deletes_in_qualtrics(world)
    world.request()
    assert len(world.qualtrics.responses) == 1
    withdrawn(world)
    assert world.qualtrics.responses == {}
    assert world.count("copies") == 0, "once it is confirmed nothing is kept of it"


def test_qualtrics_is_asked_again_until_it_confirms(world: World) -> None:
    deletes_in_qualtrics(world)
    response_id = world.submit()
    world.work()
    world.qualtrics.behavior.api_status = 503
    withdrawn(world)
    assert (world.references, world.count("copies")) == ([], 1)
    assert disk.found(disk.raw(world.store), {response_id}) == set()
    assert response_id in disk.opened(world.store)
    attempts = 0
    for _ in range(4):
        world.passes(hours=18)
        (now,) = world.row("copies", "attempts")
        attempts, before = now, attempts
        assert before < attempts <= before + 12, "less and less often"
    assert "(survey SV_8peerSupport01)" in world.mail(SAM, "are still in Qualtrics").text
    world.qualtrics.behavior.api_status = None
    world.passes(days=1)
    assert (world.qualtrics.responses, world.count("copies")) == ({}, 0)


def test_a_refusal_is_reported_at_once(world: World) -> None:
    deletes_in_qualtrics(world)
    world.request()
    world.qualtrics.behavior.api_status = 403
    withdrawn(world)
    world.work()
    assert "the right to delete" in world.mail(SAM, "SV_8peerSupport01").text
    assert world.count("copies") == 1


@pytest.mark.parametrize("is_shared", [True, False])
def test_what_is_not_there_counts_as_deleted_only_if_we_may_see_the_form(
    world: World, is_shared: bool
) -> None:
    deletes_in_qualtrics(world)
    world.request()
    world.qualtrics.responses.clear()
    if not is_shared:
        world.qualtrics.brand.surveys.clear()
    withdrawn(world)
    assert world.count("copies") == (0 if is_shared else 1)


def test_a_hold_on_everything_keeps_it_in_qualtrics_too(world: World) -> None:
    world.request()
    withdrawn(world)
    change(world, "survey.toml", OFF, ON)
    look(world)
    mail = world.mail(SAM, "please confirm")
    assert "answers of forgotten requests would be deleted in Qualtrics" in mail.text
    world.open(mail).choose("in_force")
    world.app.test_cli_runner().invoke(args=["hold", "--all"])
    world.passes(days=2)
    assert len(world.qualtrics.responses) == 1
    world.app.test_cli_runner().invoke(args=["hold", "--all", "--release"])
    world.clock.now += timedelta(minutes=1)
    world.work()
    assert world.qualtrics.responses == {}
