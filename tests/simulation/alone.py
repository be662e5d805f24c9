"""The whole service in one process, with a clock that is moved by hand."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from demo.mailbox import Mailbox
from demo.qualtrics import StandIn
from store.database import Store
from tests.world import World, example_config, living
from workflow.engine import Engine


class Alone:
    """One worker, made to do its rounds; the pages behind a real port."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.mailbox: Mailbox = world.mailbox
        self.qualtrics: StandIn = world.qualtrics

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def engine(self) -> Engine:
        return self.world.engine

    def now(self) -> datetime:
        return self.world.clock.now

    def jump(self, to: datetime) -> None:
        self.world.clock.now = to

    def work(self) -> None:
        self.world.work()

    def reach(self, link: str) -> str:
        return link


def program(folder: Path) -> Path:
    """Return the example program, comparing with Qualtrics once a day: each time is an event."""
    config = example_config(folder)
    path = config / "program.toml"
    path.write_text(re.sub(r"(?m)^(reconcile_every =).*$", r'\1 "1 day"', path.read_text()))
    return config


@contextmanager
def alone(folder: Path) -> Iterator[Alone]:
    with living(folder, program(folder)) as world:
        yield Alone(world)
