"""What comparing a very large survey costs: one export of many responses, by the real command.

python -m tests.bench_reconcile 100000
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase

from demo.qualtrics.behavior import Behavior
from demo.qualtrics.stand_in import StandIn
from demo.serving import served
from tests import bench_service, children
from tests.ports import free_port
from tests.world import API_TOKEN, JAMIE

LETTERS = random.Random(7)
LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Run:
    """One reconciliation: its seconds, the most memory that it took, and what it said."""

    seconds: float
    #: Processor time of the command, and of the stand-in, which makes the export meanwhile.
    own_seconds: float
    stand_in_seconds: float
    peak_mb: float
    said: str


def reconcile_all(folder: Path, responses: int) -> Run:
    """Reconcile a survey of which we have nothing yet."""
    with ExitStack() as stack:
        qualtrics = StandIn(token=API_TOKEN, behavior=Behavior(readable_after=0))
        begin = datetime.now(UTC) - timedelta(days=14)
        for number in range(responses):
            # As hard to compress as what people write.
            note = "".join(LETTERS.choices(ascii_lowercase + "   ", k=300))
            answers = JAMIE | {"QID2_TEXT": f"person.{number}@example.org", "QID11_TEXT": note}
            at = begin + timedelta(seconds=number)
            qualtrics.submit(answers, submitted_at=at)  # type: ignore[arg-type]
        url = stack.enter_context(served(qualtrics.app))
        nowhere = f"smtp://127.0.0.1:{free_port()}"
        env = bench_service.settings_of(folder, url, nowhere)
        bench_service.migrate(env)
        return _reconcile(env)


def _reconcile(env: dict[str, str]) -> Run:
    command = [sys.executable, "-m", "flask", "qualtrics", "reconcile"]
    began, used, others = time.monotonic(), _of_children(), _of_other_threads()
    with children.running(
        command,
        env=env,
        cwd=bench_service.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _peak_mb(process.pid))
            time.sleep(LOOK_SECONDS)
        said = process.stdout.read().decode() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"flask qualtrics reconcile ended with {process.returncode}: {said}")
    taken = time.monotonic() - began
    return Run(taken, _of_children() - used, _of_other_threads() - others, peak, said)


def _of_children() -> float:
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def _of_other_threads() -> float:
    """Return the processor time of all threads but this one: the stand-in's, while we wait."""
    return time.process_time() - time.thread_time()


def _peak_mb(pid: int) -> float:
    """Ask the kernel for the most memory that a process ever had resident."""
    status = Path(f"/proc/{pid}/status").read_text()
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


def main() -> None:
    """Print what reconciling so many responses took."""
    with tempfile.TemporaryDirectory() as folder:
        run = reconcile_all(Path(folder), int(sys.argv[1]))
    print(
        f"{run.seconds:.1f} s; processor time: {run.own_seconds:.1f} s, and"
        f" {run.stand_in_seconds:.1f} s of the stand-in; peak {run.peak_mb:.0f} MB"
    )


if __name__ == "__main__":
    main()
