"""Start the whole service with its demo: `python -m demo.run`."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from demo.addresses import AddressError, all_addresses
from demo.bounces import maildir_at
from demo.clock import clock_of_demo
from demo.past import invent_past
from demo.prepare import SETTINGS_FILE, prepare_config, prepare_settings

PROCFILE = Path(__file__).with_name("Procfile")
START_TIMEOUT = 60.0
SIGNAL_CODES = (130, 143)


class DemoError(Exception):
    """Why the demo cannot start, in one sentence."""


class Processes(Manager):  # type: ignore[misc]
    """Honcho's manager, which may be stopped before all of its processes have started."""

    def __init__(self) -> None:
        super().__init__(Printer(sys.stdout))
        self._owner = os.getpid()

    def terminate(self) -> None:
        """End all processes, after waiting for those that are being started."""
        if os.getpid() != self._owner:
            return  # A forked child got the signal before it replaced our handlers.
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.1, self.terminate).start()


def main() -> int:
    """Set up what is missing, run everything until Ctrl-C, and return the exit code."""
    settings = prepare_settings()
    env = {**os.environ, **settings, "PYTHONUNBUFFERED": "1", "PATH": _path_with_venv()}
    check_ports(settings)
    prepare_config(Path(settings["CONFIG_DIR"]), intranet=settings["QUALTRICS_BASE_URL"])
    Path(settings["DATABASE"]).parent.mkdir(parents=True, exist_ok=True)
    maildir_at(settings["BOUNCES_URL"])
    migrate(env)
    invent_past(settings, clock_of_demo(settings)())
    return run_processes(settings, env)


def _path_with_venv() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def check_ports(settings: Mapping[str, str]) -> None:
    """Raise DemoError if another program, perhaps an older demo, uses one of our ports."""
    for address in all_addresses(settings):
        if address.is_taken():
            raise DemoError(
                f"Port {address.port} on {address.host} is taken: stop the program that uses it,"
                f" or change {address.variable} in {SETTINGS_FILE}."
            )


def migrate(env: Mapping[str, str]) -> None:
    """Bring the demo's database up to date."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "migrate"],
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        output = (done.stderr or done.stdout).strip().splitlines()
        raise DemoError(f"flask migrate failed: {output[-1] if output else 'it said nothing'}")


def run_processes(settings: Mapping[str, str], env: Mapping[str, str]) -> int:
    """Run the Procfile's processes until one ends or a signal comes."""
    manager = Processes()
    for name, command in parse_procfile(PROCFILE.read_text()).processes.items():
        manager.add_process(name, command, env=dict(env))
    threading.Thread(target=announce, args=(settings,), daemon=True).start()
    manager.loop()
    if manager.returncode in SIGNAL_CODES:
        return 0
    print("\n  A part of the demo ended by itself; its last lines above say why.\n", flush=True)
    return 1


def announce(settings: Mapping[str, str]) -> None:
    """Print the address to open as soon as everything answers."""
    missing = "everything"
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        missing = _what_is_missing(settings)
        if not missing:
            print(f"\n  Ready. Open {settings['QUALTRICS_BASE_URL']}/\n", flush=True)
            return
        time.sleep(0.1)
    print(f"\n  After {START_TIMEOUT:.0f} seconds {missing} does not answer.\n", flush=True)


def _what_is_missing(settings: Mapping[str, str]) -> str:
    for address in all_addresses(settings):
        if not address.answers():
            return f"{address.host}:{address.port}"
    url = settings["BASE_URL"] + "/alive"
    return "" if _answers(url) else url


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (HTTPError, URLError, OSError):
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (DemoError, AddressError) as error:
        sys.exit(f"The demo cannot start. {error}")
    except KeyboardInterrupt:
        sys.exit(0)
