"""What the tests of the stand-in share: a client of its API, a receiver, and answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import requests
from flask import Flask, request

from demo.qualtrics.stand_in import TOKEN, StandIn
from demo.serving import served

SURVEY = "SV_8peerSupport01"
EXPORTS = f"/surveys/{SURVEY}/export-responses"
NOON = datetime(2026, 11, 23, 12, 0, 0, 487_000, tzinfo=UTC)
ANSWERS: dict[str, Any] = {
    "QID1_TEXT": "Alex Doe",
    "QID2_TEXT": "alex.doe@example.org",
    "QID4": ["1", "2"],
    "QID6": 1,
    "QID8": 8,
    "QID8_8_TEXT": "Chaplain",
    "QID10_1": 3,
    "QID11_TEXT": "",
    "QID12": 1,
}


class Api:
    """The API of a stand-in that runs behind a real port."""

    def __init__(self, url: str) -> None:
        self.root = f"{url}/API/v3"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-API-TOKEN"] = TOKEN

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, self.root + path, timeout=60, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def order(self, **wanted: Any) -> requests.Response:
        return self.call("POST", EXPORTS, json=wanted)

    def exported(self, **wanted: Any) -> dict[str, Any]:
        """Start an export and return what is said of it when it is ready."""
        started = self.order(**wanted).json()["result"]
        assert (started["status"], started["percentComplete"]) == ("inProgress", 0)
        progress: dict[str, Any] = self.get(f"{EXPORTS}/{started['progressId']}").json()["result"]
        assert progress["status"] == "complete"
        return progress

    def export(self, **wanted: Any) -> bytes:
        return self.get(f"{EXPORTS}/{self.exported(**wanted)['fileId']}/file").content


class Door:
    """A receiver that keeps what it gets and answers what the test wants."""

    def __init__(self) -> None:
        self.app = Flask("door")
        self.app.add_url_rule("/", view_func=self.receive, methods=["POST"])
        self.forms: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.url = ""

    def receive(self) -> tuple[str, int]:
        self.bodies.append(request.get_data())
        self.forms.append(request.form.to_dict())
        self.headers.append(dict(request.headers))
        return "", self.answers.pop(0) if self.answers else 200


@contextmanager
def calling(stand_in: StandIn) -> Iterator[Api]:
    """Serve the stand-in and give a client of its API."""
    with served(stand_in.app) as url:
        api = Api(url)
        with api.session:
            yield api


@contextmanager
def listening() -> Iterator[Door]:
    """Serve a receiver and give it."""
    door = Door()
    with served(door.app) as url:
        door.url = f"{url}/"
        yield door
