"""Where many stories begin: a process goes the way there once, and other worlds get a copy.

A copy is what a restart would find: the database, the mails that people got, what Qualtrics has.
Nothing is copied into a world in which anything happened before, or is set up in its own way.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from demo.mailbox import StoredMessage
from demo.qualtrics.behavior import Behavior
from demo.qualtrics.publisher import Publication
from demo.qualtrics.survey import PEER_SUPPORT
from program.files import read_folder
from store.database import Store
from store.engines.sqlite import SqliteStore
from tests.postgresql.contents import Contents

if TYPE_CHECKING:
    from tests.world import World

Way = TypeVar("Way", bound=Callable[..., Any])
#: What Qualtrics has: responses, and how far the files with all of them got.
OF_BRAND = ("responses", "exports", "continuations")
#: What every mailbox has; all else are its mails and its switches.
OF_MAILBOX = {"host", "port", "clock", "_arrived", "_controller"}


class Rows(Protocol):
    """All that a database has, to put it into that of another world."""

    def put_into(self, database: str) -> None: ...


class File:
    """That of a file, in memory."""

    def __init__(self, store: SqliteStore) -> None:
        self._copy = sqlite3.connect(":memory:")
        store.read().conn.backup(self._copy)

    def put_into(self, database: str) -> None:
        with closing(sqlite3.connect(database)) as file:
            self._copy.backup(file)


def rows_of(store: Store) -> Rows:
    return File(store) if isinstance(store, SqliteStore) else Contents.of(store.url)  # type: ignore[attr-defined]


def database_of(store: Store) -> bytes | Contents | None:
    """Return what equals that of another world when nothing happened; None while it changes."""
    if not isinstance(store, SqliteStore):
        return Contents.of(store.url)  # type: ignore[attr-defined]
    return None if store.log_bytes() else store.path.read_bytes()


@dataclass(frozen=True)
class Untouched:
    """What a world has before anything happened."""

    database: bytes | Contents | None
    now: datetime
    behavior: Behavior


@dataclass(frozen=True)
class Beginning:
    """How a world was at the end of a way, and what the way returned."""

    rows: Rows
    mails: list[StoredMessage]
    of_brand: dict[str, dict[str, object]]
    publications: list[Publication]
    now: datetime
    found: object

    @classmethod
    def of(cls, world: "World", found: object) -> "Beginning":
        brand = world.qualtrics.brand
        of_brand = {name: dict(getattr(brand, name)) for name in OF_BRAND}
        publications = list(world.qualtrics.publications)
        mails, now = world.mailbox.messages, world.clock.now
        return cls(rows_of(world.store), mails, of_brand, publications, now, found)

    def copy_into(self, world: "World") -> None:
        self.rows.put_into(world.app.extensions["settings"].database)
        world.mailbox.begin_with(self.mails)
        for name, held in self.of_brand.items():
            getattr(world.qualtrics.brand, name).update(held)
        world.qualtrics.publications.extend(self.publications)
        world.clock.now = self.now


_kept: dict[tuple[str, ...], Beginning] = {}


def beginning(way: Way) -> Way:
    """Go this way once for all stories that begin with it."""

    @wraps(way)
    def begun(world: "World", **changed: object) -> Any:
        if not is_untouched(world):
            return way(world, **changed)
        files = read_folder(world.folder / "config").fingerprint
        key = (world.url, files, way.__name__, repr(changed))
        if key in _kept:
            _kept[key].copy_into(world)
        else:
            found = way(world, **changed)
            _kept[key] = Beginning.of(world, found)
        return _kept[key].found

    return cast(Way, begun)


def is_untouched(world: "World") -> bool:
    """Tell whether a world is as they all begin, down to the bytes of its database."""
    brand = world.qualtrics.brand
    switches = (value for name, value in vars(world.mailbox).items() if name not in OF_MAILBOX)
    return (
        world.untouched is not None
        and "worker" not in vars(world)
        and world.clock.now == world.untouched.now
        and not any(switches)
        and brand.behavior == world.untouched.behavior
        and brand.surveys == {PEER_SUPPORT.id: PEER_SUPPORT}
        and len(brand.subscriptions) == 1
        and not (brand.responses or brand.workflow_tasks)
        and database_of(world.store) == world.untouched.database
    )
