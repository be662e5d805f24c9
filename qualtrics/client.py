"""The Qualtrics API, as far as we use it. Nothing secret and no answer gets into a message."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from requests.auth import AuthBase
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
)
from tenacity.stop import stop_base

from qualtrics.access import OAuthAccess, TokenAccess
from qualtrics.delivery import RESPONSE_ID, SURVEY_ID
from qualtrics.wire import NotYetAvailable, QualtricsError, Timeout, Wire

__all__ = ["Client", "NotYetAvailable", "QualtricsError", "Response", "Subscription"]

SUBSCRIPTION_ID = re.compile(r"SUB_[A-Za-z0-9]{1,40}", re.ASCII)
TRIES = 3
SECONDS_FOR_A_CALL = 20.0
#: Making and fetching an export, all calls together.
SECONDS_FOR_AN_EXPORT = 600.0
LONGEST_POLL_PAUSE = 15.0
MOST_PAGES = 50
TOO_MANY_REQUESTS = 429

T = TypeVar("T")
#: Told Qualtrics' word for how far an export is.
Progress = Callable[[str], None]
FILE_OR_PROGRESS_ID = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)


def _unseen(status: str) -> None:
    """Nobody looks on."""


@dataclass(frozen=True)
class Response:
    """One filled-in copy of a survey."""

    values: dict[str, object] = field(repr=False)
    labels: dict[str, object] = field(repr=False)
    displayed_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subscription:
    """Which events Qualtrics promises to tell to which address."""

    id: str
    topics: str
    url: str
    successful_calls: int = 0


class Client:
    """Calls Qualtrics; may be used from several threads at once."""

    def __init__(
        self,
        base_url: str,
        *,
        clock: Callable[[], datetime],
        token: str = "",
        client_id: str = "",
        client_secret: str = "",
        timeout: Timeout = (5, 15),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire = Wire(base_url, timeout=timeout, clock=clock)
        self._sleep = sleep
        self._access: TokenAccess | OAuthAccess
        if token:
            self._access = TokenAccess(token)
        elif client_id and client_secret:
            self._access = OAuthAccess(self._wire, client_id, client_secret, clock=clock)
        else:
            raise ValueError("give a token, or a client id and its secret")

    def get_response(self, survey_id: str, response_id: str) -> Response:
        """Fetch one response; NotYetAvailable while Qualtrics does not hand it out."""
        _check(SURVEY_ID, survey_id, "survey")
        _check(RESPONSE_ID, response_id, "response")
        path = f"/API/v3/surveys/{survey_id}/responses/{response_id}"
        return self._with_retries(lambda deadline: self._response(path, response_id, deadline))

    def whoami(self) -> dict[str, Any]:
        """Return whose access this is: brandId, userId, userName ..."""
        return self._get("/API/v3/whoami")

    def definition(self, survey_id: str) -> dict[str, Any]:
        """Return a survey as its editor keeps it: questions, blocks, flow, trash included."""
        _check(SURVEY_ID, survey_id, "survey")
        return self._get(f"/API/v3/survey-definitions/{survey_id}")

    def response_schema(self, survey_id: str) -> dict[str, Any]:
        """Return the JSON Schema of a survey's responses: keys, recode values, labels."""
        _check(SURVEY_ID, survey_id, "survey")
        return self._get(f"/API/v3/surveys/{survey_id}/response-schema")

    def subscriptions(self) -> list[Subscription]:
        """Return all event subscriptions of the brand, also those that are not ours."""
        found: list[Subscription] = []
        path = "/API/v3/eventsubscriptions"
        for _ in range(MOST_PAGES):
            page = self._get(path)
            found += [_subscription(item) for item in _list(page.get("elements"))]
            path = _next_path(page.get("nextPage"))
            if not path:
                return found
        raise QualtricsError("Qualtrics lists subscriptions without end")

    def subscribe(self, survey_id: str, url: str, shared_key: str) -> str:
        """Ask to be told of completed responses; returns the subscription's id."""
        _check(SURVEY_ID, survey_id, "survey")
        if not shared_key:
            raise QualtricsError("A subscription needs a shared key")
        wanted: dict[str, object] = {
            "topics": f"surveyengine.completedResponse.{survey_id}",
            "publicationUrl": url,
            "encrypt": False,
            "sharedKey": shared_key,
        }
        # Never tried twice: Qualtrics would keep both, and tell us everything twice.
        created = self._result("POST", "/API/v3/eventsubscriptions", _deadline(), wanted)
        return str(created.get("id", ""))

    def unsubscribe(self, subscription_id: str) -> None:
        """Delete one subscription. Without an id, Qualtrics would delete all of the brand's."""
        _check(SUBSCRIPTION_ID, subscription_id, "subscription")
        self._send("DELETE", f"/API/v3/eventsubscriptions/{subscription_id}", _deadline())

    def export(
        self, survey_id: str, since: datetime, until: datetime, progress: Progress = _unseen
    ) -> bytes:
        """Return the file (zipped NDJSON) of what was recorded from `since` to before `until`."""
        _check(SURVEY_ID, survey_id, "survey")
        path = f"/API/v3/surveys/{survey_id}/export-responses"
        wanted: dict[str, object] = {
            "format": "ndjson",
            "startDate": _moment(since),
            "endDate": _moment(until),
        }
        deadline = time.monotonic() + SECONDS_FOR_AN_EXPORT
        started = self._with_retries(lambda limit: self._result("POST", path, limit, wanted))
        file_id = self._file_id(path, _id_in(started, "progressId"), deadline, progress)
        return self._with_retries(
            lambda _: self._fetch(f"{path}/{file_id}/file", deadline), seconds=SECONDS_FOR_AN_EXPORT
        )

    def _file_id(self, path: str, progress_id: str, deadline: float, progress: Progress) -> str:
        """Wait until Qualtrics has made the file. Its percentage is decoration: status counts."""
        pause = 1.0
        while time.monotonic() < deadline:
            self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_POLL_PAUSE)
            state = self._get(f"{path}/{progress_id}")
            progress(str(state.get("status", "")))
            if state.get("status") == "failed":
                raise QualtricsError("Qualtrics could not make the export", is_transient=True)
            if state.get("status") == "complete" and state.get("fileId"):
                return _id_in(state, "fileId")
        raise QualtricsError("Qualtrics took too long to make the export", is_transient=True)

    def _response(self, path: str, response_id: str, deadline: float) -> Response:
        try:
            result = self._result("GET", path, deadline)
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

    def _get(self, path: str) -> dict[str, Any]:
        return self._with_retries(lambda deadline: self._result("GET", path, deadline))

    def _result(
        self, method: str, path: str, deadline: float, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        result = self._send(method, path, deadline, body).get("result")
        if not isinstance(result, dict):
            raise QualtricsError("Qualtrics answered without a result", is_transient=True)
        return result

    def _send(
        self, method: str, path: str, deadline: float, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        return self._signed(
            lambda auth: self._wire.send(method, path, auth=auth, deadline=deadline, body=body),
            deadline,
        )

    def _fetch(self, path: str, deadline: float) -> bytes:
        return self._signed(
            lambda auth: self._wire.fetch(path, auth=auth, deadline=deadline), deadline
        )

    def _signed(self, call: Callable[[AuthBase], T], deadline: float) -> T:
        """Call with our access; a refused one is renewed, and tried once more."""
        auth = self._access.auth(deadline)
        try:
            return call(auth)
        except QualtricsError as error:
            if error.status != 401:
                raise
        # Once more: a token may have expired early, or a node not know a new one yet.
        self._access.discard(auth)
        return call(self._access.auth(deadline))

    def _with_retries(self, call: Callable[[float], T], seconds: float = SECONDS_FOR_A_CALL) -> T:
        retrying = Retrying(
            retry=retry_if_exception(_may_pass_soon),
            stop=stop_after_attempt(TRIES) | stop_before_delay(seconds) | StopSoonWhenAnnounced(),
            wait=wait_exponential(multiplier=0.5, max=2),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(call, _deadline())


def _may_pass_soon(error: BaseException) -> bool:
    """Tell what seconds can mend. A full quota takes longer, and asking again fills it more."""
    return (
        isinstance(error, QualtricsError)
        and error.is_transient
        and error.status != TOO_MANY_REQUESTS
    )


class StopSoonWhenAnnounced(stop_base):
    """Give a response that needs its time only one more try: minutes are the caller's business."""

    def __call__(self, retry_state: RetryCallState) -> bool:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        return isinstance(error, NotYetAvailable) and retry_state.attempt_number >= 2


def _deadline() -> float:
    return time.monotonic() + SECONDS_FOR_A_CALL


def _moment(at: datetime) -> str:
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
    """Keep only path and query of the next page: our token goes to no other host."""
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
