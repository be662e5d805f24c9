"""A Debian of its own: its init, its services and its network, in a folder."""

import ctypes
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
#: Where an institution puts the authorities that its machines trust.
AUTHORITIES = Path("/usr/local/share/ca-certificates")
PLAIN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
         "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}  # fmt: skip
NETWORK = 0x40000000
BOOT_SECONDS = 60


def unpack(suite: str, folder: Path) -> Path:
    """Download a Debian with nothing but its base, once."""
    done = folder / f"{suite}.complete"
    base = folder / suite
    if not done.exists():
        shutil.rmtree(base, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus",
                        suite, base, MIRROR], check=True, stdout=subprocess.DEVNULL)  # fmt: skip
        done.touch()
    return base


class Failed(Exception):
    """A command that did not do what it should."""


class Machine:
    """A machine that has booted: runs commands as its administrator types them."""

    def __init__(self, root: Path, leader: int) -> None:
        self.root, self._leader = root, leader

    def run(self, script: str) -> str:
        """Run commands in one shell, as root; Failed with what they printed, if one fails."""
        done = self.attempt(script)
        if done.returncode:
            raise Failed(f"{script}\n{done.stdout}")
        return done.stdout

    def attempt(self, script: str) -> subprocess.CompletedProcess[str]:
        enter = ["nsenter", "--target", f"{self._leader}", "--all"]
        shell = ["bash", "-e", "-o", "pipefail", "-c", f"cd; {script}"]
        return subprocess.run([*enter, *shell], env=PLAIN,
                              check=False, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip

    def listen(self, port: int) -> socket.socket:
        """Return a socket of ours that listens on the loopback of this machine."""
        return self._inside(lambda: socket.create_server(("127.0.0.1", port)))

    def _inside(self, make: Callable[[], socket.socket]) -> socket.socket:
        """Make a socket in this machine's network. It stays there: a thread enters and ends."""
        made: list[socket.socket] = []

        def enter() -> None:
            with Path(f"/proc/{self._leader}/ns/net").open() as network:
                libc = ctypes.CDLL(None, use_errno=True)
                if libc.setns(network.fileno(), NETWORK):
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(make())

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        return made[0]


@contextmanager
def booted(base: Path, root: Path, name: str) -> Iterator[Machine]:
    """Boot a copy of a Debian, without any network but its own loopback."""
    subprocess.run(["cp", "--archive", "--reflink=auto", base, root], check=True)
    if AUTHORITIES.is_dir():
        shutil.copytree(AUTHORITIES, root / AUTHORITIES.relative_to("/"), dirs_exist_ok=True)
    boot = ["systemd-nspawn", "--quiet", f"--directory={root}", f"--machine={name}", "--boot",
            "--private-network", "--register=no", "--keep-unit", "--console=read-only"]  # fmt: skip
    env = os.environ | {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
    with subprocess.Popen(boot, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as nspawn:  # fmt: skip
        try:
            machine = Machine(root, _leader(nspawn))
            _until_it_runs(machine)
            yield machine
        finally:
            nspawn.terminate()
            try:
                nspawn.wait(BOOT_SECONDS)
            except subprocess.TimeoutExpired:
                nspawn.kill()


def _leader(nspawn: subprocess.Popen[bytes]) -> int:
    """Return the init of the new machine. Other children of nspawn only prepare it."""
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    for _ in range(BOOT_SECONDS * 10):
        if nspawn.poll() is not None:
            break
        for pid in children.read_text().split():
            with suppress(FileNotFoundError):
                if Path(f"/proc/{pid}/comm").read_text().strip() in ("systemd", "init"):
                    return int(pid)
        time.sleep(0.1)
    raise Failed("systemd-nspawn did not start an init")


def _until_it_runs(machine: Machine) -> None:
    for _ in range(BOOT_SECONDS * 2):
        if machine.attempt("systemctl is-system-running").stdout.strip() == "running":
            return
        time.sleep(0.5)
    raise Failed(machine.attempt("systemctl is-system-running; systemctl --failed").stdout)
