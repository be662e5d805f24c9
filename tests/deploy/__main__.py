"""Follow docs/deploy.md on a Debian that has nothing yet: `make deploy-check`, as root."""

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench_service import ROOT
from tests.deploy import document, outside
from tests.deploy.machine import AUTHORITIES, Failed, Machine, booted, unpack
from tests.mail_server import Inbox, serving
from tests.world import JAMIE, TOKEN

PROXY, MAIL = 3128, 2525
HOST = "care-desk.example.org"
#: What the page leaves to the institution.
OWN_VALUES = {"QUALTRICS_WEBHOOK_TOKENS": TOKEN, "SMTP_URL": f"smtp://127.0.0.1:{MAIL}"}
PROMISED_MINUTES = 15
PATIENCE_SECONDS = 90
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
#: The institution's part: its proxy, its name server, and a certificate that its machines trust.
HOUSE = f"""
echo 'Acquire::http::Proxy "http://127.0.0.1:{PROXY}";' >/etc/apt/apt.conf.d/80house
printf '[global]\\nproxy = http://127.0.0.1:{PROXY}\\n' >/etc/pip.conf
echo '127.0.0.1 {HOST}' >>/etc/hosts
"""
#: Who asks before the backup, and who after it.
WHO = ("Jamie Quill", "Robin Marsh")
#: What a release of tomorrow may bring along.
STEP = """

@migrations()
def of_tomorrow(db: Database) -> None:
    db.execute("create table of_tomorrow (id integer primary key)")
"""


class Follower:
    """An administrator who has nothing but the page."""

    def __init__(self, machine: Machine, inbox: Inbox) -> None:
        self.machine, self.inbox = machine, inbox
        self.folder = "/root"

    def follow(self, block: document.Block, may_fail: str = "") -> str:
        """Type the commands of a block, in the folder in which the last block ended."""
        said = []
        for command in block.commands:
            print(f"    {command}", flush=True)
            done = self.machine.attempt(f"cd {self.folder}; {command}; pwd >/root/folder")
            said.append(done.stdout)
            if done.returncode and not (may_fail and command.startswith(may_fail)):
                raise Failed(f"{command}\n{done.stdout}")
            self.folder = self.machine.run("cat /root/folder").strip()
        return "".join(said)

    def write(self, path: str, block: document.Block) -> None:
        """Write a file of the page, with this institution's values."""
        lines = []
        for line in block.text.splitlines():
            name, _, value = line.partition("=")
            lines.append(f"{name}={OWN_VALUES.get(name, value)}\n")
        (self.machine.root / path.lstrip("/")).write_text("".join(lines))

    def submit(self, number: int) -> tuple[str, str]:
        """Send what Qualtrics sends for a form; return the request's reference and its link."""
        body = json.loads(self.machine.run("care-desk qualtrics map --workflow-body 2>/dev/null"))
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        body |= {"responseId": f"R_{number}", "recordedDate": at}
        person = JAMIE | {"QID1_TEXT": WHO[number], "QID2_TEXT": f"asked{number}@example.org",
                          "QID3_TEXT": f"860-555-010{number}"}  # fmt: skip
        body["answers"] = {key: person.get(key, "") for key in body["answers"]}
        (self.machine.root / "root/body.json").write_text(json.dumps(body))
        before = len(self.inbox.raw)
        said = self.machine.run(
            f"curl --silent --show-error --fail https://{HOST}/webhooks/qualtrics/workflow"
            f" -H 'X-Webhook-Token: {TOKEN}' -H 'Content-Type: application/json'"
            " --data @/root/body.json"
        )
        print(f"  submitted: {said.strip()}")
        return self.mail_after(before)

    def mail_after(self, before: int) -> tuple[str, str]:
        """Wait for the mail to whoever asked; return the reference and the link in it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for raw in self.inbox.raw[before:]:
                mail = message_from_bytes(raw, policy=policy.SMTP)
                part = mail.get_body(("plain",))
                text = part.get_content() if part else ""
                if link := re.search(rf"https://{HOST}/open/\S+", text):
                    reference = re.search(r"PS-\w{5}", f"{mail['Subject']}")
                    assert reference is not None
                    print(f"  mailed: {reference[0]}")
                    return reference[0], link[0]
            time.sleep(0.2)
        raise Failed("No mail left:\n" + self.machine.run("journalctl --no-pager -n 30"))

    def opens(self, link: str) -> bool:
        said = self.machine.run(
            f"curl --silent --location --cookie-jar - --output /dev/null -w '%{{http_code}}' {link}"
        )
        return said.rstrip().endswith("200")

    def knows(self, reference: str) -> bool:
        return self.machine.attempt(f"care-desk history {reference}").returncode == 0


def release(folder: Path, version: str, more: str = "") -> None:
    """Unpack what is committed as a release."""
    folder.mkdir(parents=True)
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    extract = ["tar", "--extract", "--no-same-owner", f"--directory={folder}"]
    subprocess.run(extract, input=packed.stdout, check=True)
    project = folder / "pyproject.toml"
    number = re.sub(r"(?m)^version = .*$", f'version = "{version}"', project.read_text(), count=1)
    project.write_text(number)
    with (folder / "store/migrations.py").open("a") as steps:
        steps.write(more)


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
                   check=True, capture_output=True)  # fmt: skip
    shutil.copy(key / "fullchain.pem", trusted / "care-desk.crt")


def install(admin: Follower) -> None:
    """From nothing to running."""
    title = "In fifteen minutes, on a fresh Debian"
    first, settings, then = document.blocks(title)
    begun = time.monotonic()
    admin.follow(first)
    admin.write("/etc/care-desk/settings", settings)
    form = admin.machine.root / "etc/care-desk/config/survey.toml"
    form.write_text(re.sub(r"(?m)^accept_from = .*$", f"accept_from = {TODAY}", form.read_text()))
    print(admin.follow(then))
    minutes = (time.monotonic() - begun) / 60
    print(f"  Running after {minutes:.1f} minutes")
    if minutes > PROMISED_MINUTES:
        raise Failed(f"The page promises {PROMISED_MINUTES} minutes")


def check(is_so: bool, what: str) -> None:
    if not is_so:
        raise Failed(what)
    print(f"  {what}", flush=True)


def story(admin: Follower) -> None:
    """A request comes, everything restarts, a newer release comes and goes."""
    machine = admin.machine
    install(admin)
    reference, link = admin.submit(0)
    check(admin.opens(link), "Its link opens")
    machine.run("systemctl restart care-desk-web care-desk-worker")
    check(admin.opens(link), "Its link opens after a restart")
    before, change = document.blocks("Upgrade")
    admin.follow(before)
    admin.follow(change)
    check(admin.opens(link), "Its link opens after the upgrade")
    later, _ = admin.submit(1)
    back, restore, start = document.blocks("Go back")
    said = admin.follow(back, may_fail="care-desk migrate")
    check("newer release" in said, "The older release refuses the newer one's database")
    print(admin.follow(restore))
    admin.follow(start)
    check(admin.opens(link), "Its link opens after going back")
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
