"""Stories that begin with a copy are as they would be had they gone the whole way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program_files import change
from tests.world import JORDAN, World, living

Found = tuple[str, list[tuple[str, ...]], list[str]]


def matched(folder: Path, set_up: Callable[[World], object] = lambda world: None) -> Found:
    """Begin with a match and go on; return what was there, and what came of it."""
    folder.mkdir()
    with living(folder, is_copied=True) as world:
        set_up(world)
        reference, supporter = world.matched()
        began = [(*mail.recipients, mail.subject) for mail in world.mailbox.messages]
        assert world.open(world.mail(supporter)).choose("contacted").status == 200
        world.passes(days=1)
        assert world.count("cases") == len(world.qualtrics.responses) == 1
        return reference, began, world.events(reference)


def test_a_copy_has_all_that_was_there_and_goes_on_alike(tmp_path: Path) -> None:
    assert matched(tmp_path / "gone") == matched(tmp_path / "copied")


@pytest.mark.parametrize(
    "set_up",
    [
        lambda world: world.mailbox.refuse_address_with.update({JORDAN + ".au": 550}),
        lambda world: setattr(world.qualtrics.behavior, "repeats", 1),
        lambda world: world.passes(minutes=1),
        lambda world: change(world, "program.toml", "Care Desk", "Help Desk"),
    ],
    ids=["mailbox", "qualtrics", "worker", "files"],
)
def test_what_was_set_up_in_its_own_way_is_no_copy(
    tmp_path: Path, set_up: Callable[[World], object]
) -> None:
    assert matched(tmp_path / "usual")[0] != matched(tmp_path / "own", set_up)[0]
