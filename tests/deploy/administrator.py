"""An administrator who has nothing but docs/deploy.md, and the releases that it names."""

import json
import re
import subprocess
import time
from email import message_from_bytes, policy
from pathlib import Path

from tests.bench_service import ROOT
from tests.deploy import document
from tests.deploy.machine import Failed, Machine
from tests.mail_server import Inbox
from tests.world import JAMIE, TOKEN

HOST = "care-desk.example.org"
#: The port of the institution's mail server.
MAIL = 2525
PATIENCE_SECONDS = 90
#: In every time zone.
YESTERDAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86400))
#: Who asks before the backup, and who after it.
WHO = ("Jamie Quill", "Robin Marsh")
#: What a release of tomorrow may bring along.
STEP = """

def of_tomorrow(db: SqliteDatabase) -> None:
    db.execute("create table of_tomorrow (id integer primary key)")


STEPS = (*STEPS, of_tomorrow)
"""


class Follower:
    """An administrator who has nothing but the page."""

    #: The host that the machine knows the mail server by.
    mail_host = "127.0.0.1"
    #: How to reach the service as the rest of the world does.
    curl, origin = "curl --silent --show-error --fail", f"https://{HOST}"

    def __init__(self, machine: Machine, inbox: Inbox) -> None:
        self.machine, self.inbox = machine, inbox
        self.folder = "/root"

    def typed(self, command: str) -> str:
        """Return what is typed for a command of the page; nothing, if it has no place here."""
        return command

    def follow(self, block: document.Block, may_fail: str = "") -> str:
        """Type the commands of a block, in the folder in which the last block ended."""
        said = []
        for command in filter(None, map(self.typed, block.commands)):
            print(f"    {command}", flush=True)
            done = self.machine.attempt(f"cd {self.folder}; {command}; pwd >/root/folder")
            said.append(done.stdout)
            if done.returncode and not (may_fail and command.startswith(may_fail)):
                raise Failed(f"{command}\n{done.stdout}")
            self.folder = self.machine.run("cat /root/folder").strip()
        return "".join(said)

    def write(self, path: str, block: document.Block) -> None:
        """Write a file of the page, with this institution's values."""
        own = {"QUALTRICS_WEBHOOK_TOKENS": TOKEN, "SMTP_URL": f"smtp://{self.mail_host}:{MAIL}"}
        lines = []
        for line in block.text.splitlines():
            name, _, value = line.partition("=")
            lines.append(f"{name}={own.get(name, value)}\n")
        (self.machine.root / path.lstrip("/")).write_text("".join(lines))

    def date_form(self) -> None:
        """Let the form of the example accept what comes today."""
        form = self.machine.root / "etc/care-desk/config/survey.toml"
        dated = re.sub(r"(?m)^accept_from = .*$", f"accept_from = {YESTERDAY}", form.read_text())
        form.write_text(dated)

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
            f"{self.curl} {self.origin}/webhooks/qualtrics/workflow"
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

    def opens(self, link: str, reference: str) -> bool:
        """Open a link and press "Continue"; tell whether the page is the request's."""
        return reference in self.machine.run(
            f"""
            at=$({self.curl} --cookie-jar jar --location --output page \\
              --write-out '%{{url_effective}}' {link})
            token=$(sed -n 's/.*name="csrf_token" value="\\([^"]*\\)".*/\\1/p' page | head -n 1)
            {self.curl} --cookie jar --cookie-jar jar --location \\
              --data-urlencode "csrf_token=$token" $at
            """
        )

    def knows(self, reference: str) -> bool:
        return self.machine.attempt(f"care-desk history {reference}").returncode == 0


def release(folder: Path, version: str, more: str = "") -> None:
    """Unpack what is committed as a release."""
    folder.mkdir(parents=True)
    packed = subprocess.run(
        ["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True, timeout=120
    )
    extract = ["tar", "--extract", "--no-same-owner", f"--directory={folder}"]
    subprocess.run(extract, input=packed.stdout, check=True, timeout=120)
    for name, pattern, its in (
        ("pyproject.toml", r'(?m)^version = ".*"$', f'version = "{version}"'),
        ("deploy/compose.yaml", r"(?m)image: care-desk:.*$", f"image: care-desk:{version}"),
    ):
        text, times = re.subn(pattern, its, (folder / name).read_text())
        assert times == 1, name
        (folder / name).write_text(text)
    with (folder / "store/schema/steps.py").open("a") as steps:
        steps.write(more)


def check(is_so: bool, what: str) -> None:
    if not is_so:
        raise Failed(what)
    print(f"  {what}", flush=True)
