"""From a delivery to a case, whatever Qualtrics answers: later, never lost, and only once."""

import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from app import create_app
from engine import intake
from store import deliveries
from store.database import unstamp
from store.deliveries import StoredDelivery
from tests.world import JORDAN, PRIYA, REQUESTER, SAM, World
from worker.rounds import FETCH_LEASE
from worker.worker import Worker

#: What a WSGI server calls.
Wsgi = Callable[..., Iterable[bytes]]
#: What becomes of an answer: its status and its body.
Answering = Callable[[dict[str, Any], bytes], tuple[int, bytes]]


def delivery_row(world: World) -> tuple[Any, ...]:
    found = world.store.read().execute(
        "select next_at, trouble, attempts, case_id from deliveries order by id"
    )
    return tuple(found.fetchone())


def assert_waits(world: World, *words: str) -> None:
    """It is not a case yet, comes again, says why, and names nobody."""
    next_at, trouble, attempts, case_id = delivery_row(world)
    assert case_id is None
    assert unstamp(next_at) > world.clock.now
    assert attempts >= 1
    assert any(word in trouble for word in words), trouble
    assert world.count("cases") == 0
    assert world.mails(REQUESTER) == []


# What the API answers


def test_it_waits_while_the_response_is_announced_but_not_there(world: World) -> None:
    world.qualtrics.behavior.readable_after = 600
    response_id = world.submit()
    world.work()
    assert_waits(world, "202")

    held = world.qualtrics.brand.responses
    held[response_id] = replace(held[response_id], readable_from=0)
    world.passes(seconds=2)
    assert world.count("cases") == 1


def test_it_waits_as_long_as_qualtrics_asks(world: World) -> None:
    world.qualtrics.behavior.api_status = 429
    world.qualtrics.behavior.api_status_times = 1
    world.qualtrics.behavior.retry_after = 600
    world.submit()
    world.work()

    world.passes(seconds=590)
    assert_waits(world, "429")
    world.passes(seconds=11)
    assert world.count("cases") == 1


def test_it_waits_longer_each_time_but_an_hour_at_most(world: World) -> None:
    world.qualtrics.behavior.api_status = 429
    world.submit()
    waits = []
    for _ in range(16):
        world.work()
        next_at = unstamp(delivery_row(world)[0])
        waits.append((next_at - world.clock.now).total_seconds())
        world.clock.now = next_at

    assert waits == sorted(waits)
    assert waits[0] <= 2
    assert waits[-1] == 3600


@dataclass
class Trouble:
    """A Qualtrics that answers some requests in another way, over its own wire."""

    wsgi: Wsgi
    #: By response id.
    troubles: dict[str, Answering] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answering = self.troubles.get(environ["PATH_INFO"].rpartition("/")[2])
        if answering is None:
            return self.wsgi(environ, start)
        started: list[Any] = []
        body = b"".join(self.wsgi(environ, lambda *args: started.extend(args)))
        status, spoiled = answering(environ, body)
        start(f"{status} Troubled", [("Content-Length", str(len(spoiled)))])
        return [spoiled]


def with_status(status: int) -> Answering:
    return lambda environ, body: (status, body)


def with_body(spoil: Callable[[bytes], bytes]) -> Answering:
    return lambda environ, body: (200, spoil(body))


def with_reset(environ: dict[str, Any], body: bytes) -> tuple[int, bytes]:
    connection: socket.socket = environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
    raise ConnectionResetError


def without_id(body: bytes) -> bytes:
    answer = json.loads(body)
    del answer["result"]["responseId"]
    return json.dumps(answer).encode()


NOT_NOW: dict[str, tuple[Answering, str]] = {
    "202": (with_status(202), "202"),
    "404": (with_status(404), "404"),
    "400": (with_status(400), "400"),
    "408": (with_status(408), "408"),
    "429": (with_status(429), "429"),
    "500": (with_status(500), "500"),
    "503": (with_status(503), "503"),
    "204": (with_status(204), "204"),
    "reset": (with_reset, "Connection"),
    "cut": (with_body(lambda body: body[: len(body) // 2]), "cut off or is not JSON"),
    "empty": (with_body(lambda body: b""), "cut off or is not JSON"),
    "not utf-8": (with_body(lambda body: b"\xff" + body), "cut off or is not JSON"),
    "deep": (with_body(lambda body: b"[" * 100_000), "cut off or is not JSON"),
    "html": (with_body(lambda body: b"<p>Please log in"), "cut off or is not JSON"),
    "null": (with_body(lambda body: b'{"result": null}'), "without a result"),
    "list": (with_body(lambda body: b'{"result": [1]}'), "without a result"),
    "without id": (with_body(without_id), "another response"),
    "another id": (with_body(lambda body: body.replace(b'"R_', b'"R_x')), "another response"),
}


def test_nothing_that_the_api_answers_loses_a_request(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    trouble = Trouble(world.qualtrics.app.wsgi_app)
    world.qualtrics.app.wsgi_app = trouble  # type: ignore[method-assign, assignment]
    names = {world.submit(): name for name in NOT_NOW}
    trouble.troubles = {id: NOT_NOW[name][0] for id, name in names.items()}

    world.work()

    assert world.count("cases") == 0
    assert world.mailbox.messages == []
    for response_id, why, next_at in world.rows("deliveries", "response_id", "trouble", "next_at"):
        name = names[response_id]
        assert NOT_NOW[name][1] in why, name
        assert timedelta(0) < unstamp(next_at) - world.clock.now <= timedelta(hours=1), name
    assert [r.name for r in caplog.records if r.exc_info and r.name != "werkzeug"] == []

    trouble.troubles = {}
    world.passes(hours=1, minutes=1)
    world.passes(minutes=11)
    assert world.count("cases") == len(NOT_NOW)
    for person in (REQUESTER, JORDAN, PRIYA):
        assert len(world.mails(person)) == len(NOT_NOW)


# What a human must mend


@pytest.mark.parametrize("status", [401, 403])
def test_refused_access_is_told_once_and_waits_until_it_is_mended(
    world: World, status: int
) -> None:
    world.qualtrics.behavior.api_status = status
    for number in range(3):
        world.submit(QID1_TEXT=f"Jamie Quill {number}")
    for _ in range(6):
        world.passes(minutes=20)
    assert world.count("cases") == 0
    assert ["Qualtrics" in mail.text for mail in world.mails(SAM)] == [True]
    assert len(world.mailbox.messages) == 1

    world.qualtrics.behavior.api_status = None
    world.passes(hours=1, minutes=1)
    assert world.count("cases") == 3
    assert len(world.mails(REQUESTER)) == 3


def test_ids_without_any_access_are_told_once_and_wait(world: World) -> None:
    settings = world.app.extensions["settings"]
    blind = create_app(replaced(settings, qualtrics_api_token=""), world.clock)
    worker: Worker = blind.extensions["worker"]()
    world.submit()
    for _ in range(3):
        worker.run_once()
        world.clock.now += intake.LATER
    worker.close()
    assert world.count("cases") == 0
    assert len([mail for mail in world.mails(SAM) if "no API access" in mail.text]) == 1

    world.work()
    assert world.count("cases") == 1


def replaced(settings: Any, **changes: object) -> Any:
    return type(settings)(**settings.__dict__ | changes)


def test_a_response_that_never_comes_is_told_to_a_human(world: World) -> None:
    """Its ids are all we have, but somebody asked: a human must look into Qualtrics."""
    world.qualtrics.behavior.api_status = 429
    world.submit()
    for _ in range(26):
        world.passes(hours=1)

    assert world.mails(SAM) or world.mails(JORDAN)


# Side by side


def test_deliveries_are_fetched_side_by_side(world: World) -> None:
    for _ in range(16):
        world.submit()
    world.qualtrics.behavior.latency = 0.2
    asking, at_once, inner = list[bool](), list[int](), world.qualtrics.app.wsgi_app

    def counted(*call: Any) -> Iterable[bytes]:
        asking.append(True)
        at_once.append(len(asking))
        try:
            return inner(*call)
        finally:
            asking.pop()

    world.qualtrics.app.wsgi_app = counted  # type: ignore[assignment, method-assign]
    assert world.worker.rounds["intake"]()

    assert world.count("cases") == 16
    assert max(at_once) > 2


def test_one_that_fails_does_not_hold_up_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        world.submit()
    with world.store.write() as db:
        db.execute("update deliveries set body = 'damaged' where id = 2")

    world.work()

    assert world.count("cases") == 2
    assert delivery_row(world)[3] is not None
    errors = [record.message for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1
    assert errors[0].startswith("Delivery 2 cannot be read and waits")
    found = world.store.read().execute("select trouble from deliveries where id = 2").fetchone()
    assert found[0] == "error"


# Crashes, and several workers


def claim(world: World) -> list[StoredDelivery]:
    now = world.clock()
    with world.store.write() as db:
        return deliveries.claim(db, now, now + FETCH_LEASE, limit=32, by="")


def test_what_an_earlier_version_claimed_becomes_one_case_when_its_lease_is_over(
    world: World,
) -> None:
    world.submit()
    assert len(claim(world)) == 1

    world.work()
    assert world.count("cases") == 0  # it may still be alive
    world.passes(seconds=FETCH_LEASE.total_seconds())
    world.passes(minutes=11)

    assert world.count("cases") == 1
    assert len(world.mails(JORDAN)) == 1


def late_reading(world: World) -> tuple[StoredDelivery, intake.Reading]:
    """A worker has read a delivery and then sleeps for longer than its lease."""
    delivery = claim(world)[0]
    client = world.app.extensions["client"]()
    return delivery, intake.read(world.engine, client, delivery, world.clock())


def test_a_worker_that_wakes_up_late_makes_no_second_case(world: World) -> None:
    world.submit()
    delivery, reading = late_reading(world)
    world.passes(minutes=3)
    assert world.count("cases") == 1

    assert intake.settle(world.engine, delivery, reading, world.clock()) is None

    world.passes(minutes=11)
    assert world.count("cases") == 1
    assert len(world.mails(JORDAN)) == 1


@pytest.mark.parametrize(
    "reading",
    [intake.Reading(kept_because="unfinished"), intake.Reading(trouble="later")],
)
def test_a_worker_that_wakes_up_late_does_not_wake_what_is_a_case(
    world: World, reading: intake.Reading
) -> None:
    world.submit()
    delivery, _ = late_reading(world)
    world.passes(minutes=3)
    before = delivery_row(world)
    reading = intake.Reading(**reading.__dict__ | {"retry_at": world.clock()})

    intake.settle(world.engine, delivery, reading, world.clock())

    assert delivery_row(world) == before
    assert not deliveries.is_due(world.store.read(), world.clock())


def test_a_worker_that_wakes_up_late_does_not_bring_back_what_was_forgotten(world: World) -> None:
    world.submit()
    delivery, reading = late_reading(world)
    world.passes(minutes=3)
    page = world.open(world.mail(REQUESTER))
    assert page.choose("withdrawn", erase="now").status == 200
    world.passes(days=31)
    assert world.count("cases") == 0

    assert intake.settle(world.engine, delivery, reading, world.clock()) is None

    assert world.count("cases") == 0


def test_a_repeat_is_not_undone_by_the_worker_that_read_the_older_news(world: World) -> None:
    """Unfinished when it was fetched, complete when it was told again meanwhile."""
    response_id = world.submit()
    delivery, _ = late_reading(world)
    world.clock.now += FETCH_LEASE / 2
    world.qualtrics.publish(response_id)
    assert world.qualtrics.wait_until_published()
    intake.settle(world.engine, delivery, intake.Reading(kept_because="unfinished"), world.clock())

    world.passes(minutes=10)

    assert world.count("cases") == 1


def test_two_workers_at_once_make_one_case_each(world: World) -> None:
    again = create_app(world.app.extensions["settings"], world.clock)
    for number in range(20):
        world.submit(QID2_TEXT=f"person{number}@example.org")
    workers: list[Worker] = [world.app.extensions["worker"](), again.extensions["worker"]()]
    threads = [threading.Thread(target=run_once, args=(worker,), daemon=True) for worker in workers]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    world.passes(minutes=11)

    assert world.count("cases") == 20
    for number in range(20):
        assert len(world.mails(f"person{number}@example.org")) == 1
    assert len(world.mails(JORDAN)) == 20


def run_once(worker: Worker) -> None:
    worker.run_once()
    worker.close()
