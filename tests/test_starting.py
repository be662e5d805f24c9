"""What starts imports what it needs: `flask` is typed while somebody waits, and memory is kept."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from commands.registry import LISTED, Listed
from tests.bench_service import ROOT, migrate, settings_of

#: What takes long to import, or much memory.
HEAVY = (
    "phonenumbers", "holidays", "rapidfuzz", "requests", "tenacity", "smtplib", "flask_wtf", "fpdf",
    "segno", "openpyxl", "pages", "worker", "qualtrics.api", "commands.check", "commands.copies",
    "pydantic", "babel", "sqlite_utils", "numpy", "program", "casebook.casebook", "engine.engine",
    "notifications",
)  # fmt: skip
COMMAND = """
import sys
from flask.cli import main
sys.argv = ["flask", "--app", "app", *"{}".split()]
try:
    main()
except SystemExit as end:
    print("exit", end.code)
"""
#: A case is read.
CASE = {"pydantic"}
#: The program's files are read, and while none are in force, checked.
PROGRAM = {*CASE, "babel", "program", "phonenumbers", "holidays", "rapidfuzz"}
#: What decides about a case is there, too.
CASEBOOK = {*PROGRAM, "casebook.casebook", "engine.engine", "notifications"}
#: The sentences of ours, which are read only to compare those of the admins with them.
CATALOG = "messages.pot"
SHOWN = f"""
import sys
texts = sys.modules.get("program.languages.texts")
read = texts.sentences.cache_info().currsize if texts else 0
print(*sys.modules, *["{CATALOG}"] * read)
"""
WORKER = {*CASEBOOK, "requests", "tenacity", "smtplib", "worker", "qualtrics.api"}
#: A program, how it ends, and which of the heavy modules it may import. Only what migrates needs
#: sqlite-utils, which imports numpy where that is installed.
STARTS: dict[str, tuple[str, str, set[str]]] = {
    "import": ("import app", "", set()),
    "help": (COMMAND.format("--help"), "exit 0", set()),
    "version": (COMMAND.format("version"), "exit 0", CASE),
    "history": (COMMAND.format("history PS-AAAAA"), "exit 1", CASE | {"babel"}),
    "hold": (COMMAND.format("hold --list"), "exit 0", CASE | {"babel"}),
    "forget": (COMMAND.format("forget --dry-run"), "exit 0", PROGRAM),
    "roster": (COMMAND.format("roster"), "exit 0", CASEBOOK),
    "web": ("import app; app.create_app()", "", CASEBOOK | {"pages", "flask_wtf"}),
    "worker": (COMMAND.format("worker --once"), "exit 0", WORKER),
}  # fmt: skip


FIRST = (sys.executable, "-m", "flask", "--app", "app", "worker", "--once")


@pytest.mark.parametrize("start", STARTS)
def test_what_starts_imports_only_what_it_needs(start: str, tmp_path: Path) -> None:
    program, end, allowed = STARTS[start]
    env = os.environ | settings_of(tmp_path, "http://127.0.0.1:9", "smtp://127.0.0.1:9")
    if start not in ("import", "web"):
        migrate(env)
    if start == "worker":  # The very first one tries the files.
        subprocess.run(FIRST, cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)
    run = [sys.executable, "-c", program + SHOWN]
    done = subprocess.run(
        run, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=120
    )
    assert re.findall(r"(?m)^exit \d", done.stdout) == [end] * bool(end), done.stderr
    assert {*done.stdout.splitlines()[-1].split()} & {*HEAVY, CATALOG} <= allowed


def test_the_list_says_of_each_command_what_it_says_of_itself() -> None:
    said = {name: Listed(name).imported().get_short_help_str(200) for name in LISTED}
    assert said == {name: sentence for name, (sentence, _) in LISTED.items()}


def test_commands_that_show_pages_and_flask_run_have_them(tmp_path: Path) -> None:
    env = os.environ | settings_of(tmp_path, "http://127.0.0.1:9", "smtp://127.0.0.1:9")
    run = [sys.executable, "-m", "flask", "--app", "app", "routes"]
    done = subprocess.run(
        run, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=120
    )
    assert "/board" in done.stdout
