"""From an empty machine to the first request, with nothing but the steps of docs/qualtrics.md."""

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from flask import Flask

from app import create_app
from demo.mailbox import Mailbox
from demo.qualtrics.stand_in import Behavior, StandIn
from demo.qualtrics.survey import PEER_SUPPORT
from demo.serving import served
from settings import Settings
from tests.qualtrics_shapes import as_piped
from tests.world import API_TOKEN, EXAMPLE, JAMIE, REQUESTER, Clock

GUIDE = (EXAMPLE.parent / "docs" / "qualtrics.md").read_text(encoding="utf-8")
SURVEY = PEER_SUPPORT.id


@dataclass
class Machine:
    """A machine with the service's files on it, a Qualtrics and a mail server in reach."""

    folder: Path
    qualtrics: StandIn
    qualtrics_url: str
    mailbox: Mailbox
    door: Flask
    url: str
    clock: Clock

    def follow_settings(self, token: str) -> dict[str, str]:
        """Step 2: run the command as it is printed, then put in one's own addresses."""
        found = re.search(r'^    python3 -c "\n.*?> \.env\.service$', GUIDE, re.S | re.M)
        assert found
        command = re.sub(r"^    ", "", found[0], flags=re.M)
        subprocess.run(["bash", "-c", command], cwd=self.folder, check=True, timeout=120)
        lines = shlex.split((self.folder / ".env.service").read_text())
        own = {
            "BASE_URL": self.url,
            "SMTP_URL": self.mailbox.url,
            "QUALTRICS_BASE_URL": self.qualtrics_url,
            "QUALTRICS_API_TOKEN": token,
        }
        env = dict(line.split("=", 1) for line in lines)
        assert own.keys() <= env.keys()
        places = {"DATABASE": "desk.db", "CONFIG_DIR": "config"}
        return env | own | {name: str(self.folder / place) for name, place in places.items()}

    def start(self, env: dict[str, str]) -> Flask:
        app = create_app(Settings.from_env(env), self.clock)
        self.door.wsgi_app = app.wsgi_app  # type: ignore[method-assign]
        return app


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    clock, door = Clock(), Flask("door")
    shutil.copytree(EXAMPLE, tmp_path / "config.example")
    copied(tmp_path)
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(clock=clock))
        qualtrics = StandIn(token=API_TOKEN, clock=clock, behavior=Behavior(readable_after=0))
        qualtrics_url = stack.enter_context(served(qualtrics.app))
        url = stack.enter_context(served(door))
        yield Machine(tmp_path, qualtrics, qualtrics_url, mailbox, door, url, clock)


def copied(folder: Path) -> None:
    """Step 1: make the folder that admins edit."""
    for line in ("test -e config || cp -r config.example config", "chmod -R go= config"):
        assert f"    {line}\n" in GUIDE
        subprocess.run(["bash", "-c", line], cwd=folder, check=True, timeout=120)


def flask(app: Flask, line: str) -> str:
    """Run a line of the guide, which must be in it as it stands."""
    assert line in GUIDE
    words = shlex.split(line)[1:]
    result = app.test_cli_runner().invoke(args=[w.replace("SV_…", SURVEY) for w in words])
    assert result.exit_code == 0, result.output
    return result.stdout


def described(app: Flask, line: str = "flask qualtrics map SV_…") -> None:
    """Step 4: the proposal becomes survey.toml."""
    proposal = flask(app, line)
    assert tomllib.loads(proposal)
    (app.extensions["settings"].config_dir / "survey.toml").write_text(proposal, encoding="utf-8")
    assert "survey.toml" not in flask(app, "flask check")


def submitted(machine: Machine, body: str = "", token: str = "") -> None:
    response_id = machine.qualtrics.submit(JAMIE)  # type: ignore[arg-type]
    assert machine.qualtrics.wait_until_published()
    if body:
        answer = requests.post(
            f"{machine.url}/webhooks/qualtrics/workflow",
            data=as_piped(body, JAMIE, response_id).encode(),
            headers={"X-Webhook-Token": token, "Content-Type": "application/json"},
            timeout=60,
        )
        assert answer.json() == {"status": "stored"}


def arrived(app: Flask, machine: Machine) -> None:
    worker = app.extensions["worker"]()
    worker.run_once()
    worker.close()
    (mail,) = [m for m in machine.mailbox.messages if REQUESTER in m.recipients]
    assert re.match(r"PS-\w{5}", mail.subject)


def test_a_folder_that_is_there_already_stays_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "config.example")
    copied(tmp_path)
    (tmp_path / "config/survey.toml").write_text("# ours")
    copied(tmp_path)
    assert (tmp_path / "config/survey.toml").read_text() == "# ours"
    assert not (tmp_path / "config/config.example").exists()


def test_way_a_with_a_subscription(machine: Machine) -> None:
    app = machine.start(machine.follow_settings(API_TOKEN))
    flask(app, "flask migrate")
    assert "You have way (a)" in flask(app, "flask qualtrics access")
    described(app)
    assert f"{SURVEY}: subscribed, SUB_" in flask(app, "flask qualtrics subscribe")
    submitted(machine)
    arrived(app, machine)


def test_way_b_with_a_task_of_ids(machine: Machine) -> None:
    env = machine.follow_settings(API_TOKEN)
    app = machine.start(env)
    flask(app, "flask migrate")
    flask(app, "flask qualtrics access")
    described(app)
    body = flask(app, "flask qualtrics map --workflow-body --ids-only")
    submitted(machine, body, env["QUALTRICS_WEBHOOK_TOKENS"])
    arrived(app, machine)


def test_way_c_with_the_answers_in_the_task(machine: Machine, tmp_path: Path) -> None:
    env = machine.follow_settings(token="")
    app = machine.start(env)
    flask(app, "flask migrate")
    assert "You have way (c)" in flask(app, "flask qualtrics access")
    exported_by_hand(machine, Path("Peer_support.qsf"), tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        described(app, "flask qualtrics map Peer_support.qsf")
    body = flask(app, "flask qualtrics map --workflow-body")
    submitted(machine, body, env["QUALTRICS_WEBHOOK_TOKENS"])
    arrived(app, machine)


def exported_by_hand(machine: Machine, name: Path, folder: Path) -> None:
    """Export the survey in Qualtrics' editor, which needs no API."""
    headers = {"X-API-TOKEN": API_TOKEN}
    url = f"{machine.qualtrics_url}/API/v3/survey-definitions/{SURVEY}"
    form = requests.get(url, headers=headers, timeout=60).json()["result"]
    elements = [
        ("BL", "Survey Blocks", list(form["Blocks"].values())),
        ("FL", "Survey Flow", form["SurveyFlow"]),
        *(("SQ", id, question) for id, question in form["Questions"].items()),
    ]
    content = {
        "SurveyEntry": {name: form[name] for name in ("SurveyID", "SurveyName")},
        "SurveyElements": [
            {"Element": kind, "PrimaryAttribute": attribute, "Payload": payload}
            for kind, attribute, payload in elements
        ],
    }
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
