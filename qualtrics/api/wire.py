"""One HTTP exchange with Qualtrics. Its outcome says: retry, give up, or tell a person."""

import json
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

import requests
import urllib3
from requests.auth import AuthBase

LARGEST_REPLY = 5_000_000
#: A zipped export of some hundred thousand responses.
LARGEST_FILE = 64 * 1024 * 1024
CHUNK = 65_536
LONGEST_WAIT = 3600.0
#: Error codes and request ids, which Qualtrics' support asks for. Messages never quote its error
#: texts, which may repeat what we sent.
IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)

Timeout = tuple[float, float]


class QualtricsError(Exception):
    """A failed call: whether trying again can help, and whether a person must act."""

    def __init__(
        self,
        message: str,
        *,
        is_transient: bool = False,
        needs_human: bool = False,
        retry_after: float | None = None,
        status: int = 0,
    ) -> None:
        super().__init__(message)
        self.is_transient = is_transient
        self.needs_human = needs_human
        #: Seconds that Qualtrics asks us to wait.
        self.retry_after = retry_after
        #: The HTTP status; 0 if there was none.
        self.status = status


class NotYetAvailable(QualtricsError):
    """Qualtrics announced the response but does not return it yet."""

    def __init__(self, status: int) -> None:
        message = f"The response is not available yet ({status})"
        super().__init__(message, is_transient=True, status=status)


class Wire:
    """Sends requests, on a separate connection for each thread."""

    def __init__(self, base_url: str, *, timeout: Timeout, clock: Callable[[], datetime]) -> None:
        self._base_url = base_url.rstrip("/")
        self._connect_timeout, self._read_timeout = timeout
        self._clock = clock
        self._local = threading.local()

    def send(
        self,
        method: str,
        path: str,
        *,
        auth: AuthBase,
        deadline: float,
        body: Mapping[str, object] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the JSON object of a successful reply; raise QualtricsError otherwise."""
        reply, content = self._exchange(
            method, path, auth=auth, deadline=deadline, body=body, form=form
        )
        parsed = self._outcome(reply, _parse(content))
        if parsed is None:
            raise QualtricsError("Qualtrics' reply was cut off or is not JSON", is_transient=True)
        return parsed

    def fetch(self, path: str, *, auth: AuthBase, deadline: float) -> bytes:
        """Return a file unchanged; raise QualtricsError unless the call succeeds."""
        reply, content = self._exchange(
            "GET", path, auth=auth, deadline=deadline, limit=LARGEST_FILE
        )
        self._outcome(reply, None if reply.status_code == 200 else _parse(content))
        return content

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        auth: AuthBase,
        deadline: float,
        body: Mapping[str, object] | None = None,
        form: Mapping[str, str] | None = None,
        limit: int = LARGEST_REPLY,
    ) -> tuple[requests.Response, bytes]:
        seconds_left = deadline - monotonic()
        if seconds_left <= 0:
            raise QualtricsError("Qualtrics took too long", is_transient=True)
        try:
            with self._session().request(
                method,
                self._base_url + path,
                # Passing it here keeps the requests library from reading a .netrc file.
                auth=auth,
                json=body,
                data=form,
                timeout=(
                    min(self._connect_timeout, seconds_left),
                    min(self._read_timeout, seconds_left),
                ),
                # A redirect would carry our token to wherever it points.
                allow_redirects=False,
                stream=True,
            ) as reply:
                return reply, _read(reply, deadline, limit)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _unreachable(error) from None

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            # No compression, so that a small reply cannot unpack to a huge one.
            session.headers.update({"Accept": "application/json", "Accept-Encoding": "identity"})
        return session

    def _outcome(
        self, reply: requests.Response, parsed: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """Return the parsed reply of a success; raise the error that another status means."""
        status = reply.status_code
        if status == 202:
            raise NotYetAvailable(status)
        if status not in {200, 201}:
            raise QualtricsError(
                f"Qualtrics answered {status}{_identifiers(parsed)}",
                is_transient=status in {408, 425, 429} or status >= 500,
                needs_human=status in {401, 403} or 300 <= status < 400,
                retry_after=self._retry_after(reply.headers.get("Retry-After", "")),
                status=status,
            )
        return parsed

    def _retry_after(self, header: str) -> float | None:
        """Return the seconds to wait. HTTP allows seconds or a date."""
        try:
            if re.fullmatch(r"[0-9]{1,9}", header.strip()):
                seconds = float(header)
            else:
                at = parsedate_to_datetime(header)
                seconds = (
                    (at if at.tzinfo else at.replace(tzinfo=UTC)) - self._clock()
                ).total_seconds()
        except (ValueError, OverflowError):
            return None
        return min(max(seconds, 0.0), LONGEST_WAIT)


def _read(reply: requests.Response, deadline: float, limit: int) -> bytes:
    content = bytearray()
    while chunk := reply.raw.read1(CHUNK, decode_content=True):
        content += chunk
        if len(content) > limit:
            raise QualtricsError("Qualtrics' reply is too large")
        if monotonic() > deadline:
            raise QualtricsError("Qualtrics took too long", is_transient=True)
    return bytes(content)


def _unreachable(error: Exception) -> QualtricsError:
    """Return an error with the exception's type only: its text contains URLs."""
    is_our_mistake = isinstance(error, ValueError)
    return QualtricsError(
        f"Qualtrics could not be reached ({type(error).__name__})",
        is_transient=not is_our_mistake,
        needs_human=is_our_mistake or isinstance(error, requests.exceptions.SSLError),
    )


def _parse(content: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _identifiers(parsed: dict[str, Any] | None) -> str:
    meta = (parsed or {}).get("meta")
    meta = meta if isinstance(meta, dict) else {}
    error = meta.get("error")
    code = error.get("errorCode") if isinstance(error, dict) else None
    found = [
        identifier for identifier in (code, meta.get("requestId")) if isinstance(identifier, str)
    ]
    shown = [identifier for identifier in found if IDENTIFIER.fullmatch(identifier)]
    return f" ({', '.join(shown)})" if shown else ""
