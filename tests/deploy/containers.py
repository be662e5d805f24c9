"""Follow "In containers" of docs/deploy.md, with SQLite and with PostgreSQL, as root.

Podman keeps all of it in a folder of ours. The network, the processes, and whatever the commands
write into the folders of this machine end with the check. Debian's packages make the two images
that it begins with: no registry is asked.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from aiosmtpd.controller import Controller

from tests.bench_service import ROOT
from tests.deploy import document
from tests.deploy.administrator import HOST, MAIL, STEP, WHO, Follower, check, release
from tests.deploy.machine import AUTHORITIES, LONGEST_SECONDS, PLAIN, Failed, Machine, unpack
from tests.mail_server import Inbox

COMPOSE = "podman-compose==1.3.0"  # As in Debian 13.
PYTHON, POSTGRES = "docker.io/library/python:3.11-slim", "docker.io/library/postgres:16"
INSIDE = "INSIDE_NETWORK"
#: What the commands write into; they see what is there, and what they write ends with the check.
WRITTEN = ("/etc", "/opt", "/root", "/usr/local", "/var/backups")
#: This machine has the packages, and nothing in it boots.
NOT_HERE = ("apt-get ", "systemctl ")
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
  initdb -D $PGDATA -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust \\
    --auth-host=scram-sha-256 $POSTGRES_INITDB_ARGS
  echo "host all all all scram-sha-256" >>$PGDATA/pg_hba.conf
  echo "create database $POSTGRES_DB" | postgres --single -D $PGDATA postgres
fi
exec postgres -D $PGDATA -c listen_addresses='*'
"""


class Here(Machine):
    """This machine, and Podman with everything that it has in one folder."""

    def __init__(self, folder: Path) -> None:
        self.root, self.folder = Path("/"), folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "containers.conf").write_text(CONTAINERS)
        (folder / "storage.conf").write_text(STORAGE.format(folder))
        self.env = os.environ | {
            "PATH": f"{folder}/venv/bin:{os.environ['PATH']}",
            "CONTAINERS_CONF": f"{folder}/containers.conf",
            "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf",
            "BUILDAH_ISOLATION": "chroot",
        }

    def attempt(self, script: str) -> subprocess.CompletedProcess[str]:
        shell = ["bash", "-e", "-o", "pipefail", "-c", f"cd; {script}"]
        return subprocess.run(shell, env=self.env, check=False, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LONGEST_SECONDS)  # fmt: skip


class Admin(Follower):
    """An administrator of containers, in front of the proxy."""

    mail_host = "host.containers.internal"
    curl = (f"{Follower.curl} --header 'Host: {HOST}' --header 'X-Forwarded-Proto: https'"
            " --header 'X-Forwarded-For: 192.0.2.7'")  # fmt: skip
    origin = "http://127.0.0.1:8000"

    def typed(self, command: str) -> str:
        return "" if command.startswith(NOT_HERE) else command


def build(here: Here, cache: Path) -> None:
    """Make the images, and whatever needs the network of this machine."""
    folder = here.folder
    if here.attempt(f"podman image exists {PYTHON}").returncode:
        base = folder / "base"
        shutil.rmtree(base, ignore_errors=True)
        here.run(f"cp --archive {unpack('bookworm', cache)} {base}")
        if AUTHORITIES.is_dir():
            shutil.copytree(AUTHORITIES, base / f"{AUTHORITIES}"[1:], dirs_exist_ok=True)
        install = ("apt-get update -qq && apt-get install -qq --no-install-recommends"
                   " ca-certificates python3-venv python-is-python3 postgresql")  # fmt: skip
        variables = " ".join(f"{name}={value}" for name, value in PLAIN.items())
        here.run(f"chroot {base} env -i {variables} sh -c '{install}'")
        here.run(f"tar -C {base} -c . | podman import - {PYTHON}")
    (folder / "server").write_text(SERVER)
    (folder / "Containerfile").write_text(
        f'FROM {PYTHON}\nCOPY --chmod=755 server /server\nCMD ["/server"]\n'
    )
    here.run(f"podman build --pull=never -t {POSTGRES} {folder}")
    here.run(f"python3 -m venv {folder}/venv; pip install --quiet {COMPOSE}")
    print("Building the image for the first time …", flush=True)
    with TemporaryDirectory(dir=folder) as name:
        release(Path(name) / "release", document.releases()[0])
        # Podman keeps what pip installed here, for the builds inside.
        here.run(f"cd {name}/release; podman build --pull=never --network=host --target=built"
                 " --file=deploy/Containerfile .")  # fmt: skip


def prepare(here: Here, own: Path) -> None:
    """Give this machine a network without an outside, and layers that take what is written."""
    here.run("ip link set lo up; mount -t cgroup2 none /sys/fs/cgroup; mount -t tmpfs none /run")
    # Whatever a check left that was ended.
    here.run("podman rm --all --force; podman volume prune --force")
    for number, path in enumerate(WRITTEN):
        upper, work = own / f"{number}", own / f"{number}-work"
        upper.mkdir()
        work.mkdir()
        here.run(f"mount -t overlay -o lowerdir={path},upperdir={upper},workdir={work} none {path}")
    older, newer = document.releases()
    release(Path(f"/opt/care-desk-{older}"), older)
    release(Path(f"/opt/care-desk-{newer}"), newer, STEP)


class Containers:
    """The blocks of the page, by what they do."""

    def __init__(self) -> None:
        self.first, self.then, self.change, self.back, self.password, self.beside = document.blocks(
            "In containers"
        )
        self.settings = document.blocks("In fifteen minutes, on a fresh Debian")[1]


def with_sqlite(admin: Admin) -> None:
    """A request comes; a newer release comes and goes."""
    page, begun = Containers(), time.monotonic()
    admin.follow(page.first)
    admin.write("/etc/care-desk/settings", page.settings)
    admin.date_form()
    print(admin.follow(page.then))
    print(f"  Running after {(time.monotonic() - begun) / 60:.1f} minutes")
    reference, link = admin.submit(0)
    say_nothing(admin, link)
    admin.follow(page.change)
    check(admin.knows(reference), "The request is there after the upgrade")
    later, link = admin.submit(1)
    say_nothing(admin, link)
    print(admin.follow(page.back))
    check(admin.knows(reference), "The request of before the copy is there")
    check(not admin.knows(later), "The one of after it is not: Qualtrics has it")
    admin.machine.run(f"cd {admin.folder}; podman-compose down --volumes")


def with_postgresql(admin: Admin) -> None:
    """A request comes."""
    page = Containers()
    admin.follow(page.first)
    admin.write("/etc/care-desk/settings", page.settings)
    admin.date_form()
    password = admin.follow(page.password).splitlines()[-1]
    with Path("/etc/care-desk/settings").open("a") as settings:
        settings.write(f"DATABASE=postgresql://desk:{password}@database/desk\n")
    print(admin.follow(page.beside))
    _, link = admin.submit(0)
    say_nothing(admin, link)
    admin.machine.run(f"cd {admin.folder}; podman-compose --profile postgresql down --volumes")


def say_nothing(admin: Admin, link: str) -> None:
    """Check that all goes well, and that nobody can read of whom."""
    admin.machine.run("podman healthcheck run care-desk_web_1")
    logs = admin.machine.run("podman logs care-desk_web_1; podman logs care-desk_worker_1")
    secrets = (link.rpartition("/")[2], *WHO, *(name.split()[0] for name in WHO))
    check(not any(one in logs for one in secrets), "Web is healthy, and no log tells of anybody")


PROFILES = {"sqlite": with_sqlite, "postgresql": with_postgresql}


def run(here: Here, profile: str, own: Path) -> None:
    """Follow the page, beside a mail server."""
    prepare(here, own)
    inbox = Inbox()
    Controller(inbox, hostname="0.0.0.0", port=MAIL).start()  # noqa: S104 - our own network
    print(f"In containers, {profile}:", flush=True)
    try:
        PROFILES[profile](Admin(here, inbox))
    except Failed:
        seen = (
            "podman ps --all; for one in $(podman ps --all --quiet); do podman logs $one;"
            " podman inspect --format '{{json .State.Health}}' $one; done"
        )
        print(here.attempt(seen).stdout)
        raise


def again_inside(cache: Path, profile: str, own: Path) -> int:
    """Run this module once more, with a network, mounts and processes of its own."""
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
               sys.executable, "-m", "tests.deploy.containers", "--cache", f"{cache}",
               "--profiles", profile]  # fmt: skip
    return subprocess.run(command, cwd=ROOT, env=os.environ | {INSIDE: f"{own}"}, check=False,
                          timeout=LONGEST_SECONDS).returncode  # fmt: skip


def main() -> int:
    """Build outside, then run inside."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--cache", type=Path, default=ROOT / "var" / "deploy")
    read.add_argument("--profiles", nargs="+", choices=PROFILES, default=[*PROFILES])
    asked = read.parse_args()
    cache = asked.cache.absolute()
    here = Here(cache / "containers")
    try:
        if INSIDE in os.environ:
            run(here, asked.profiles[0], Path(os.environ[INSIDE]))
            return 0
        build(here, cache)
        failed = 0
        for profile in asked.profiles:
            with TemporaryDirectory(dir=here.folder) as own:
                failed += again_inside(cache, profile, Path(own))
        return failed
    except Failed as error:
        print(f"FAILED: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
