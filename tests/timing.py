"""`python -m tests.timing`: whether the time of /link tells known addresses from unknown ones.

For each, 300 clients ask, each from a network of its own, and look at what comes next. The area
under the curve is 0.5 when the times tell nothing, and 1 when they tell everything.
"""

import csv
import random
import re
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

import requests

from demo.mailbox import Mailbox
from tests import bench_service
from tests.bench import say
from tests.ports import free_port

TRIES, AIM = 300, 0.55
#: What a client does: ask, look at the next page, and ask again for an address of nobody.
STEPS = ("asking", "the next page", "the next question", "one more, 30 ms later")


def main() -> None:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        mailbox = stack.enter_context(Mailbox())
        nowhere = f"http://127.0.0.1:{free_port()}"
        env = bench_service.settings_of(folder, nowhere, mailbox.url) | {"TRUSTED_PROXIES": "1"}
        _enlist(Path(env["CONFIG_DIR"]) / "supporters.csv")
        bench_service.migrate(env)
        _, port = stack.enter_context(bench_service.web(env))
        stack.enter_context(bench_service.worker(env))
        times = _measured(f"http://127.0.0.1:{port}/link")
        mailbox.wait_for(TRIES, timeout=60)
        for step in STEPS:
            area = _area(times[step, True], times[step, False])
            verdict = "yes" if abs(area - 0.5) <= AIM - 0.5 else "NO"
            say(f"{step:24} area under the curve {area:.3f}, at most {AIM}: {verdict}")
        say(f"{len(mailbox.messages)} mails to the {TRIES} known addresses.")


def _measured(url: str) -> dict[tuple[str, bool], list[float]]:
    dice, times = random.Random(), defaultdict[tuple[str, bool], list[float]](list)
    tries = [(number, is_known) for number in range(TRIES) for is_known in (True, False)]
    dice.shuffle(tries)
    for place, (number, is_known) in enumerate(tries):
        address = f"{'known' if is_known else 'other'}-{number:03}@example.org"
        for step, took in zip(STEPS, _steps(url, address, place), strict=True):
            times[step, is_known].append(took)
    return times


def _steps(url: str, address: str, place: int) -> list[float]:
    """Return what each step of one client took."""
    with requests.Session() as client:
        client.trust_env = False
        client.headers["X-Forwarded-For"] = f"10.{place // 250}.{place % 250}.1"
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(url).text)
        assert found is not None
        form = {"csrf_token": found[1], "address": address}
        nobodys = form | {"address": "nobody-000@example.org"}
        took = [_timed(client, "POST", url, form), _timed(client, "GET", url, {})]
        took.append(_timed(client, "POST", url, nobodys))
        time.sleep(0.03)
        return [*took, _timed(client, "POST", url, nobodys)]


def _timed(client: requests.Session, method: str, url: str, form: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = client.request(method, url, data=form)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.status_code
    return took


def _area(known: list[float], unknown: list[float]) -> float:
    """Return how often a known address took longer than an unknown one; ties count half."""
    longer = sum((k > u) + (k == u) / 2 for k in known for u in unknown)
    return longer / (len(known) * len(unknown))


def _enlist(roster: Path) -> None:
    """Let the program know so many supporters that nobody is asked for twice."""
    with roster.open(newline="") as file:
        rows = list(csv.DictReader(file))
    blank = {"notify_email": "", "phone": "", "text_ok": "no"}
    ids = [f"known-{number:03}" for number in range(TRIES)]
    more = [rows[0] | blank | {"id": id, "name": id, "email": f"{id}@example.org"} for id in ids]
    with roster.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows + more)


if __name__ == "__main__":
    main()
