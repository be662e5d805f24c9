"""The admins' files while the service runs: tests edit them and read what the admins are told."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast

from app import create_app
from demo.mailbox import StoredMessage
from tests.world import SAM, World
from worker.watching import Files
from worker.worker import Worker

Restart = Callable[[], World]
NEW_LINE = (
    "zoe-hart,Zoe Hart,zoe.hart@example.org,,,no,daily,nurse,,surgery,,,en,,1,2026-03-10,,active\n"
)
FORGET = ('forget_after = "30 days"', 'forget_after = "7 days"')


def change(world: World, file: str, old: str, new: str) -> None:
    """Save a file with something else in it; a change of nothing fails."""
    path = world.folder / "config" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def add_supporter(world: World, line: str = NEW_LINE) -> None:
    with (world.folder / "config/supporters.csv").open("a") as roster:
        roster.write(line)


def remove_supporters(world: World, keep: Callable[[str], bool]) -> None:
    path = world.folder / "config/supporters.csv"
    header, *lines = path.read_text().splitlines(keepends=True)
    path.write_text(header + "".join(line for line in lines if keep(line)))


def files_of(worker: Worker, pause: Callable[[], None] = lambda: None) -> Files:
    files = cast(Files, worker.rounds["files"])
    files.pause, files.stillness = pause, timedelta()
    return files


def look(world: World, pause: Callable[[], None] = lambda: None) -> None:
    """Let the worker look at the folder, and send what follows."""
    files_of(world.worker, pause)
    world.work()


def agree(world: World, coordinator: str) -> None:
    """Let a coordinator agree to a change of who sees requests."""
    page = world.open(world.mail(coordinator, "a change needs your yes"))
    assert page.choose("in_force").status == 200
    look(world)


def leading(line: str) -> str:
    """Return the line of a supporter who leads Night Float, too."""
    cells = line.split(",")
    units = " | ".join(filter(None, (cells[-5], "Night float")))
    return ",".join((*cells[:-5], units, *cells[-4:]))


def about_files(world: World, to: str = SAM) -> list[StoredMessage]:
    return [m for m in world.mails(to) if "files" in m.subject or "confirm" in m.subject]


@contextmanager
def restarting(world: World) -> Iterator[Restart]:
    """Start other processes on the same database and the same folder."""
    with ExitStack() as stack:

        def start() -> World:
            app = create_app(world.app.extensions["settings"], world.clock)
            app.extensions["page_trial"] = world.app.extensions["page_trial"]
            other = replace(world, app=app)
            stack.callback(lambda: other.worker.close())
            return other

        yield start
