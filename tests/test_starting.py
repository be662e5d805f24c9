"""What starts imports what it needs: `flask` is typed while somebody waits, and memory is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench_service import ROOT, migrate, settings_of

#: What takes long to import, or much memory.
HEAVY = (
    "phonenumbers", "holidays", "rapidfuzz", "requests", "tenacity", "smtplib", "flask_wtf", "fpdf",
    "segno", "openpyxl", "pages", "worker", "qualtrics.api", "commands.check", "commands.copies",
    "sqlite_utils", "numpy",  # The first imports the other, where that is installed.
)  # fmt: skip
COMMAND = """
import sys
from flask.cli import main
sys.argv = ["flask", "--app", "app", "{}"]
try:
    main()
except SystemExit as end:
    print("exit", end.code)
"""
LOOKING = {"phonenumbers", "holidays", "rapidfuzz"}  # The program's files are read.
#: The sentences of ours, which are read only to compare those of the admins with them.
CATALOG = "messages.pot"
SHOWN = f"""
import sys
read = sys.modules["program.languages.texts"].sentences.cache_info().currsize
print(*sys.modules, *["{CATALOG}"] * read)
"""
#: A program, and which of the heavy modules it may import.
STARTS: dict[str, tuple[str, set[str]]] = {
    "import": ("import app", set()),
    "version": (COMMAND.format("version"), set()),
    "roster": (COMMAND.format("roster"), LOOKING),
    "web": ("import app; app.create_app()", {"pages", "flask_wtf"}),
}  # fmt: skip


@pytest.mark.parametrize("start", STARTS)
def test_what_starts_imports_only_what_it_needs(start: str, tmp_path: Path) -> None:
    program, allowed = STARTS[start]
    env = os.environ | settings_of(tmp_path, "http://127.0.0.1:9", "smtp://127.0.0.1:9")
    if start == "roster":
        migrate(env)
    run = [sys.executable, "-c", program + SHOWN]
    done = subprocess.run(
        run, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=120
    )
    assert ("exit 0" in done.stdout) == (start in ("version", "roster")), done.stderr
    assert {*done.stdout.splitlines()[-1].split()} & {*HEAVY, CATALOG} <= allowed


def test_commands_that_show_pages_and_flask_run_have_them(tmp_path: Path) -> None:
    env = os.environ | settings_of(tmp_path, "http://127.0.0.1:9", "smtp://127.0.0.1:9")
    run = [sys.executable, "-m", "flask", "--app", "app", "routes"]
    done = subprocess.run(
        run, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=120
    )
    assert "/board" in done.stdout
