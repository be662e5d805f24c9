"""Calls of the Qualtrics API: signed with our access, tried again for seconds where that helps."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

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

from qualtrics.api.access import OAuthAccess, TokenAccess
from qualtrics.api.wire import NotYetAvailable, QualtricsError, Timeout, Wire

TRIES = 3
SECONDS_FOR_A_CALL = 20.0
TOO_MANY_REQUESTS = 429

T = TypeVar("T")


class Calls:
    """Sends calls; may be used from several threads at once."""

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
        self.sleep = sleep
        self._access: TokenAccess | OAuthAccess
        if token:
            self._access = TokenAccess(token)
        elif client_id and client_secret:
            self._access = OAuthAccess(self._wire, client_id, client_secret, clock=clock)
        else:
            raise ValueError("give a token, or a client id and its secret")

    def get(self, path: str) -> dict[str, Any]:
        return self.with_retries(lambda deadline: self.result("GET", path, deadline))

    def result(
        self, method: str, path: str, deadline: float, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        result = self.send(method, path, deadline, body).get("result")
        if not isinstance(result, dict):
            raise QualtricsError("Qualtrics answered without a result", is_transient=True)
        return result

    def send(
        self, method: str, path: str, deadline: float, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        return self._signed(
            lambda auth: self._wire.send(method, path, auth=auth, deadline=deadline, body=body),
            deadline,
        )

    def fetch(self, path: str, deadline: float) -> bytes:
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

    def with_retries(self, call: Callable[[float], T], seconds: float = SECONDS_FOR_A_CALL) -> T:
        retrying = Retrying(
            retry=retry_if_exception(_may_pass_soon),
            stop=stop_after_attempt(TRIES) | stop_before_delay(seconds) | StopSoonWhenAnnounced(),
            wait=wait_exponential(multiplier=0.5, max=2),
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(call, deadline_of_a_call())


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


def deadline_of_a_call() -> float:
    return time.monotonic() + SECONDS_FOR_A_CALL
