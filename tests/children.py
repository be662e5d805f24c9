"""Programs that tests start: each ends with the process that started it, however that one ends."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

#: The kernel tells a program when whoever started it is gone; a program that is left over from a
#: run that was killed would take the processor from every later one.
SETPRIV = shutil.which("setpriv")
WITH_US = (SETPRIV, "--pdeathsig", "TERM") if SETPRIV else ()
PATIENCE_SECONDS = 20.0
Output = int | IO[bytes]


def start(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    user: int | None = None,
    stdin: int | None = None,
    stdout: Output | None = None,
    stderr: Output | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program, with whatever it starts in a group of its own."""
    return subprocess.Popen(
        [*WITH_US, *command], cwd=cwd, env=env, user=user, stdin=stdin, stdout=stdout,
        stderr=stderr, start_new_session=True,
    )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started; kill what does not end by itself."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign) if sign is signal.SIGKILL else process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


@contextmanager
def running(command: Sequence[str], **how: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program while the block runs, and end it also if the block fails."""
    process = start(command, **how)  # type: ignore[arg-type]
    try:
        yield process
    finally:
        end(process)
