"""Nothing leaks sideways: not into logs, errors, subjects, commands or /health."""

import logging
import signal
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from lib.documents import Damaged, Document
from people.records import Identity
from store.outbox import Outgoing
from store.record.documents import DOCUMENT
from store.record.history import HistoryLine
from store.sealing import Seal
from tests import disk
from tests.qualtrics_commands import run
from tests.test_mails import eventful_life
from tests.world import JAMIE, REQUESTER, Browser, World
from workflow.model import Case

NOTE = "I cannot sleep since Tuesday"
#: The test's own mail server and web server, which logs paths: gunicorn.conf.py forbids that.
OF_THE_TEST = ("mail.log", "werkzeug")
COMMANDS = ("check", "history", "match", "roster", "rotate-keys", "hold", "qualtrics reconcile")


def typed(world: World) -> set[str]:
    told = {str(text) for text in JAMIE.values() if len(str(text)) >= disk.SHORTEST}
    return {*told, "Jamie", "Quill", NOTE}


def test_with_everything_logged_nothing_tells_who_asked(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    eventful_life(world)
    world.submit(QID7_TEXT=NOTE)
    world.work()
    (one, *_) = world.references
    said = [run(world, *c.split(), *([one] if c in ("history", "match", "hold") else []))
            for c in COMMANDS]  # fmt: skip
    token = next(iter(world.tokens))
    pages = [Browser().look(f"{world.url}{path}") for path in (
        "/health", "/alive", "/privacy", "/help", f"/case/{one}/reviewer", f"/open/{token}x",
        "/nothing",
    )]  # fmt: skip
    # What names our address is said by the test's browsers.
    said_by = [(r.name, r.getMessage()) for r in caplog.records]
    logged = [said for name, said in said_by if name not in OF_THE_TEST and world.url not in said]
    others = [m for m in world.mailbox.messages if REQUESTER not in m.recipients]
    seen = {
        "logs": "\n".join(logged),
        "commands": "\n".join(result.output for result in said),
        "pages": "\n".join(page.answer.text for page in pages),
        "subjects": "\n".join(mail.subject for mail in world.mailbox.messages),
        "headers": "\n".join(str(m.parsed["Message-ID"]) for m in world.mailbox.messages),
        "mails to others": "\n".join(m.text + m.html for m in others),
        "process": " ".join(sys.argv),
    }
    assert len(logged) > 50
    for where, text in seen.items():
        told = {word for word in typed(world) if word.lower() in text.lower()}
        assert told == set(), where
        if where != "mails to others":
            assert {one for one in world.tokens if one in text} == set(), where


@pytest.mark.parametrize("kind", [Identity, Case, HistoryLine, Outgoing])
@pytest.mark.parametrize("text", ['{"name": ["Jamie Quill"], "state": "Jamie Quill"}', "{'Quill"])
def test_an_error_quotes_nothing_that_was_sealed(kind: type, text: str) -> None:
    with pytest.raises(Damaged) as caught:
        Document(kind).read(text)
    told = traceback.format_exception(caught.value.with_traceback(None))
    assert kind.__name__ in f"{caught.value}"
    assert "Quill" not in "".join(told)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("command", ["history", "match", "hold"])
def test_a_command_says_in_one_sentence_that_a_key_is_missing(world: World, command: str) -> None:
    reference = world.request()
    for sealed in (Seal([Fernet.generate_key().decode()]).wrap("{}"), _readable_as_none(world)):
        with world.store.write() as db:
            db.execute("update cases set document = ?", [sealed])
        result = run(world, command, reference)
        assert result.exit_code == 1
        assert "an older key is missing in DATA_KEYS, or it is damaged" in result.output
        assert "Jamie" not in result.output


def _readable_as_none(world: World) -> str:
    return world.store.seal.close(DOCUMENT, world.references[0], '{"state": "Jamie Quill"}')


DIES = """
import os, resource, signal
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
os.environ["FLASK_RUN_FROM_CLI"] = "true"
from app import create_app
create_app()
print(*resource.getrlimit(resource.RLIMIT_CORE), flush=True)
os.kill(os.getpid(), signal.SIGSEGV)
"""


def test_a_process_that_crashes_leaves_no_copy_of_its_memory(tmp_path: Path) -> None:
    program = [sys.executable, "-c", DIES]
    paths = {"PYTHONPATH": str(Path(__file__).parent.parent)}
    died = subprocess.run(
        program, cwd=tmp_path, env=paths, capture_output=True, check=False, timeout=120
    )
    assert died.returncode == -signal.SIGSEGV, died.stderr
    assert died.stdout.split() == [b"0", b"0"]
    assert list(tmp_path.iterdir()) == []
