"""An API client whose clock and pauses a test controls."""

from datetime import UTC, datetime
from typing import Any

from qualtrics.api.client import Client

BASE = "https://qualtrics.example.org"
URL = f"{BASE}/API/v3/surveys/SV_1/responses/R_1"
TOKEN = "an-invented-api-token"
FOUND: dict[str, Any] = {
    "result": {
        "responseId": "R_1",
        "values": {"status": 0, "QID1_TEXT": "Robin"},
        "labels": {"status": "IP Address"},
        "displayedFields": ["QID1_TEXT"],
    },
    "meta": {"httpStatus": "200 - OK", "requestId": "3e81237f"},
}


class Desk:
    """A clock that only moves when told, and a record of the requested pauses."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        self.naps: list[float] = []

    def client(self, token: str = TOKEN, client_id: str = "", client_secret: str = "") -> Client:
        return Client(
            BASE,
            clock=lambda: self.now,
            token=token,
            client_id=client_id,
            client_secret=client_secret,
            sleep=self.naps.append,
        )
