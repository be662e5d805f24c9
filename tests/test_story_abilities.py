"""What /health tries: each thing that the service needs, and cannot do, is red by its own word."""

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app import create_app
from tests.full_disk import no_room_left
from tests.program_files import add_supporter
from tests.test_story_relay import health as wrong
from tests.world import SAM, World

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.file("damages it, or fills its disk")


@pytest.fixture
def used(world: World) -> World:
    world.request()
    assert wrong(world) == []
    return world


def with_keys(world: World, *keys: str) -> World:
    settings = replace(world.app.extensions["settings"], data_keys=keys)
    return replace(world, app=create_app(settings, world.clock))


def test_keys_that_open_nothing_are_red(used: World) -> None:
    other = Fernet.generate_key().decode()
    assert "keys" in wrong(with_keys(used, other))
    ours = used.app.extensions["settings"].data_keys
    assert "keys" not in wrong(with_keys(used, other, *ours))
    used.loses_identity(used.references[0])
    assert "keys" in wrong(used)


def test_a_database_that_cannot_be_written_is_red_within_a_minute(used: World) -> None:
    breaks(used, "heartbeats")
    used.clock.now += timedelta(seconds=61)
    assert "writing" in wrong(used)
    mended(used)
    assert "writing" in wrong(used), "one try a minute is enough"
    used.clock.now += timedelta(seconds=61)
    assert "writing" not in wrong(used)


def test_a_full_disk_is_red_within_a_minute(used: World) -> None:
    with no_room_left(used.store):
        used.clock.now += timedelta(seconds=61)
        assert "writing" in wrong(used)
    used.clock.now += timedelta(seconds=61)
    assert "writing" not in wrong(used)


def test_a_database_that_cannot_be_read_is_red_in_a_word(used: World) -> None:
    aside = used.store.path.with_name("aside")
    used.store.close()
    used.store.path.rename(aside)
    used.store.path.mkdir()
    assert wrong(used) == ["database"]
    used.store.path.rmdir()
    aside.rename(used.store.path)
    assert "database" not in wrong(used)


def test_a_health_check_writes_nothing(used: World) -> None:
    watched = used.store.watch()
    watched()
    used.clock.now += timedelta(minutes=2)
    wrong(used)
    assert not watched()
    assert [worker for (worker,) in used.rows("heartbeats", "worker")] == [used.worker.name]


def test_a_mail_server_that_is_gone_is_red_before_anybody_needs_it(used: World) -> None:
    used.passes(minutes=16)
    assert "mail_server" not in wrong(used)
    before = len(used.mailbox.messages)
    assert "SMTP_URL" not in used.app.test_cli_runner().invoke(args=["check"]).output
    assert len(used.mailbox.messages) == before
    used.mailbox.stop()
    checked = used.app.test_cli_runner().invoke(args=["check"])
    assert "Warning: SMTP_URL: No connection to the mail server: Conn" in checked.output
    assert checked.exit_code == 0
    for _ in range(12):
        used.passes(minutes=2)
    assert "mail_server" in wrong(used)
    assert len(used.mailbox.messages) == before


def breaks(world: World, table: str) -> None:
    """Let nothing be written into a table, as a part of the service that is broken."""
    with world.store.write() as db:
        what = f"trigger broken before insert on {table} begin select raise(abort, 'broken'); end"
        db.execute(f"create {what}")


def mended(world: World) -> None:
    with world.store.write() as db:
        db.execute("drop trigger broken")


def test_a_round_that_fails_for_an_hour_is_an_alarm_and_red_until_it_works(used: World) -> None:
    add_supporter(used)
    breaks(used, "programs")
    loops = used.worker.loops
    for _ in range(8):
        with pytest.raises(sqlite3.IntegrityError):
            loops["files"]()
        used.clock.now += timedelta(minutes=10)
        for name in ("housekeeping", "sender-1"):
            loops[name]()
    assert "rounds" in wrong(used)
    assert len([m for m in used.mails(SAM) if "worker (files) has failed" in m.text]) == 1
    mended(used)
    used.passes(minutes=2)
    assert "rounds" not in wrong(used)


def test_a_request_that_is_passed_over_for_an_hour_is_an_alarm(used: World) -> None:
    used.loses_document(used.references[0])
    used.passes(hours=25)
    for _ in range(11):
        used.passes(minutes=6)
    assert "rounds" in wrong(used)
    assert [m for m in used.mails(SAM) if "(moments) has failed" in m.text]


def test_the_docs_name_every_word_of_health() -> None:
    table = (ROOT / "docs/deploy.md").read_text()
    code = (ROOT / "pages/monitors/health.py").read_text() + (ROOT / "worker/worker.py").read_text()
    words = set(re.findall(r'(?:append\(|yield |^ {8})"([a-z_]+)"', code, re.M))
    words |= {"rounds", "mail_server"}
    assert len(words) > 11
    assert {word for word in words if f"| `{word}` |" not in table} == set()
