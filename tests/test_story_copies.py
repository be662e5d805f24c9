"""What Qualtrics keeps of a forgotten request is deleted there, too, or somebody is asked to."""

from datetime import timedelta

import pytest

from tests import disk
from tests.program_files import change, look
from tests.world import PRIYA, REQUESTER, SAM, World

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
    assert "answers that we forget would be deleted in Qualtrics" in mail.text
    world.open(mail).choose("in_force")
    world.app.test_cli_runner().invoke(args=["hold", "--all"])
    world.passes(days=2)
    assert len(world.qualtrics.responses) == 1
    world.app.test_cli_runner().invoke(args=["hold", "--all", "--release"])
    world.clock.now += timedelta(minutes=1)
    world.work()
    assert world.qualtrics.responses == {}


def test_whoever_owns_the_form_is_asked_each_month_and_ticks_off(world: World) -> None:
    change(world, "survey.toml", '# owner = "jordan-reyes"', 'owner = "priya-nair"')
    one = world.submit()
    other = world.submit(QID1_TEXT="Robin Vale", QID2_TEXT="robin.vale@example.org")
    world.work()
    for address in (REQUESTER, "robin.vale@example.org"):
        world.open(world.mail(address)).choose("withdrawn_erased")
    world.passes(days=2)
    assert not world.mails(PRIYA, "clean up"), "not before the month begins"
    world.passes(days=6)
    (mail,) = world.mails(PRIYA, "clean up")
    assert not any(id in mail.text + mail.subject for id in (one, other))
    page = world.open(mail)
    assert other in page.text
    assert not any(word in page.text.lower() for word in ("robin", "vale", "quill", "ps-"))
    first, second = page.values("deleted")
    assert page.choose("").status == 400
    assert other not in page.choose("", deleted=second).text
    world.open(mail).choose("", deleted=[second, "999"])
    assert world.count("copies") == 1, "what is not on the page is not theirs to tick off"
    world.passes(days=34)
    assert len(world.mails(PRIYA, "clean up")) == 2
    assert not world.mails(SAM, "clean up")
    world.passes(days=31)
    assert len(world.mails(SAM, "clean up")) == 1, "after 45 days the admins are asked, too"
    done = world.open(world.mail(SAM, "clean up")).choose("", deleted=first)
    assert "Nothing is left for you to delete" in done.text
    assert world.count("copies") == 0
    world.passes(days=31)
    assert len(world.mails(PRIYA, "clean up")) == 3


def test_an_old_link_to_the_list_mails_a_new_one_while_something_is_left(world: World) -> None:
    world.request()
    withdrawn(world)
    world.passes(days=8)
    old = world.mail(SAM, "clean up")
    world.passes(days=31)
    count = len(world.mails(SAM, "clean up"))
    assert world.open(old).choose("fresh").status == 200
    world.passes(minutes=1)
    assert len(world.mails(SAM, "clean up")) == count + 1
    assert "R_" in world.open(world.mail(SAM, "clean up")).text


def test_nobody_opens_the_list_without_its_link(world: World) -> None:
    world.work()
    assert world.own_page(PRIYA).person.look(f"{world.url}/copies").status == 403
