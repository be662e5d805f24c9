"""What all tests share."""

import gc
import http.client
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from tempfile import gettempdir
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import requests
from flask import Flask
from werkzeug.routing import Rule

import app as service
import program
from engine import trial
from notifications.mail import mime
from notifications.mail.compose import Composer
from pages.access import timing
from program import Problem, Program, files
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
    """A route that each process compiles once: worlds share what is found out about it."""

    known: dict[tuple[object, ...], dict[str, Any]] = {}  # noqa: RUF012
    #: Functions of the rule that they belong to.
    bound = ("_build", "_build_unknown")

    def compile(self) -> None:
        slashes = self.strict_slashes, self.merge_slashes, self.is_leaf
        key = (self.rule, self.subdomain, repr(self.defaults), *slashes)
        if key not in self.known:
            before = dict(vars(self))
            super().compile()
            found = {k: v for k, v in vars(self).items() if k not in before or before[k] != v}
            found |= {name: found[name].__func__ for name in self.bound}
            self.known[key] = found | {"arguments": frozenset(self.arguments)}
        found = self.known[key]
        vars(self).update(found | {name: found[name].__get__(self) for name in self.bound})
        self.arguments = set(found["arguments"])


#: How many versions of the files a process remembers; the service itself needs few.
KNOWN_FILES, KNOWN_HEADERS = 64, 1024
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
# Few mails have a sender or a subject of their own.
vars(mime)["_folded"] = lru_cache(KNOWN_HEADERS)(mime._folded)
vars(http.client)["parse_headers"] = parse_headers
# Answers that end at whole steps of time end at once, but for the tests of that: see `waits`.
vars(timing)["sleep"] = lambda _: None
# Most worlds begin with the same files at the same moment.
try_calendar, tried = trial._calendar_problems, dict[tuple[str, datetime], tuple[Problem, ...]]()


def calendar_problems(program: Program, now: datetime) -> tuple[Problem, ...]:
    key = program.fingerprint, now
    if key not in tried:
        tried[key] = tuple(try_calendar(program, now))
    return tried[key]


vars(trial)["_calendar_problems"] = calendar_problems
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
def waits() -> Iterator[None]:
    """Let answers wait for whole steps of time, as they do in earnest."""
    at_once = vars(timing)["sleep"]
    vars(timing)["sleep"] = sleep
    yield
    vars(timing)["sleep"] = at_once


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The whole service over real HTTP, SMTP and a database on disk, with a movable clock."""
    begins_later = request.path.name.startswith(BEGIN_LATER)
    is_copied = begins_later and LOOKING.isdisjoint(request.fixturenames)
    with living(tmp_path, is_copied=is_copied) as alive:
        yield alive
