"""What all tests share."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

import app as service
from notifications.mail.compose import Composer
from store.engines.postgresql import close_all
from tests import (
    examples,  # noqa: F401 - says how many, before a test module is read
    postgresql,
)
from tests.world import World, living

# Every process of the suite, and each that a test starts, finds what another one compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

#: Here nothing waits for a disk: nobody cuts the power.
MEMORY, ENOUGH = Path("/dev/shm"), 2**30  # noqa: S108 - the folders in it get names of their own
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class KnownRule(Rule):
    """A route of which each process compiles once how its addresses are built: worlds share it."""

    known: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}  # noqa: RUF012

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, *self._trace, repr(self.defaults), append_unknown)
        if key not in self.known:
            self.known[key] = super()._compile_builder(append_unknown)
        return self.known[key]


Flask.url_rule_class = KnownRule
# The same of our mails: every app has the same templates.
vars(service)["Composer"] = cache(Composer)


#: How many objects come up before the collector looks among them: each look takes time.
OBJECTS = 50_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip on a server what is about the file of SQLite; each says why."""
    for item in items:
        for mark in item.iter_markers("file"):
            (why,) = mark.args
            if postgresql.SERVER:
                item.add_marker(pytest.mark.skip(reason=f"About the file of SQLite: {why}"))


def pytest_collection_finish() -> None:
    """Let the collector pass over what stays until the end: modules, and the tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS)


#: Whoever looks at what is said or done on the way must go it.
LOOKING = {"caplog", "capsys", "capfd", "capfdbinary", "monkeypatch"}


@pytest.fixture(autouse=bool(postgresql.SERVER))
def nothing_stays_open() -> Iterator[None]:
    """Close the connections of each app that a story made beside the one of its world."""
    yield
    close_all()


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The whole service over real HTTP, SMTP and a database on disk, with a movable clock."""
    is_story = request.path.name.startswith("test_story_")
    is_copied = is_story and LOOKING.isdisjoint(request.fixturenames)
    with living(tmp_path, is_copied=is_copied) as alive:
        yield alive
