"""Debian's Dovecot, as an unprivileged child on loopback with a folder of its own."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests import children
from tests.mail_server import certificate
from tests.ports import free_port

#: A login as people have it, with letters that a URL must write differently.
USER, PASSWORD = "desk@example.org", "p#ss/w?rd"
LOGIN = "desk%40example.org:p%23ss%2Fw%3Frd"
PATIENCE_SECONDS = 60.0
CONFIG = """
base_dir = {run}
state_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail
first_valid_uid = 0
passdb {{
  driver = static
  args = "password={password}"
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {encrypted}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


@dataclass(frozen=True)
class ImapServer:
    plain: int
    encrypted: int
    #: What a client that trusts the server needs.
    tls: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"imap://{LOGIN}@127.0.0.1:{self.plain}/INBOX"

    def add(self, raw: bytes, at: datetime) -> None:
        with self.client() as imap:
            imap.append("INBOX", "", f'"{at:%d-%b-%Y %H:%M:%S} +0000"', raw)

    def flags(self) -> list[str]:
        """Return the flags of each mail that is there."""
        with self.client() as imap:
            _, found = imap.fetch("1:*", "(FLAGS)")
            return [f"{one!r}" for one in found if one is not None]

    def empty(self) -> None:
        with self.client() as imap:
            _, found = imap.search(None, "ALL")
            for number in found[0].split():
                imap.store(number.decode(), "+FLAGS", r"(\Deleted)")
            imap.expunge()

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.plain, timeout=60) as imap:
            imap.login(USER, PASSWORD)
            imap.select("INBOX")
            yield imap


@contextmanager
def running() -> Iterator[ImapServer]:
    """Run a server until the end of the block. Its sockets need a short path."""
    with tempfile.TemporaryDirectory(prefix="imap") as name:
        folder = Path(name)
        path, tls = certificate(folder)
        server = ImapServer(free_port(), free_port(), tls)
        written = _config(folder, path, server)
        (folder / "dovecot.conf").write_text(written)
        command = [_dovecot(), "-F", "-c", f"{folder / 'dovecot.conf'}"]
        with children.running(command, stderr=subprocess.DEVNULL) as process:
            _wait_for(server, process, folder / "log")
            yield server


def _dovecot() -> str:
    path = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is not None:
        return path
    reason = "Dovecot is not installed; tests/imap/install.sh says how to get it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _config(folder: Path, certificate: Path, server: ImapServer) -> str:
    """Return the configuration; started by root, the server runs as somebody without rights."""
    user = "nobody" if os.geteuid() == 0 else getpass.getuser()
    account = pwd.getpwnam(user)
    (folder / "mail").mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o755)
        os.chown(folder / "mail", account.pw_uid, account.pw_gid)
    return CONFIG.format(
        run=folder / "run",
        folder=folder,
        certificate=certificate,
        user=user,
        group=grp.getgrgid(account.pw_gid).gr_name,
        password=PASSWORD,
        plain=server.plain,
        encrypted=server.encrypted,
    )


def _wait_for(server: ImapServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, imaplib.IMAP4.error), server.client():
            return
        time.sleep(0.02)
    raise AssertionError(log.read_text() if log.exists() else "Dovecot does not start")
