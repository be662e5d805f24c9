"""What tests start ends with them, whatever becomes of them."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import children

ROOT = Path(__file__).parent.parent
STARTS = (
    "import time; from tests import children;"
    "print(children.start(['sleep', '60']).pid, flush=True); time.sleep(60)"
)
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"


@pytest.mark.skipif(children.SETPRIV is None, reason="only Linux tells a program of this")
def test_a_program_ends_with_who_started_it_even_if_that_one_is_killed() -> None:
    command = [sys.executable, "-c", STARTS]
    with children.running(command, cwd=ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        wait_until(lambda: program_of(pid) == "sleep")  # from then on the kernel tells it
        starter.kill()
        wait_until(lambda: not runs(pid))


def test_a_program_that_does_not_want_to_end_is_killed() -> None:
    stubborn = [sys.executable, "-c", f"{IGNORES} print(flush=True); time.sleep(60)"]
    with children.running(stubborn, patience=0.2, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
    assert process.returncode == -9


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "nothing changed in 20 seconds"
        time.sleep(0.01)


def program_of(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
