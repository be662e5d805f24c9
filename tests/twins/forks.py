"""The same program twice: a copy of a running service goes on by itself, from the same moment."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from app import create_app
from demo.mailbox import Mailbox
from tests.doors import WORKFLOW, knock, with_answers
from tests.simulation.alone import Alone, quick_folder
from tests.world import Clock, World


@contextmanager
def fork(service: Alone, lots: int) -> Iterator[Alone]:
    """Copy a service as it is now; copies with the same lots draw the same references.

    It asks no Qualtrics, whose answers it would share with its twin.
    """
    clock = Clock(service.now())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(quick_folder()))
        database = folder / "peer-support.db"
        with closing(sqlite3.connect(database)) as copy:
            service.store.read().conn.backup(copy)
        database.chmod(0o600)
        for where in ("engine.engine", "engine.access.fresh_links"):
            stack.enter_context(patch(f"{where}.secrets", random.Random(lots)))
        mailbox = stack.enter_context(Mailbox(clock=clock))
        ours = service.app.extensions["settings"]
        settings = replace(
            ours, database=str(database), smtp_url=mailbox.url, qualtrics_api_token=""
        )
        app = create_app(settings, clock)
        world = World(app, service.url, clock, mailbox, service.world.qualtrics, folder)
        stack.callback(lambda: world.worker.close())
        yield Alone(world)


def submit(twin: Alone, answers: dict[str, object]) -> str:
    """Let one more response arrive; returns the reference of its request."""
    before = set(twin.references)
    moment = twin.now().isoformat().replace("+00:00", "Z")
    body = with_answers(f"R_{len(before)}Twin", recordedDate=None, **answers)
    body |= {"recordedDate": moment}
    reply = knock(twin.app, WORKFLOW, body)
    assert reply.status_code == 200, reply.text
    twin.work()
    (reference,) = set(twin.references) - before
    return reference
