"""The dead man's switch: a monitor elsewhere hears from us as long as every loop works."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import requests
from flask import Flask, request

from demo.serving import served
from tests.world import MONDAY, World
from worker.heartbeat import LATEST_ROUND
from worker.worker import Worker

MINUTE = timedelta(minutes=1)


class Monitor:
    """An outside monitor: it counts the calls, and answers as told."""

    def __init__(self) -> None:
        self.app = Flask("monitor")
        self.app.add_url_rule("/ping/<token>", view_func=self.ping)
        self.status, self.called = 200, threading.Event()
        self.calls: list[str] = []
        self.url = ""

    def ping(self, token: str) -> tuple[str, int, dict[str, str]]:
        self.calls.append(f"{request.method} {request.full_path} {request.get_data(as_text=True)}")
        self.called.set()
        return "", self.status, {"Location": "/ping/elsewhere"}


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    monitor = Monitor()
    with served(monitor.app) as url:
        monitor.url = f"{url}/ping/an-invented-token"
        yield monitor


@contextmanager
def worker(world: World, url: str) -> Iterator[Worker]:
    made: Worker = world.app.extensions["worker"]()
    made.heartbeat_url = url
    try:
        yield made
    finally:
        made.close()


def test_the_monitor_is_called_once_a_minute_and_learns_nothing(
    world: World, monitor: Monitor
) -> None:
    with worker(world, monitor.url) as alive:
        for _ in range(4):
            world.clock.now += MINUTE / 2
            world.submit()
            alive.run_once()
    assert monitor.calls == ["GET /ping/an-invented-token? "] * 2


def test_without_an_address_nobody_is_called(world: World, monitor: Monitor) -> None:
    with worker(world, "") as alive:
        alive.run_once()
        assert "heartbeat" not in alive.loops
    assert monitor.calls == []


@pytest.mark.parametrize("name", ["intake", "moments", "sender-1", "files"])
def test_one_loop_that_is_stuck_silences_the_whole_worker(
    world: World, monitor: Monitor, name: str
) -> None:
    with worker(world, monitor.url) as alive:
        alive.run_once()
        others = {n: work for n, work in alive.loops.items() if n != name}
        world.clock.now += LATEST_ROUND - MINUTE / 2
        for work in others.values():
            work()
        assert len(monitor.calls) == 2, "it may take its time"
        world.clock.now += MINUTE
        for work in others.values():
            work()
        assert len(monitor.calls) == 2
        alive.run_once()
    assert len(monitor.calls) == 3


def test_a_round_that_fails_is_no_sign_of_life(world: World, monitor: Monitor) -> None:
    def fails() -> bool:
        raise RuntimeError("an invented fault")

    with worker(world, monitor.url) as alive:
        alive.rounds["moments"] = fails
        for name, work in alive.loops.items():
            if name != "moments":
                work()
    assert monitor.calls == []


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_monitor_that_refuses_is_named_in_the_log_once_an_hour_without_its_address(
    world: World, monitor: Monitor, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    monitor.status = status
    with worker(world, monitor.url) as alive, caplog.at_level(logging.WARNING):
        for _ in range(62):
            alive.run_once()
            world.clock.now += MINUTE
    assert len(monitor.calls) == 62, "a redirect is not followed"
    said = [r.getMessage() for r in caplog.records if "HEARTBEAT_URL" in r.getMessage()]
    assert (
        said == [f"The monitor behind HEARTBEAT_URL could not be reached: it answered {status}"] * 2
    )
    assert "an-invented-token" not in caplog.text


def test_a_monitor_that_is_down_breaks_nothing(world: World) -> None:
    world.submit()
    with worker(world, "http://127.0.0.1:9/ping") as alive:
        alive.run_once()
    assert len(world.mailbox.messages) == 1


def test_it_is_called_while_the_loops_run(world: World, monitor: Monitor) -> None:
    stop = threading.Event()
    with worker(world, monitor.url) as alive:
        thread = threading.Thread(target=alive.run, args=(stop,), daemon=True)
        thread.start()
        assert monitor.called.wait(60)
        stop.set()
        thread.join(60)
    assert len(monitor.calls) == 1


def test_health_says_when_a_worker_last_finished_a_round(world: World) -> None:
    world.work()
    world.clock.now += timedelta(seconds=40)
    ages = requests.get(f"{world.url}/health", timeout=60).json()["ages"]
    assert ages.pop("worker_last_round") == 40
    assert set(ages.values()) == {None}, "what is young may tell when somebody submitted"


def test_health_names_a_moment_that_had_no_consequence(world: World) -> None:
    world.request()
    world.clock.now = MONDAY + timedelta(hours=24, minutes=6)
    health = requests.get(f"{world.url}/health", timeout=60)
    assert health.status_code == 503
    assert "oldest_undone_moment" in health.json()["wrong"]
    assert health.json()["ages"]["oldest_undone_moment"] == 6 * 60
    world.work()
    assert requests.get(f"{world.url}/health", timeout=60).json()["wrong"] == []


def test_health_calls_no_mail_late_that_waits_for_the_morning(world: World) -> None:
    world.request()
    world.mailbox.refuse_data_with = 451
    world.passes(hours=24)
    world.mailbox.refuse_data_with = None
    world.clock.now = MONDAY.replace(day=25, hour=7)  # 2 AM in New York
    world.work()
    assert requests.get(f"{world.url}/health", timeout=60).json()["wrong"] == []
    world.clock.now = MONDAY.replace(day=25, hour=12, minute=31)
    assert "oldest_unsent_mail" in requests.get(f"{world.url}/health", timeout=60).json()["wrong"]
