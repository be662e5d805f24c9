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
from pathlib import Path

from tests.bench_service import ROOT, migrate, settings_of, web, worker

ROUNDS = 7
#: As docs/deploy.md sets it for every process of the service.
ARENAS = {"MALLOC_ARENA_MAX": "2"}
BARE = (sys.executable, "-c", "import flask")
COMMANDS = ("version", "roster", "report")


def flask(command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "flask", "--app", "app", command)


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
        nowhere = "http://127.0.0.1:9"
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env = inherited | settings_of(Path(folder), nowhere, "smtp://127.0.0.1:9") | ARENAS
        migrate(env)
        bare = processor_seconds(BARE, env)
        print(f"import flask: {bare:.2f} s of processor time")
        for command in COMMANDS:
            taken = processor_seconds(flask(command), env)
            print(f"flask {command}: {taken:.2f} s, {taken / bare:.1f} times that")
        # The very first start also tries the files, which others don't.
        once = (*flask("worker"), "--once")
        subprocess.run(once, cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)
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
