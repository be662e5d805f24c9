"""Commands of the service can be run with the demo's settings and clock."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from demo.clock import clock_of_demo
from demo.past import invent_past
from demo.prepare import SETTINGS_FILE, prepare_config, prepare_settings
from store.engines.sqlite import SqliteStore
from store.migrations import migrate
from store.sealing import Seal
from tests.world import EXAMPLE


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run what `make flask DO="…"` runs, in the given folder."""
    return subprocess.run(
        [sys.executable, "-m", "demo.command", *words],
        cwd=folder,
        env={"PYTHONPATH": str(EXAMPLE.parent), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """Return a folder in which the demo was started once."""
    settings = prepare_settings(tmp_path / SETTINGS_FILE)
    prepare_config(tmp_path / settings["CONFIG_DIR"], EXAMPLE)
    database = tmp_path / settings["DATABASE"]
    database.parent.mkdir(parents=True)
    store = SqliteStore(database, Seal([settings["DATA_KEYS"]]))
    migrate(store)
    store.close()
    return tmp_path


def test_it_uses_the_clock_of_the_demo_and_fails_like_the_service(started: Path) -> None:
    env = prepare_settings(started / SETTINGS_FILE)
    clock = clock_of_demo(env | {"DATABASE": str(started / env["DATABASE"])})
    clock.move(timedelta(days=10_000))
    roster = run(started, "roster")
    assert (roster.returncode, roster.stderr) == (0, "")
    assert "Refresher due within 60 days, or overdue: 40" in roster.stdout

    history = run(started, "history", "PS-7K3QF")
    assert history.returncode == 1
    assert "forgotten" in history.stderr


def test_it_has_reports_of_an_invented_past(started: Path) -> None:
    settings = prepare_settings(started / SETTINGS_FILE)
    known = settings | {
        "DATABASE": str(started / settings["DATABASE"]),
        "CONFIG_DIR": str(started / settings["CONFIG_DIR"]),
    }
    for _ in range(2):
        invent_past(known, clock_of_demo(known)())
    assert run(started, "worker", "--once").returncode == 0
    report = run(started, "report")
    assert (report.returncode, report.stderr) == (0, "")
    assert "support was given" in report.stdout


def test_it_tells_you_to_start_the_demo_first(tmp_path: Path) -> None:
    roster = run(tmp_path, "roster")
    assert roster.returncode == 1
    assert roster.stderr == "There is no .env.demo: start the demo once with `make run`.\n"
    assert not list(tmp_path.iterdir())
