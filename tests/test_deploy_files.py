"""What stands in deploy/: proxies that log no link, units, and what is in the image."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from lib.version import VERSION
from tests import children
from tests.bench_service import ROOT, migrate, settings_of, web
from tests.ports import free_port

DEPLOY = ROOT / "deploy"
SECRET = "zr8-a-token-that-nobody-may-log"
NEEDS = {name: shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
         for name in ("nginx", "caddy", "systemd-analyze")}  # fmt: skip


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not NEEDS[name], reason=f"{name} is not installed")


def nginx(folder: Path, port: int, inner: int) -> list[str]:
    """Write nginx.conf as it stands in deploy/, without TLS and in a folder of its own."""
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, count=1, flags=re.S)
    text = re.sub(r".*(\[::\]|ssl_).*\n", "", text)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{inner}")
    text = text.replace("/var/log/nginx", f"{folder}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    whole = f"daemon off; pid {folder}/pid; error_log {folder}/main.log emerg;"
    # As Debian's nginx.conf has it, for what a server does not say itself.
    usual = f"access_log {folder}/access.log; error_log {folder}/error.log;"
    whole += f"events {{}} http {{ {usual} {paths}\n{text} }}"
    (folder / "nginx.conf").write_text(whole)
    return [f"{NEEDS['nginx']}", "-p", f"{folder}", "-e", f"{folder}/early.log",
            "-c", f"{folder}/nginx.conf"]  # fmt: skip


def caddy(folder: Path, port: int, inner: int) -> list[str]:
    """Write the Caddyfile as it stands in deploy/, without TLS."""
    text = (DEPLOY / "Caddyfile").read_text()
    text = text.replace("care-desk.example.org {", f"http://127.0.0.1:{port} {{")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{inner}")
    text = text.replace("{\n\tlog", "{\n\tadmin off\n\tlog", 1)
    text = text.replace("{\n\t# Errors", "{\n\tadmin off\n\t# Errors", 1)
    (folder / "Caddyfile").write_text(text)
    return [f"{NEEDS['caddy']}", "run", "--adapter", "caddyfile", "--config",
            f"{folder}/Caddyfile"]  # fmt: skip


CUT_OFF = 0


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    env = os.environ | {"HOME": f"{folder}", "XDG_DATA_HOME": f"{folder}"}
    with (
        (folder / "said.log").open("wb") as said,
        children.running(command, stdout=said, stderr=said, env=env),
    ):
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield


def ask(port: int) -> list[int]:
    """Open a link, send far too much to it, and ask for it in a way that is none."""
    link = f"http://127.0.0.1:{port}/open/{SECRET}"
    codes = [requests.get(link, timeout=60).status_code]
    try:
        codes.append(requests.post(link, data=b"x" * 3_000_000, timeout=60).status_code)
    except requests.RequestException:
        # The answer came, and the connection went, before all was sent.
        codes.append(CUT_OFF)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as raw:
        raw.sendall(f"GET /open/{SECRET} HTTP/1.1\r\nHost: a b\r\nX\r\n\r\n".encode())
        assert raw.recv(12)
    return codes


@pytest.mark.parametrize(
    "proxy", [pytest.param(nginx, marks=needs("nginx")), pytest.param(caddy, marks=needs("caddy"))]
)
def test_no_log_of_a_proxy_holds_a_link_whether_web_runs_or_not(
    proxy: object, tmp_path: Path
) -> None:
    (logs := tmp_path / "logs").mkdir()
    more = {"BASE_URL": "https://care-desk.example.org", "TRUSTED_PROXIES": "1"}
    env = os.environ | settings_of(tmp_path, "http://127.0.0.1:9", "smtp://127.0.0.1:9") | more
    migrate(env)
    port, inner = free_port(), free_port()
    command = proxy(logs, port, inner)  # type: ignore[operator]
    with running(command, logs, port):
        assert ask(port)[0] == 502
        with web(env, port=inner):
            opened, too_large = ask(port)
            assert opened == 200
            assert too_large in (405, 413, 502, CUT_OFF)
        assert ask(port)[0] == 502
    written = {path: path.read_bytes() for path in logs.rglob("*") if path.is_file()}
    told = [path.name for path, text in written.items() if SECRET.encode() in text]
    assert told == [], {path.name: text[-400:] for path, text in written.items()}


@needs("systemd-analyze")
@pytest.mark.parametrize("name", ["web", "worker"])
def test_units_are_hardened(name: str) -> None:
    unit = DEPLOY / "systemd" / f"care-desk-{name}.service"
    judge = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager"]
    done = subprocess.run([*judge, unit], check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-300:]


def test_what_is_copied_into_the_image_is_all_that_it_needs(tmp_path: Path) -> None:
    image = tmp_path / "app"
    image.mkdir()
    written = (DEPLOY / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--from|requirements)(.+)$", written, re.M)
    for line in copied:
        *sources, _ = line.split()
        for one in sources:
            source, target = ROOT / one, image / one
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    env = settings_of(tmp_path, "http://127.0.0.1:9", "smtp://127.0.0.1:9")
    opened = "import app; print(app.create_app().test_client().get('/privacy').status_code)"
    for command in (
        ["-m", "flask", "migrate"],
        ["-m", "flask", "worker", "--once"],
        ["-c", opened],
    ):
        done = subprocess.run([sys.executable, *command], cwd=image, env=env, check=False,
                              capture_output=True, text=True, timeout=120)  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "200"


def test_containers_start_in_any_order() -> None:
    """Podman before 5.6 may not start whoever waits for one that waits itself.

    And what podman-compose makes of a list that checks health is an error of the shell.
    """
    written = (DEPLOY / "compose.yaml").read_text()
    assert "depends_on" not in written
    assert "CMD" not in written
    assert f"image: care-desk:{VERSION}\n" in written
    begun = re.findall(r"^    command: (.+)$", written, re.M)
    assert len(begun) == 2
    assert all(command.startswith('["sh", "-c", "flask migrate && exec ') for command in begun)
