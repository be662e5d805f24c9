"""Rows in which the disk, the lock or the descriptors of the service run out."""

import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from tests.faults.account import Account, account
from tests.faults.alone import Alone
from tests.faults.staging import stage

SOME, MOST = 6, 100
DISK = "size=6m"
FAULT_SECONDS, LOCKED_SECONDS = 5.0, 30.0
DESCRIPTORS, CONNECTIONS = 64, 200


@contextmanager
def disk(folder: Path) -> Iterator[Path | None]:
    """Mount a small disk, and give where a database may be; clock and log are elsewhere.

    None if this process may not mount anything.
    """
    mounted = folder / "disk"
    mounted.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(mounted)]
    if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False, timeout=120).returncode:
        yield None
        return
    try:
        for name in ("clock", "processes.log"):
            (mounted / name).symlink_to(folder / name)
        yield mounted / "peer-support.db"
    finally:
        subprocess.run(["umount", "--lazy", mounted], check=True, timeout=120)


def full(folder: Path) -> Iterator[Account]:
    """The disk of the database is full while people submit, and then somebody makes room."""
    with disk(folder) as database, stage(folder, database) as there:
        there.submit_some(2)
        with there.fault(), _filled(database) if database else _limited(there):
            _submit_until_refused(there)
            _wait_and_look(there)
        there.submit_some(2)
        there.recover()
        there.compare()
        what = "disk full" if database else "no file may grow (we may not mount a disk)"
        yield account(there, what, alarm="writing")


@contextmanager
def _filled(database: Path) -> Iterator[None]:
    filler = database.with_name("filler")
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    yield
    filler.unlink()


@contextmanager
def _limited(there: Alone) -> Iterator[None]:
    """Let the files of all processes grow no more, where we may not fill a disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for pid in there.pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (there.store.log_bytes(), before[1]))
    yield
    for pid in there.pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def _submit_until_refused(there: Alone) -> None:
    """Submit until nothing can be written any more, and a few times more."""
    for _ in range(MOST):
        if there.submit_some(1) == 0:
            break
    there.submit_some(SOME)


def _wait_and_look(there: Alone) -> None:
    time.sleep(FAULT_SECONDS)
    there.look()


def read_only(folder: Path) -> Iterator[Account]:
    """The disk is mounted read-only: everything is started, and then the disk is mended."""
    with disk(folder) as database:
        if database is None:
            print("read-only is not played: we may not mount a disk", file=sys.stderr)
            return
        yield from _read_only(folder, database)


def _read_only(folder: Path, database: Path) -> Iterator[Account]:
    with stage(folder, database) as there:
        there.submit_some(2)
        with there.fault(), ExitStack() as stack:
            there.stop()
            there.store.close()
            _remount(database.parent, "ro")
            stack.callback(_remount, database.parent, "rw")
            there.start()
            there.submit_some(SOME)
            _wait_and_look(there)
        there.restart_dead()
        there.submit_some(2)
        there.recover()
        there.compare()
        yield account(there, "disk read-only at start")


def _remount(mounted: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", mounted], check=True, timeout=120)


def locked(folder: Path) -> Iterator[Account]:
    """Somebody else holds both locks for 30 seconds, in the middle of work."""
    with stage(folder) as there:
        there.qualtrics.behavior.latency = 0.3
        there.mailbox.hang_after_data = 0.3
        with there.fault():
            there.submit_some(SOME)
            there.until(lambda: bool(there.mailbox.messages))
            with _locks(there):
                visitors = [
                    threading.Thread(target=there.submit_some, args=[1], daemon=True)
                    for _ in range(4)
                ]
                for one in visitors:
                    one.start()
                time.sleep(LOCKED_SECONDS)
                there.look()
            for one in visitors:
                one.join(60)
        there.recover()
        there.compare()
        yield account(there, f"database locked for {LOCKED_SECONDS:.0f} s")


@contextmanager
def _locks(there: Alone) -> Iterator[None]:
    path = there.store.path
    with closing(sqlite3.connect(path, isolation_level=None)) as other, there.store.locked():
        other.execute("begin immediate")
        yield
        other.execute("rollback")


def descriptors(folder: Path) -> Iterator[Account]:
    """Each process may open 64 files, and clients that say nothing use them up."""
    with stage(folder) as there, ExitStack() as stack:
        for pid in there.pids:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        with there.fault():
            held = [stack.enter_context(there.connection()) for _ in range(CONNECTIONS)]
            there.submit_some(SOME)
            _wait_and_look(there)
            for one in held:
                one.close()
        there.submit_some(SOME)
        there.recover()
        there.compare()
        yield account(there, f"{DESCRIPTORS} file descriptors, {CONNECTIONS} idle clients")
