"""Web and worker as processes: what they log for a collector, and how they end."""

import json
import logging
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lib import logs
from tests.attacked import Attacked, attacked
from tests.bench_service import Process, worker
from tests.doors import WORKFLOW, with_answers
from tests.world import JAMIE, TOKEN

PATIENCE_SECONDS = 60
EARNEST = {"LOG_FORMAT": "json", "GUNICORN_CMD_ARGS": "--graceful-timeout 20"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Attacked]:
    with attacked(tmp_path, more=EARNEST) as found:
        yield found


def until(is_so: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def half_sent(service: Attacked, body: bytes) -> tuple[socket.socket, bytes]:
    """Begin to submit; return the connection, which a thread serves by now, and the rest."""
    head = (f"POST {WORKFLOW} HTTP/1.1\r\nHost: {service.host}\r\nX-Webhook-Token: {TOKEN}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Expect: 100-continue\r\nConnection: close\r\n\r\n")  # fmt: skip
    connection = service.connection(head.encode())
    assert b"100 Continue" in connection.recv(1024)
    connection.sendall(body[:20])
    return connection, body[20:]


def ends(process: Process) -> bool:
    return process.popen.wait(PATIENCE_SECONDS) == 0


def sockets_of(process: Process) -> set[str]:
    """Return the sockets that a process has open."""
    files = Path(f"/proc/{process.popen.pid}/fd").iterdir()
    return {name for name in map(os.readlink, files) if name.startswith("socket:")}


def lines(service: Attacked) -> list[dict[str, str]]:
    """Return what the processes logged; each line must be one object."""
    return [json.loads(line) for line in service.log.read_text().splitlines()]


def test_told_to_end_they_finish_what_they_do_and_log_one_object_a_line(service: Attacked) -> None:
    world = service.world
    service.raw(b"GET /open/a-guessed-token\r\n\r\n")
    service.ask("POST", "/open/a-guessed-token")
    assert service.ask("POST", WORKFLOW, json=with_answers("R_1")).status_code == 403

    connection, rest = half_sent(service, json.dumps(with_answers("R_2")).encode())
    with closing(connection):
        listening = sockets_of(service.process)
        service.process.popen.terminate()
        until(lambda: sockets_of(service.process) < listening)
        connection.sendall(rest)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b" 200 OK" in answer
    assert ends(service.process)
    assert world.count("deliveries") == 1

    world.mailbox.hang_after_data = 0.3
    with worker(service.env, app="demo.service:create") as working:
        until(lambda: ("sending",) in world.rows("outbox", "result"))
        working.popen.terminate()
        assert ends(working)
    results = [result for (result,) in world.rows("outbox", "result")]
    assert "sending" not in results
    assert len(world.mailbox.messages) == results.count("sent") > 0

    written = lines(service)
    assert {key for line in written for key in line} <= {
        "at",
        "level",
        "logger",
        "message",
        "fault",
    }
    said = "\n".join(line["message"] for line in written)
    assert "security event=forbidden" in said
    for word in ("a-guessed-token", TOKEN, *map(str, JAMIE.values()), "Quill", "example.org"):
        assert len(word) < 3 or word.lower() not in said.lower()


def test_an_exception_is_logged_by_its_place_and_never_by_its_text() -> None:
    try:
        raise ValueError("Jamie Quill\nasked")
    except ValueError as error:
        caught = (type(error), error, error.__traceback__)
        told = ("a\u2028page",)
        record = logging.LogRecord("app", logging.ERROR, "", 1, "Failed\nat %s", told, caught)
    line = logs.formatter(logs.JSON).format(record)
    found = json.loads(line)
    assert found["message"] == "Failed\nat a\u2028page"
    assert found["fault"].startswith("ValueError at tests/test_processes.py:")
    assert len(line.splitlines()) == 1
    assert "Quill" not in line
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found["at"])
