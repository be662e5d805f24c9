"""Credentials for the API: a fixed API token, or OAuth tokens that expire."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth

from qualtrics.api.wire import QualtricsError, Wire

SCOPE = "read:survey_responses read:surveys read:subscriptions write:subscriptions"
#: Asked for only to delete a response, so that a client without it can do everything else.
SCOPE_TO_DELETE = "write:survey_responses"
RENEW_EARLY = timedelta(minutes=1)
LONGEST_LIFETIME = 86_400
TOKEN = re.compile(r"[\x21-\x7e]{1,8000}", re.ASCII)


class Header(AuthBase):
    """Adds one header to each request. Its repr does not show the value."""

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self._value = value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[self._name] = self._value
        return request


@dataclass(frozen=True)
class OAuthToken:
    """A token ready to send, and when it expires."""

    auth: AuthBase
    expires_at: datetime


class TokenAccess:
    """Signs requests with an API token, which never expires."""

    def __init__(self, token: str) -> None:
        if not TOKEN.fullmatch(token):
            raise ValueError("the API token has characters that no token has")
        self._auth = Header("X-API-TOKEN", token)

    def auth(self, deadline: float) -> AuthBase:
        return self._auth

    def discard(self, auth: AuthBase) -> None:
        """Do nothing: only a person can replace an API token."""


class OAuthAccess:
    """Signs requests with an OAuth token that all threads share and that is renewed in time."""

    def __init__(
        self,
        wire: Wire,
        client_id: str,
        client_secret: str,
        *,
        clock: Callable[[], datetime],
        scope: str = SCOPE,
    ) -> None:
        self._wire = wire
        self._credentials = HTTPBasicAuth(client_id, client_secret)
        self._clock = clock
        self._scope = scope
        self._lock = threading.Lock()
        self._token: OAuthToken | None = None

    def auth(self, deadline: float) -> AuthBase:
        """Return what signs a request; fetch a new token when the old one is about to expire."""
        with self._lock:
            if self._token is None or self._clock() >= self._token.expires_at - RENEW_EARLY:
                self._token = self._fetch(deadline)
            return self._token.auth

    def discard(self, auth: AuthBase) -> None:
        """Drop a refused token, unless another thread has already replaced it."""
        with self._lock:
            if self._token is not None and self._token.auth is auth:
                self._token = None

    def _fetch(self, deadline: float) -> OAuthToken:
        asked_at = self._clock()
        form = {"grant_type": "client_credentials", "scope": self._scope}
        try:
            reply = self._wire.send(
                "POST", "/oauth2/token", auth=self._credentials, form=form, deadline=deadline
            )
        except QualtricsError as error:
            raise _refused(error) from None
        token = reply.get("access_token")
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise QualtricsError("Qualtrics gave no OAuth token", is_transient=True)
        return OAuthToken(Header("Authorization", f"Bearer {token}"), asked_at + _lifetime(reply))


def _refused(error: QualtricsError) -> QualtricsError:
    """Return the error for refused credentials: unless it is transient, a person must act."""
    return QualtricsError(
        f"No OAuth token: {error}",
        is_transient=error.is_transient,
        needs_human=error.needs_human or not error.is_transient,
        retry_after=error.retry_after,
        status=0,
    )


def _lifetime(reply: dict[str, Any]) -> timedelta:
    try:
        seconds = int(str(reply.get("expires_in")))
    except ValueError:
        seconds = 300
    return timedelta(seconds=min(max(seconds, 0), LONGEST_LIFETIME))
