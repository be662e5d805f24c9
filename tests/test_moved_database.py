"""`flask move-database`: what is sent to the database before, because someone forgot to stop it."""

import pytest
import requests

from store.database import StorageMoved
from store.engines.sqlite import SqliteStore
from store.migrations import migrate
from tests.doors import WORKFLOW, with_answers
from tests.lost_disk import elsewhere
from tests.qualtrics_commands import run
from tests.world import JORDAN, TOKEN, World


def sent(world: World) -> int:
    """Send a request by a workflow task; returns what it is answered."""
    return requests.post(
        f"{world.url}{WORKFLOW}",
        json=with_answers("R_2"),
        headers={"X-Webhook-Token": TOKEN},
        timeout=30,
    ).status_code


def test_a_web_server_that_was_not_stopped_takes_nothing_any_more(world: World) -> None:
    """Nothing sees a web server that no one has asked anything since it started."""
    world.request()
    world.worker.close()
    world.store.close()
    old, new = world.app.extensions["settings"].database, f"{world.folder / 'new.db'}"
    assert run(world, "move-database", old, new).exit_code == 0
    mails = len(world.mailbox.messages)

    assert sent(world) == 503, "Qualtrics sends it again"
    assert world.count("deliveries") == 1
    assert world.open(world.mail(JORDAN)).status == 503
    with pytest.raises(StorageMoved):
        world.passes(hours=30)
    assert len(world.mailbox.messages) == mails, "nor does a worker that was started again"
    for command in (["check"], ["forget"], ["move-database", old, f"{world.folder / 'other.db'}"]):
        result = run(world, *command)
        assert result.exit_code == 1
        assert "set DATABASE to that one" in result.output, command
    with elsewhere(world, database=new) as there:
        assert sent(there) == 200
        there.work()
        assert len(there.references) == 2


def test_nothing_moves_over_what_waits_in_the_other_database(world: World) -> None:
    world.request()
    world.worker.close()
    world.store.close()
    waiting = SqliteStore(world.folder / "new.db", world.store.seal)
    migrate(waiting)
    with waiting.write() as db:
        db.execute("insert into deliveries (seen, next_at) values ('one', '2026')")
    old = world.app.extensions["settings"].database
    refused = run(world, "move-database", old, f"{waiting.path}")
    assert refused.exit_code == 1
    assert "has rows in deliveries: it must be empty" in refused.output
    assert waiting.read().execute("select seen from deliveries").fetchall() == [("one",)]
    assert waiting.read().execute("select 1 from cases").fetchall() == []
    waiting.close()
    assert sent(world) == 200, "what was not moved goes on"
