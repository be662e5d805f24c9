"""What all tests share."""

import gc
import http.client
import os
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache, lru_cache
from pathlib import Path
from tempfile import gettempdir
from time import monotonic, sleep
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import requests
from flask import Flask
from werkzeug.routing import Rule

import app as service
import program
from engine import trial
from notifications.mail.compose import Composer
from program import files
from program.roster import read_roster
from store.engines.postgresql import close_all
from tests import (
    examples,  # noqa: F401 - says how many, before a test module is read
    postgresql,
)
from tests.wire import parse_headers
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


#: How many versions of the files a process remembers; the service itself needs few.
KNOWN_FILES = 64
Flask.url_rule_class = KnownRule
# The same of our mails: every app has the same templates.
vars(service)["Composer"] = cache(Composer)
# And of the files: stories change them in much the same ways, and what is in them is checked once.
for module, name in ((program, "_program_of"), (trial, "_failing_mails")):
    vars(module)[name] = lru_cache(KNOWN_FILES)(vars(module)[name].__wrapped__)
# Where one file is changed, the others are as they were.
vars(files)["read_roster"] = lru_cache(KNOWN_FILES)(read_roster)
tables = lru_cache(KNOWN_FILES)(tomllib.loads)
vars(files)["tomllib"] = SimpleNamespace(
    loads=lambda text: deepcopy(tables(text)), TOMLDecodeError=tomllib.TOMLDecodeError
)
vars(http.client)["parse_headers"] = parse_headers
# All that is asked is on this computer, whatever proxy it has.
vars(requests.sessions)["get_environ_proxies"] = lambda *_, **__: {}


FIRST = "gw0"


class Read(NamedTuple):
    """Which process of a run this is, and the file that says that the first one read all tests."""

    worker: str
    file: Path


def read_by_first(config: pytest.Config) -> Read | None:
    given = getattr(config, "workerinput", None)
    if given is None:
        return None
    return Read(given["workerid"], Path(gettempdir(), f"read-{given['testrunuid']}"))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if (known := read_by_first(config)) and known.worker == FIRST:
        known.file.unlink(missing_ok=True)


#: After this long a process reads the tests itself, whatever became of the first one.
READING_SECONDS = 120
NAP_SECONDS = 0.2


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let the first of several processes compile what the others then only read."""
    if not (known := read_by_first(session.config)) or known.worker == FIRST:
        return
    until = monotonic() + READING_SECONDS
    while not known.file.exists() and monotonic() < until:
        sleep(NAP_SECONDS)


#: How many objects come up before the collector looks among them: each look takes time.
OBJECTS = 50_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip on a server what is about the file of SQLite; each says why."""
    for item in items:
        for mark in item.iter_markers("file"):
            (why,) = mark.args
            if postgresql.given():
                item.add_marker(pytest.mark.skip(reason=f"About the file of SQLite: {why}"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector pass over what stays until the end: modules, and the tests themselves."""
    if (known := read_by_first(session.config)) and known.worker == FIRST:
        known.file.touch()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS)


#: Files whose tests may begin with a copy: what they tell of begins later.
BEGIN_LATER = (
    "test_story_", "test_links", "test_match_command", "test_other_sites", "test_programs",
    "test_recognition", "test_visits",
)  # fmt: skip
#: Whoever looks at what is said or done on the way must go it.
LOOKING = {"caplog", "capsys", "capfd", "capfdbinary", "monkeypatch"}


@pytest.fixture(autouse=bool(postgresql.given()))
def nothing_stays_open() -> Iterator[None]:
    """Close the connections of each app that a story made beside the one of its world."""
    yield
    close_all()


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The whole service over real HTTP, SMTP and a database on disk, with a movable clock."""
    begins_later = request.path.name.startswith(BEGIN_LATER)
    is_copied = begins_later and LOOKING.isdisjoint(request.fixturenames)
    with living(tmp_path, is_copied=is_copied) as alive:
        yield alive
