"""Microsoft 365: tokens from Entra ID, and mail by Graph `sendMail` where SMTP is switched off.

Source: learn.microsoft.com/graph/api/user-sendmail and .../entra/identity-platform/
v2-oauth2-client-creds-grant-flow.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import requests

from notifications.mail.compose import Message
from notifications.mail.mime import Writer
from notifications.mail.refusals import (
    MailError,
    RecipientRefused,
    RelayRefused,
    ServerAway,
    TransientMailError,
    Unreachable,
)

LOGIN, GRAPH = "https://login.microsoftonline.com", "https://graph.microsoft.com"
FOR_GRAPH = "https://graph.microsoft.com/.default"
FOR_SMTP = "https://outlook.office365.com/.default"
RENEW_EARLY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
TIMEOUT = (10, 60)
#: What Graph calls an address that no one has; everything else concerns the service or us.
OF_RECIPIENT = {"ErrorInvalidRecipients"}


@dataclass(frozen=True)
class App:
    """The app that IT registered for us, and where to find Microsoft, which the demo replaces."""

    tenant: str
    client_id: str
    client_secret: str = field(repr=False)
    login: str = LOGIN
    graph: str = GRAPH

    @classmethod
    def from_url(cls, url: str) -> "App | None":
        """Read `graph://tenant?client_id=…&client_secret=…`; None for a URL without an app.

        In an SMTP_URL the tenant is one more parameter.
        """
        parts = urlsplit(url)
        given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        tenant = given.get("tenant") or (parts.hostname or "" if parts.scheme == "graph" else "")
        if not (tenant and given.get("client_id") and given.get("client_secret")):
            return None
        places = (given.get("login", LOGIN), given.get("graph", GRAPH))
        return cls(tenant, given["client_id"], given["client_secret"], *places)


class Tokens:
    """Fetches tokens for an app, and keeps each until shortly before it expires."""

    def __init__(self, app: App, scope: str, clock: Callable[[], datetime]) -> None:
        self._app, self._scope, self._clock = app, scope, clock
        self._token, self._until = "", clock()

    def current(self) -> str:
        """Return a token; RelayRefused if Entra ID refuses the app."""
        now = self._clock()
        if not self._token or now >= self._until:
            self._token, seconds = self._fetch()
            self._until = now + timedelta(seconds=seconds) - RENEW_EARLY
        return self._token

    def drop(self) -> None:
        """Forget a token that was refused."""
        self._token = ""

    def _fetch(self) -> tuple[str, int]:
        url = f"{self._app.login}/{quote(self._app.tenant, safe='')}/oauth2/v2.0/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": self._app.client_id,
            "client_secret": self._app.client_secret,
            "scope": self._scope,
        }
        answer = _post(requests.Session(), url, data=form)
        if answer.status_code in (400, 401, 403):
            raise RelayRefused(f"Entra ID refused the app: {answer.status_code}")
        try:
            given = answer.json()
            return str(given["access_token"]), int(given.get("expires_in", 0))
        except (ValueError, KeyError, TypeError):
            raise ServerAway(f"Entra ID gave no token: {answer.status_code}") from None


class GraphMailer:
    """Sends messages as one mailbox. Belongs to one thread."""

    def __init__(
        self, app: App, mail_from: str, reply_to: str, *, clock: Callable[[], datetime]
    ) -> None:
        self._writer, self._clock = Writer(mail_from, reply_to, clock), clock
        self._tokens = Tokens(app, FOR_GRAPH, clock)
        sender = quote(self._writer.sender.addr_spec, safe="@")
        self._url = f"{app.graph}/v1.0/users/{sender}/sendMail"
        self._session = requests.Session()
        self._busy_until: datetime | None = None

    def connect(self) -> None:
        """Fetch a token unless there is one; MailError while Microsoft wants no mail from us."""
        if self._busy_until is not None and self._clock() < self._busy_until:
            # It says nothing about the mail that would have been next.
            raise Unreachable("Microsoft 365 wants no mail yet")
        self._tokens.current()

    def send(
        self, message: Message, *, to: str, message_id: str, may_be_answered: bool = False
    ) -> None:
        """Return once Microsoft has taken responsibility for the message; else MailError."""
        mail = self._writer.write(message, to, message_id, may_be_answered=may_be_answered)
        answer = self._hand_over(mail)
        if answer.status_code == 401:  # The token may have ended early.
            self._tokens.drop()
            answer = self._hand_over(mail)
        if answer.status_code != 202:
            raise self._refusal(answer)

    def close(self) -> None:
        self._session.close()

    def _hand_over(self, mail: bytes) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self._tokens.current()}",
            "Content-Type": "text/plain",
        }
        return _post(self._session, self._url, data=base64.b64encode(mail), headers=headers)

    def _refusal(self, answer: requests.Response) -> MailError:
        """Tell whose fault a refusal is. Of Microsoft's words only the code: no address."""
        status, code = answer.status_code, _code(answer)
        words = f"Microsoft 365 refused the message: {status} {code}".strip()
        if status == 429 or status >= 500:
            self._busy_until = self._clock() + _wait(answer)
            return ServerAway(words) if status >= 500 else TransientMailError(words)
        return RecipientRefused(words) if code in OF_RECIPIENT else RelayRefused(words)


def _post(
    session: requests.Session,
    url: str,
    data: bytes | dict[str, str],
    headers: dict[str, str] | None = None,
) -> requests.Response:
    try:
        return session.post(url, data=data, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        kind = type(error).__name__
        raise Unreachable(f"No connection to Microsoft 365: {kind}") from None


def _code(answer: requests.Response) -> str:
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return ""
    return code if isinstance(code, str) and code.isalnum() and len(code) < 60 else ""


def _wait(answer: requests.Response) -> timedelta:
    """Return how long Microsoft asks us to wait (Retry-After)."""
    asked = answer.headers.get("Retry-After", "")
    seconds = int(asked) if asked.isdecimal() and len(asked) < 8 else 0
    return min(timedelta(seconds=seconds), LONGEST_WAIT)
