"""Two machines on one: namespaces on a switch, where we may make them; else two addresses."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

#: The switch and what is plugged into it; nothing else on this machine uses these addresses.
SWITCH, ADDRESS, WIDTH = "desk-switch", "10.231.77.1", 24
NAMES = Path("/etc/netns")


@dataclass(frozen=True)
class Machine:
    """Where processes run as if they had a machine of their own."""

    name: str
    #: Where others reach it.
    address: str
    #: What starts a command there.
    prefix: list[str] = field(default_factory=list)

    def unplug(self) -> None:
        """Let nothing pass in either direction, and nobody hear of it."""
        _ip("link", "set", self.name, "nomaster")

    def plug_in(self) -> None:
        _ip("link", "set", self.name, "master", SWITCH)


def may_be_made() -> bool:
    """Tell whether this process may make a network."""
    return os.geteuid() == 0 and shutil.which("ip") is not None and _may("netns", "list")


@contextmanager
def machines() -> Iterator[tuple[str, list[Machine]]]:
    """Make two machines; yield the address of what both reach, and them.

    There, "localhost" is that address: the service takes no other without TLS.
    """
    if not may_be_made():
        yield "127.0.0.1", [Machine("one", "127.0.0.2"), Machine("two", "127.0.0.3")]
        return
    with ExitStack() as stack:
        # A run that was killed may have left it.
        _may("link", "del", SWITCH)
        stack.callback(_may, "link", "del", SWITCH)
        _ip("link", "add", "name", SWITCH, "type", "bridge")
        _ip("addr", "add", f"{ADDRESS}/{WIDTH}", "dev", SWITCH)
        _ip("link", "set", SWITCH, "up")
        found = [_machine(stack, number) for number in (2, 3)]
        yield ADDRESS, found


def _machine(stack: ExitStack, number: int) -> Machine:
    name, address = f"desk-{number}", f"{ADDRESS[:-1]}{number}"
    _may("netns", "del", name)
    stack.callback(_may, "netns", "del", name)
    _ip("netns", "add", name)
    _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", name, "master", SWITCH, "up")
    _ip("-n", name, "addr", "add", f"{address}/{WIDTH}", "dev", "eth0")
    for device in ("eth0", "lo"):
        _ip("-n", name, "link", "set", device, "up")
    folder = NAMES / name
    folder.mkdir(parents=True, exist_ok=True)
    stack.callback(shutil.rmtree, folder)
    (folder / "hosts").write_text(f"{ADDRESS} localhost\n")
    return Machine(name, address, ["ip", "netns", "exec", name])


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, timeout=120)


def _may(*words: str) -> bool:
    done = subprocess.run(
        ["ip", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120
    )
    return done.returncode == 0
