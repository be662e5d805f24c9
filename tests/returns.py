"""A world in which mails come back, for stories of addresses that do not exist."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.bounces import maildir_at
from tests.world import World, living


@contextmanager
def living_with_returns(folder: Path) -> Iterator[World]:
    """Serve the world with a Maildir on this machine for what comes back."""
    url = f"maildir://{folder / 'returned'}?address=bounces+*@example.org"
    maildir_at(url)
    with living(folder, bounces_url=url) as world:
        world.mailbox.returns_to = url
        yield world


def passes_in_steps(world: World, minutes: int, step: int = 10) -> None:
    for _ in range(minutes // step):
        world.passes(minutes=step)
