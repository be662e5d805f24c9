"""Signed calls to the Qualtrics API, retried for a few seconds when that can help."""

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

from qualtrics.api.access import SCOPE_TO_DELETE, OAuthAccess, TokenAccess
from qualtrics.api.wire import NotYetAvailable, QualtricsError, Timeout, Wire

TRIES = 3
SECONDS_FOR_A_CALL = 20.0
TOO_MANY_REQUESTS = 429

T = TypeVar("T")


class Calls:
    """Sends signed calls. Safe to share between threads."""

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
        self._access_to_delete: TokenAccess | OAuthAccess
        if token:
            self._access = self._access_to_delete = TokenAccess(token)
        elif client_id and client_secret:
            wire, client = self._wire, (client_id, client_secret)
            self._access = OAuthAccess(wire, *client, clock=clock)
            self._access_to_delete = OAuthAccess(wire, *client, clock=clock, scope=SCOPE_TO_DELETE)
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

    def delete(self, path: str) -> None:
        """Delete something for good, with a token that may do nothing else."""
        access = self._access_to_delete
        self.with_retries(
            lambda deadline: self._signed(
                lambda auth: self._wire.send("DELETE", path, auth=auth, deadline=deadline),
                deadline,
                access,
            )
        )

    def fetch(self, path: str, deadline: float) -> bytes:
        return self._signed(
            lambda auth: self._wire.fetch(path, auth=auth, deadline=deadline), deadline
        )

    def _signed(
        self,
        call: Callable[[AuthBase], T],
        deadline: float,
        access: TokenAccess | OAuthAccess | None = None,
    ) -> T:
        """Make a call; if the token is refused, renew it and call once more."""
        access = access or self._access
        auth = access.auth(deadline)
        try:
            return call(auth)
        except QualtricsError as error:
            if error.status != 401:
                raise
        # The token may have expired early, or a server may not know a new one yet.
        access.discard(auth)
        return call(access.auth(deadline))

    def with_retries(self, call: Callable[[float], T], seconds: float = SECONDS_FOR_A_CALL) -> T:
        retrying = Retrying(
            retry=retry_if_exception(_can_succeed_soon),
            stop=stop_after_attempt(TRIES)
            | stop_before_delay(seconds)
            | StopWhenStillNotAvailable(),
            wait=wait_exponential(multiplier=0.5, max=2),
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(call, call_deadline())


def _can_succeed_soon(error: BaseException) -> bool:
    """Tell whether a retry within seconds can help. A retry only makes an exceeded quota worse."""
    return (
        isinstance(error, QualtricsError)
        and error.is_transient
        and error.status != TOO_MANY_REQUESTS
    )


class StopWhenStillNotAvailable(stop_base):
    """Stops after one retry for a response that is not available yet: the caller waits minutes."""

    def __call__(self, retry_state: RetryCallState) -> bool:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        return isinstance(error, NotYetAvailable) and retry_state.attempt_number >= 2


def call_deadline() -> float:
    return time.monotonic() + SECONDS_FOR_A_CALL
