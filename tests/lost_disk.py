"""A disk is lost, and the service goes on from a copy of the database on a new machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask

from app import create_app
from demo.mailbox import StoredMessage
from demo.serving import served
from tests import postgresql
from tests.fresh import DATA_KEY
from tests.qualtrics_commands import run
from tests.world import Browser, Page, World, link_in


def copy_of(world: World) -> Path:
    """Return what `flask backup` makes while everything runs."""
    result = run(world, "backup", f"{world.folder / 'backups'}")
    assert result.exit_code == 0, result.output
    assert "Copied and checked: " in result.output
    return max((world.folder / "backups").glob("peer-support-2*.db"))


@contextmanager
def _nothing(world: World) -> Iterator[str]:
    """Yield a database that holds nothing: a file's place, or one on the stories' server."""
    if postgresql.given():
        with postgresql.fresh_database(postgresql.given(), DATA_KEY) as url:
            yield url
    else:
        yield f"{world.folder / 'new' / 'peer-support.db'}"


@contextmanager
def elsewhere(world: World, database: str = "") -> Iterator[World]:
    """The world on a new machine with an empty disk; Qualtrics, people and mailboxes stay."""
    world.worker.close()
    door = Flask("new door")
    with served(door) as url, _nothing(world) as empty:
        settings = replace(
            world.app.extensions["settings"], database=database or empty, base_url=url
        )
        again = replace(world, app=create_app(settings, world.clock), url=url)
        again.app.extensions["client"] = world.app.extensions["client"]
        door.wsgi_app = again.app.wsgi_app  # type: ignore[method-assign]
        again.qualtrics.brand.subscriptions.clear()
        again.qualtrics.subscribe(
            f"{url}/webhooks/qualtrics/events", settings.qualtrics_shared_keys[0]
        )
        try:
            yield again
        finally:
            again.worker.close()
            again.app.extensions["store"].close()


def open_older(again: World, mail: StoredMessage) -> Page:
    """Open a link that was mailed by the machine before: both have the same name."""
    _, _, token = link_in(mail).rpartition("/")
    return Browser().open(f"{again.url}/open/{token}")
