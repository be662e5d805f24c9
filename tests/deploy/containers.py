"""Build the image, and run deploy/compose.yaml with SQLite and with PostgreSQL: as root.

Podman keeps all of it in a folder of ours, and containers have a network that ends with the check.
Debian's packages make the two images that it begins with: no registry is asked.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.controller import Controller
from cryptography.fernet import Fernet

from tests.bench_service import ROOT
from tests.deploy.__main__ import YESTERDAY, release
from tests.deploy.machine import AUTHORITIES, LONGEST_SECONDS, PLAIN, Failed, unpack
from tests.mail_server import Inbox
from tests.world import JAMIE, REQUESTER, TOKEN

COMPOSE = "podman-compose==1.3.0"  # As in Debian 13.
PYTHON, POSTGRES = "docker.io/library/python:3.11-slim", "docker.io/library/postgres:16"
PORT, MAIL, PATIENCE_SECONDS = 8000, 2525, 90
PROFILES = ("file", "postgresql")
INSIDE = "INSIDE_NETWORK"
#: Whatever machine this is: nothing but its own folder, and no group of processes of systemd's.
CONTAINERS = """[containers]
cgroups = "disabled"
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
[network]
network_backend = "netavark"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STORAGE = '[storage]\ndriver = "overlay"\ngraphroot = "{0}/root"\nrunroot = "{0}/run"\n'
SETTINGS = f"""BASE_URL=http://127.0.0.1:{PORT}
QUALTRICS_WEBHOOK_TOKENS={TOKEN}
SMTP_URL=smtp://host.containers.internal:{MAIL}
MAIL_FROM=Care Desk <care-desk@example.org>
MAIL_REPLY_TO=care-desk@example.org
DATABASE=postgresql://desk:an-invented-password@database/desk
"""
#: What the official image does with its variables, as far as compose.yaml uses them.
SERVER = """#!/bin/sh
set -eu
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH PGDATA=/var/lib/postgresql/data
if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -m 700 $PGDATA
  install -o postgres -m 600 "$POSTGRES_PASSWORD_FILE" /tmp/password
  exec su postgres -s /bin/sh -c "exec $0"
fi
if [ ! -s $PGDATA/PG_VERSION ]; then
  initdb -D $PGDATA -U "$POSTGRES_USER" --pwfile=/tmp/password -A scram-sha-256 \\
    $POSTGRES_INITDB_ARGS
  echo "host all all all scram-sha-256" >>$PGDATA/pg_hba.conf
  echo "create database $POSTGRES_DB" | postgres --single -D $PGDATA postgres
fi
exec postgres -D $PGDATA -c listen_addresses='*'
"""


#: Podman 4 cannot wait for health, which compose.yaml asks for; Podman 5 can.
WAITS = """#!/bin/sh
case "$*" in *wait*--condition=healthy*)
  for name; do :; done
  until /usr/bin/podman healthcheck run "$name"; do sleep 1; done
  exit 0 ;;
esac
exec /usr/bin/podman "$@"
"""


class Podman:
    """Podman and podman-compose, with everything that they have in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "containers.conf").write_text(CONTAINERS)
        (folder / "storage.conf").write_text(STORAGE.format(folder))
        wrapper = folder / "bin/podman"
        wrapper.parent.mkdir(exist_ok=True)
        wrapper.write_text(WAITS)
        wrapper.chmod(0o755)
        self.env = os.environ | {
            "PATH": f"{wrapper.parent}:{os.environ['PATH']}",
            "CONTAINERS_CONF": f"{folder}/containers.conf",
            "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf",
            "BUILDAH_ISOLATION": "chroot",
        }

    def run(self, *words: str, cwd: Path = ROOT) -> str:
        done = subprocess.run(words, cwd=cwd, env=self.env, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LONGEST_SECONDS)  # fmt: skip
        if done.returncode:
            raise Failed(f"{' '.join(words)}\n{done.stdout}")
        return done.stdout

    def compose(self, profile: str, *words: str) -> str:
        """As whoever has podman-compose types it, in the folder of the file."""
        program = f"{self.folder}/venv/bin/podman-compose"
        return self.run(program, "--profile", profile, *words, cwd=self.folder / "release/deploy")

    def has(self, image: str) -> bool:
        asked = ["podman", "image", "exists", image]
        return subprocess.run(asked, env=self.env, check=False, timeout=60).returncode == 0


def build(podman: Podman, cache: Path) -> None:
    """Make the images, with the network of this machine."""
    folder = podman.folder
    if not podman.has(PYTHON):
        base = folder / "base"
        shutil.rmtree(base, ignore_errors=True)
        podman.run("cp", "--archive", f"{unpack('bookworm', cache)}", f"{base}")
        if AUTHORITIES.is_dir():
            shutil.copytree(AUTHORITIES, base / f"{AUTHORITIES}"[1:], dirs_exist_ok=True)
        install = ("apt-get update -qq && apt-get install -qq --no-install-recommends"
                   " ca-certificates python3-venv python-is-python3 postgresql")  # fmt: skip
        variables = [f"{name}={value}" for name, value in PLAIN.items()]
        podman.run("chroot", f"{base}", "env", "-i", *variables, "sh", "-c", install)
        podman.run("sh", "-c", f"tar -C {base} -c . | podman import - {PYTHON}")
        (folder / "server").write_text(SERVER)
        (folder / "Containerfile").write_text(
            f'FROM {PYTHON}\nCOPY --chmod=755 server /server\nCMD ["/server"]\n'
        )
        podman.run("podman", "build", "--pull=never", "-t", POSTGRES, f"{folder}")
    podman.run("python3", "-m", "venv", f"{folder}/venv")
    podman.run(f"{folder}/venv/bin/pip", "install", "--quiet", COMPOSE)
    shutil.rmtree(folder / "release", ignore_errors=True)
    release(folder / "release", "0.1.0")
    print("Building the image …", flush=True)
    podman.run("podman", "build", "--pull=never", "--network=host", "-t", "care-desk",
               "-f", "deploy/Containerfile", ".", cwd=folder / "release")  # fmt: skip


def settle(folder: Path) -> None:
    """Write what docs/deploy.md leaves to whoever installs it."""
    shutil.copytree(folder / "config.example", folder / "config")
    form = folder / "config/survey.toml"
    dated = [f"accept_from = {YESTERDAY}" if line.startswith("accept_from =") else line
             for line in form.read_text().splitlines()]  # fmt: skip
    form.write_text("\n".join(dated))
    secrets = folder / "deploy/secrets"
    secrets.mkdir()
    (secrets / "secret_key").write_text("an-invented-secret-key-of-enough-characters")
    (secrets / "data_keys").write_text(Fernet.generate_key().decode())
    (secrets / "postgres_password").write_text("an-invented-password\n")
    (folder / "deploy/settings.env").write_text(SETTINGS)
    for path in (*(folder / "config").rglob("*"), folder / "config", *secrets.iterdir(), secrets):
        os.chown(path, 10001, 10001)


def tried(podman: Podman, profile: str, inbox: Inbox) -> None:
    """Start everything, ask for support, and wait for the mails; then end it."""
    begun, before, is_over = time.monotonic(), len(inbox.raw), threading.Event()
    threading.Thread(target=_look_after_health, args=(podman, is_over), daemon=True).start()
    try:
        podman.compose(profile, "up", "--detach")
        _until(lambda: _says("/alive") == {"alive": True}, "The web server answers")
        print(f"    {time.monotonic() - begun:.0f} s after the start")
        web = f"web{'' if profile == 'file' else '-postgresql'}"
        asked = podman.compose(profile, "exec", "-T", web, "flask", "qualtrics", "map",
                               "--workflow-body")  # fmt: skip
        body, _ = json.JSONDecoder().raw_decode(asked[asked.index("{") :])
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        body |= {"responseId": "R_1", "recordedDate": at}
        body["answers"] = {key: JAMIE.get(key, "") for key in body["answers"]}
        said = _says("/webhooks/qualtrics/workflow", json.dumps(body).encode())
        print(f"  submitted: {said}")
        _until(lambda: REQUESTER in _readers(inbox, before), "The first mail leaves")
        _until(lambda: not _says("/health")["wrong"], "Nothing is wrong")
    except Failed as error:
        raise Failed(f"{error}\n{podman.compose(profile, 'logs')}") from error
    finally:
        is_over.set()
        podman.compose(profile, "down", "--volumes")


def _look_after_health(podman: Podman, is_over: threading.Event) -> None:
    """Run the health checks, for which Podman has timers of systemd where that runs."""
    while not is_over.wait(2):
        with suppress(Failed):
            for name in podman.run("podman", "ps", "--format={{.Names}}").split():
                podman.run("podman", "healthcheck", "run", name)


def _until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            print(f"  {what}", flush=True)
            return
        time.sleep(0.5)
    raise Failed(f"Not so: {what}")


def _says(path: str, body: bytes | None = None) -> dict[str, object]:
    headers = {"Content-Type": "application/json", "X-Webhook-Token": TOKEN}
    asked = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            found: dict[str, object] = json.loads(answer.read() or "{}")
            return found
    except OSError as error:
        return {"wrong": [f"{error}"]}


def _readers(inbox: Inbox, before: int) -> set[str]:
    mails = [message_from_bytes(raw, policy=policy.SMTP) for raw in inbox.raw[before:]]
    return {f"{mail['To']}" for mail in mails}


def main() -> int:
    """Build outside, then run in a network, a mount table and processes of our own."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--cache", type=Path, default=ROOT / "var" / "deploy")
    read.add_argument("--profiles", nargs="+", default=PROFILES)
    asked = read.parse_args()
    cache = asked.cache.absolute()
    podman = Podman(cache / "containers")
    try:
        if INSIDE not in os.environ:
            build(podman, cache)
            settle(podman.folder / "release")
            own = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
            command = [
                *own,
                sys.executable,
                "-m",
                "tests.deploy.containers",
                "--cache",
                f"{cache}",
                "--profiles",
                *asked.profiles,
            ]
            return subprocess.run(command, cwd=ROOT, env=os.environ | {INSIDE: "1"}, check=False,
                                  timeout=LONGEST_SECONDS).returncode  # fmt: skip
        podman.run("ip", "link", "set", "lo", "up")
        podman.run("mount", "-t", "cgroup2", "none", "/sys/fs/cgroup")
        podman.run("mount", "-t", "tmpfs", "none", "/run")
        inbox = Inbox()
        mail = Controller(inbox, hostname="0.0.0.0", port=MAIL)  # noqa: S104 - our own network
        mail.start()
        for profile in asked.profiles:
            print(f"compose.yaml, profile {profile}:", flush=True)
            tried(podman, profile, inbox)
    except Failed as error:
        print(f"FAILED: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
