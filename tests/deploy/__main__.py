"""Follow docs/deploy.md on a Debian that has nothing yet: `make deploy-check`, as root."""

import argparse
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench_service import ROOT
from tests.deploy import document, outside
from tests.deploy.administrator import HOST, MAIL, STEP, WHO, Follower, check, release
from tests.deploy.machine import AUTHORITIES, Failed, Machine, booted, unpack
from tests.mail_server import Inbox, serving

PROXY = 3128
PROMISED_MINUTES = 15
#: The institution's part: its proxy, its name server, and a certificate that its machines trust.
HOUSE = f"""
echo 'Acquire::http::Proxy "http://127.0.0.1:{PROXY}";' >/etc/apt/apt.conf.d/80house
printf '[global]\\nproxy = http://127.0.0.1:{PROXY}\\n' >/etc/pip.conf
echo '127.0.0.1 {HOST}' >>/etc/hosts
"""


def prepare(machine: Machine) -> None:
    """Give the new machine what it has in its institution before anybody opens the page."""
    older, newer = document.releases()
    release(machine.root / "opt" / f"care-desk-{older}", older)
    release(machine.root / "opt" / f"care-desk-{newer}", newer, STEP)
    machine.run(HOUSE)
    key, trusted = (machine.root / path for path in ("etc/ssl/care-desk", f"{AUTHORITIES}"[1:]))
    key.mkdir(parents=True)
    trusted.mkdir(parents=True, exist_ok=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
                    "-keyout", key / "key.pem", "-out", key / "fullchain.pem"],
                   check=True, capture_output=True, timeout=120)  # fmt: skip
    shutil.copy(key / "fullchain.pem", trusted / "care-desk.crt")


def install(admin: Follower) -> None:
    """From nothing to running."""
    title = "In fifteen minutes, on a fresh Debian"
    first, settings, then = document.blocks(title)
    begun = time.monotonic()
    admin.follow(first)
    admin.write("/etc/care-desk/settings", settings)
    admin.date_form()
    print(admin.follow(then))
    minutes = (time.monotonic() - begun) / 60
    print(f"  Running after {minutes:.1f} minutes")
    if minutes > PROMISED_MINUTES:
        raise Failed(f"The page promises {PROMISED_MINUTES} minutes")


def story(admin: Follower) -> None:
    """A request comes, everything restarts, a newer release comes and goes."""
    machine = admin.machine
    install(admin)
    reference, link = admin.submit(0)
    check(admin.opens(link, reference), "Its link opens")
    machine.run("systemctl restart care-desk-web care-desk-worker")
    check(admin.opens(link, reference), "Its link opens after a restart")
    before, change = document.blocks("Upgrade")
    admin.follow(before)
    admin.follow(change)
    check(admin.opens(link, reference), "Its link opens after the upgrade")
    later, _ = admin.submit(1)
    back, restore, start = document.blocks("Go back")
    said = admin.follow(back, may_fail="care-desk migrate")
    check("newer release" in said, "The older release refuses the newer one's database")
    print(admin.follow(restore))
    admin.follow(start)
    check(admin.opens(link, reference), "Its link opens after going back")
    check(admin.knows(reference), "The request of before the copy is there")
    check(not admin.knows(later), "The one of after it is not: Qualtrics has it")
    machine.run("care-desk restore --release")
    logs = machine.run("journalctl --no-pager; cat /var/log/nginx/*")
    secrets = (link.rpartition("/")[2], *WHO, *(name.split()[0] for name in WHO))
    check(not any(one in logs for one in secrets), "No log tells of anybody")
    check("running" in machine.run("systemctl is-system-running"), "No unit has failed")


@contextmanager
def machine_of_its_own(suite: str, cache: Path) -> Iterator[Follower]:
    inbox = Inbox()
    base = unpack(suite, cache)
    with (
        TemporaryDirectory(dir=cache) as folder,
        serving(inbox) as port,
        booted(base, Path(folder) / "root", f"fresh-{port}") as machine,
    ):
        for at, connect in (
            (PROXY, outside.to_whatever_is_asked),
            (MAIL, outside.to_port(port)),
        ):
            outside.forward(machine.listen(at), connect)
        prepare(machine)
        yield Follower(machine, inbox)


def main() -> int:
    """Follow the page, and say what did not work."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--suite", default="bookworm", help="the Debian: bookworm, trixie")
    read.add_argument("--cache", type=Path, default=ROOT / "var" / "deploy")
    read.add_argument("--stay", action="store_true", help="leave the machine up after a failure")
    asked = read.parse_args()
    asked.cache.mkdir(parents=True, exist_ok=True)
    try:
        with machine_of_its_own(asked.suite, asked.cache) as admin:
            try:
                story(admin)
            except Failed as error:
                if asked.stay:
                    print(f"FAILED: {error}\nStill up; end with Ctrl-C", flush=True)
                    signal.pause()
                raise
    except Failed as error:
        print(f"FAILED: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
