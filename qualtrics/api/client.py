"""The Qualtrics API client. Its error messages contain no secret and no answer."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from qualtrics.api.calls import Calls, call_deadline
from qualtrics.api.wire import NotYetAvailable, QualtricsError
from qualtrics.delivery import RESPONSE_ID, SURVEY_ID

__all__ = ["Client", "NotYetAvailable", "QualtricsError", "Response", "Subscription"]

SUBSCRIPTION_ID = re.compile(r"SUB_[A-Za-z0-9]{1,40}", re.ASCII)
#: For all calls of an export together.
SECONDS_FOR_AN_EXPORT = 600.0
LONGEST_POLL_PAUSE = 15.0
MOST_PAGES = 50

#: Called with each status that Qualtrics reports for an export.
Progress = Callable[[str], None]
FILE_OR_PROGRESS_ID = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)


def _ignore(status: str) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Response:
    """One filled-in copy of a survey."""

    values: dict[str, object] = field(repr=False)
    labels: dict[str, object] = field(repr=False)
    displayed_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subscription:
    """An event subscription: Qualtrics sends events on these topics to this URL."""

    id: str
    topics: str
    url: str
    successful_calls: int = 0


class Client(Calls):
    """Everything that we ask Qualtrics. Safe to share between threads."""

    def get_response(self, survey_id: str, response_id: str) -> Response:
        """Fetch one response; raise NotYetAvailable while Qualtrics does not return it."""
        _check(SURVEY_ID, survey_id, "survey")
        _check(RESPONSE_ID, response_id, "response")
        path = f"/API/v3/surveys/{survey_id}/responses/{response_id}"
        return self.with_retries(lambda deadline: self._response(path, response_id, deadline))

    def delete_response(self, survey_id: str, response_id: str) -> None:
        """Delete one response for good; return once it is gone."""
        _check(SURVEY_ID, survey_id, "survey")
        _check(RESPONSE_ID, response_id, "response")
        path = f"/API/v3/surveys/{survey_id}/responses/{response_id}?decrementQuotas=false"
        try:
            self.delete(path)
        except QualtricsError as error:
            if error.status != 404:
                raise
            # Also the answer about a survey that is shared with us no more, and then the response
            # may still be there. If we can see the survey, it is gone.
            self.definition(survey_id)

    def whoami(self) -> dict[str, Any]:
        """Return the account that our credentials belong to: brandId, userId, userName ..."""
        return self.get("/API/v3/whoami")

    def definition(self, survey_id: str) -> dict[str, Any]:
        """Return a survey's definition: questions (trash included), blocks, flow."""
        _check(SURVEY_ID, survey_id, "survey")
        return self.get(f"/API/v3/survey-definitions/{survey_id}")

    def response_schema(self, survey_id: str) -> dict[str, Any]:
        """Return the JSON Schema of a survey's responses: keys, recode values, labels."""
        _check(SURVEY_ID, survey_id, "survey")
        return self.get(f"/API/v3/surveys/{survey_id}/response-schema")

    def subscriptions(self) -> list[Subscription]:
        """Return all event subscriptions of the brand, including those that are not ours."""
        found: list[Subscription] = []
        path = "/API/v3/eventsubscriptions"
        for _ in range(MOST_PAGES):
            page = self.get(path)
            found += [_subscription(item) for item in _list(page.get("elements"))]
            path = _next_path(page.get("nextPage"))
            if not path:
                return found
        raise QualtricsError("Qualtrics' list of subscriptions never ends")

    def subscribe(self, survey_id: str, url: str, shared_key: str) -> str:
        """Subscribe to completed responses; return the subscription's id."""
        _check(SURVEY_ID, survey_id, "survey")
        if not shared_key:
            raise QualtricsError("A subscription needs a shared key")
        body: dict[str, object] = {
            "topics": f"surveyengine.completedResponse.{survey_id}",
            "publicationUrl": url,
            "encrypt": False,
            "sharedKey": shared_key,
        }
        # No retry: Qualtrics would keep both subscriptions and send every event twice.
        created = self.result("POST", "/API/v3/eventsubscriptions", call_deadline(), body)
        return str(created.get("id", ""))

    def unsubscribe(self, subscription_id: str) -> None:
        """Delete one subscription. Without an id, Qualtrics would delete all those of the brand."""
        _check(SUBSCRIPTION_ID, subscription_id, "subscription")
        self.send("DELETE", f"/API/v3/eventsubscriptions/{subscription_id}", call_deadline())

    def export(
        self, survey_id: str, since: datetime, until: datetime, progress: Progress = _ignore
    ) -> bytes:
        """Return zipped NDJSON of the responses recorded from `since` to before `until`."""
        _check(SURVEY_ID, survey_id, "survey")
        path = f"/API/v3/surveys/{survey_id}/export-responses"
        body: dict[str, object] = {
            "format": "ndjson",
            "startDate": _formatted(since),
            "endDate": _formatted(until),
        }
        deadline = time.monotonic() + SECONDS_FOR_AN_EXPORT
        started = self.with_retries(lambda limit: self.result("POST", path, limit, body))
        file_id = self._file_id(path, _id_in(started, "progressId"), deadline, progress)
        return self.with_retries(
            lambda _: self.fetch(f"{path}/{file_id}/file", deadline), seconds=SECONDS_FOR_AN_EXPORT
        )

    def _file_id(self, path: str, progress_id: str, deadline: float, progress: Progress) -> str:
        """Wait until the status says that the file is made; the percentage is not reliable."""
        pause = 1.0
        while time.monotonic() < deadline:
            self.sleep(pause)
            pause = min(pause * 1.5, LONGEST_POLL_PAUSE)
            state = self.get(f"{path}/{progress_id}")
            progress(str(state.get("status", "")))
            if state.get("status") == "failed":
                raise QualtricsError("Qualtrics could not make the export", is_transient=True)
            if state.get("status") == "complete" and state.get("fileId"):
                return _id_in(state, "fileId")
        raise QualtricsError("Qualtrics took too long to make the export", is_transient=True)

    def _response(self, path: str, response_id: str, deadline: float) -> Response:
        try:
            result = self.result("GET", path, deadline)
        except QualtricsError as error:
            if error.status == 404:
                raise NotYetAvailable(404) from None
            raise
        if result.get("responseId") != response_id:
            raise QualtricsError("Qualtrics answered with another response", is_transient=True)
        return Response(
            values=_object(result.get("values")),
            labels=_object(result.get("labels")),
            displayed_fields=tuple(map(str, _list(result.get("displayedFields")))),
        )


def _formatted(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _id_in(result: dict[str, Any], name: str) -> str:
    found = result.get(name)
    if not isinstance(found, str) or not FILE_OR_PROGRESS_ID.fullmatch(found):
        raise QualtricsError(f"Qualtrics answered without a {name}", is_transient=True)
    return found


def _check(pattern: re.Pattern[str], given: str, what: str) -> None:
    if not pattern.fullmatch(given):
        raise QualtricsError(f"This is not the id of a {what}")


def _next_path(next_page: object) -> str:
    """Return path and query of the next page. Without the host, our token goes nowhere else."""
    try:
        parts = urlsplit(next_page if isinstance(next_page, str) else "")
    except ValueError:
        return ""
    if not parts.path.startswith("/API/v3/"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _subscription(item: object) -> Subscription:
    found = _object(item)
    calls = found.get("successfulCalls")
    return Subscription(
        id=str(found.get("id", "")),
        topics=str(found.get("topics", "")),
        url=str(found.get("publicationUrl", "")),
        successful_calls=calls if isinstance(calls, int) else 0,
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
