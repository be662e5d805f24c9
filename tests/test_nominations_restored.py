"""A copy of the database may know of somebody who said "never again" since: nobody is asked."""

from tests.lost_disk import copy_of, elsewhere
from tests.nominating import SAM_LEE, Nominating
from tests.qualtrics_commands import run
from tests.world import World


def test_a_restored_service_asks_nobody_before_it_is_released(world: World) -> None:
    nominating = Nominating.begin(world)
    nominating.nominate()
    copy = copy_of(world)
    world.open(world.mail(SAM_LEE)).choose("never")
    with elsewhere(world) as again:
        assert run(again, "restore", f"{copy}").exit_code == 0
        again.passes(days=7, minutes=1)
        assert len(again.mails(SAM_LEE)) == 1
        assert run(again, "restore", "--release").exit_code == 0
        again.passes(minutes=1)
        assert len(again.mails(SAM_LEE)) == 2, "nobody can know what they said since"
