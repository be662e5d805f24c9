"""What Qualtrics sends to the doors, and how a test sends it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import requests
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from demo.qualtrics.publisher import signature
from qualtrics.door import Door
from settings import Settings
from store.engines.sqlite import SqliteStore
from tests.world import JAMIE, SHARED_KEY, TOKEN, World
from worker.worker import Worker

EVENTS, WORKFLOW = "/webhooks/qualtrics/events", "/webhooks/qualtrics/workflow"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SURVEY = "SV_8peerSupport01"
KIB, MIB = 1024, 1024 * 1024


def event(response_id: str = "R_1", survey_id: str = SURVEY, **more: str) -> dict[str, str]:
    return {"Status": "Complete", "SurveyID": survey_id, "ResponseID": response_id} | more


def publication(
    message: str | Mapping[str, str], key: str = SHARED_KEY, hmac: str | None = None
) -> str:
    text = message if isinstance(message, str) else json.dumps(message)
    signed = signature(key, text) if hmac is None else hmac
    return urlencode(
        {"Topic": "example.surveyengine.completedResponse", "MSG": text, "HMAC": signed}
    )


def of_size(size: int) -> str:
    """Return a correctly signed event, marked as a test, with a body of exactly this size."""
    filling = size - len(publication(event(IsTest="1", RecipientID="")))
    body = publication(event(IsTest="1", RecipientID="x" * filling))
    assert len(body) == size
    return body


def task(response_id: str = "R_1", survey_id: str = SURVEY, **more: object) -> dict[str, object]:
    return {"surveyId": survey_id, "responseId": response_id} | more


def with_answers(response_id: str = "R_1", **changed: object) -> dict[str, object]:
    answers = {key: value for key, value in (JAMIE | changed).items() if value is not None}
    moment = {"recordedDate": "2026-11-23T14:59:00Z"}
    return task(response_id, **moment, answers=answers)


def post(
    world: World, door: str, body: object, kind: str = "", token: str | None = TOKEN
) -> requests.Response:
    headers = {"Content-Type": kind or (FORM if door == EVENTS else JSON)}
    if door == WORKFLOW and token is not None:
        headers["X-Webhook-Token"] = token
    data = json.dumps(body) if isinstance(body, dict) else body
    return requests.post(world.url + door, data=data, headers=headers, timeout=60)  # type: ignore[arg-type, unused-ignore]


def knock(app: Flask, door: str, body: object, token: str = TOKEN) -> TestResponse:
    """Post without a network, to an app that is not served."""
    data = json.dumps(body) if isinstance(body, dict) else body
    kind = FORM if door == EVENTS else JSON
    headers = {"X-Webhook-Token": token}
    return app.test_client().post(door, data=data, content_type=kind, headers=headers)


def rows(world: World, columns: str) -> list[tuple[object, ...]]:
    """Return the deliveries on disk, as another process sees them."""
    world.store.close()
    return world.rows("deliveries", *columns.split(", "))


def restarted(world: World, **settings: object) -> Flask:
    """Return the service after a restart, with other settings or files."""
    ours: Settings = world.app.extensions["settings"]
    return create_app(replace(ours, **settings), world.clock)  # type: ignore[arg-type]


def work(app: Flask) -> None:
    worker: Worker = app.extensions["worker"]()
    worker.run_once()
    worker.close()


def case_count(world: World) -> int:
    return world.count("cases")


@contextmanager
def impatient(world: World) -> Iterator[None]:
    """Shorten the timeouts of the doors, to keep the tests fast."""
    ours: Door = world.app.extensions["door"]
    assert ours.pepper
    world.app.extensions["door"] = replace(
        ours, store=SqliteStore(world.store.path, world.store.seal, patience=0.2)
    )
    yield
    world.app.extensions["door"] = ours


@contextmanager
def a_shell_holding(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("begin exclusive")
        yield
        shell.execute("rollback")
