"""How long `flask` takes to start, and how much memory web and worker need while nothing happens.

    python -m tests.bench_start

Starting is measured in processor time, as a ratio to `import flask` in the same run.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench_service import ROOT, migrate, settings_of, web, worker

ROUNDS = 7
#: As docs/deploy.md sets it for every process of the service.
ARENAS = {"MALLOC_ARENA_MAX": "2"}
BARE = (sys.executable, "-c", "import flask")
#: Commands that only look, for which somebody waits.
COMMANDS = ("--help", "hold --list", "forget --dry-run", "roster", "report")


@dataclass(frozen=True)
class Start:
    """A command, the processor time of its start, and how many times that of `import flask`."""

    command: str
    seconds: float
    times: float


def flask(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "flask", "--app", "app", *command.split())


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a service with nothing to do, whose files are in force."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    nowhere = "127.0.0.1:9"
    env = inherited | settings_of(folder, f"http://{nowhere}", f"smtp://{nowhere}") | ARENAS
    migrate(env)
    # The very first start also tries the files, which others don't.
    once = flask("worker --once")
    subprocess.run(once, cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)
    return env


def starts(env: dict[str, str]) -> Iterator[Start]:
    """Start each command some times."""
    bare = processor_seconds(BARE, env)
    for command in COMMANDS:
        taken = processor_seconds(flask(command), env)
        yield Start(f"flask {command}", taken, taken / bare)


def processor_seconds(command: tuple[str, ...], env: dict[str, str]) -> float:
    """Return the least processor time of some runs."""
    taken = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, timeout=120)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def main() -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder))
        for one in starts(env):
            print(f"{one.command}: {one.seconds:.2f} s, {one.times:.1f} times `import flask`")
        with web(env) as (served, _), worker(env) as works:
            while True:
                used = works.cpu_seconds()
                time.sleep(5)
                if works.cpu_seconds() - used < 0.3:
                    break
            print(
                f"web: {served.proportional_mb():.0f} MB, worker: {works.proportional_mb():.0f} MB"
            )


if __name__ == "__main__":
    main()
