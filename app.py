"""Builds the service from its parts and decides nothing."""

import os
import resource
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from commands.registry import Commands, is_looked_up
from lib.faults import where
from lib.web_addresses import prefix_of
from settings import Settings, SettingsError
from store.database import Store
from store.engines.opening import store_at
from store.sealing import Seal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from casebook.program_in_force import Programs
    from engine.engine import Engine
    from notifications.mail.compose import Composer
    from notifications.mail.mailer import Mailer
    from notifications.mail.microsoft import GraphMailer
    from notifications.service_address import ServiceAddress
    from program import Program
    from qualtrics.api.client import Client
    from worker.worker import Worker

# What is imported inside a function is slow to import, and not every process needs it: above all
# not a command that only looks, for which somebody waits.

ExceptionInfo = tuple[type, BaseException, TracebackType | None] | tuple[None, None, None]
HERE = Path(__file__).parent
SENDERS = 2
LARGEST_BODY = 2 * 1024 * 1024


def utc_now() -> datetime:
    """Return the time to the second, the precision of promises."""
    return datetime.now(UTC).replace(microsecond=0)


class Sessions(SecureCookieSessionInterface):
    """Sessions for pages. The webhook doors have none and do not spend time on one."""

    def __init__(self) -> None:
        # Flask makes a serializer twice a request; the keys stay the same as long as we run.
        self._serializer = cache(super().get_signing_serializer)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._serializer(app)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith("/webhooks/") else super().open_session(app, request)


class Service(Flask):
    """A Flask app that logs neither paths, which contain tokens, nor the text of exceptions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view as it is: Flask asks seven times a request whether one is a coroutine."""
        return func

    def log_exception(self, exc_info: ExceptionInfo) -> None:
        fault = where(exc_info[1]) if exc_info[1] else "unknown"
        self.logger.error("Failed at %s: %s", request.endpoint, fault)


class Below:
    """Serves an app below a path, whether the proxy in front leaves the path out or not."""

    def __init__(self, prefix: str, app: "WSGIApplication") -> None:
        self._prefix, self._app = prefix, app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Tell the app below which path it is, and which page is asked for."""
        path = environ["PATH_INFO"]
        if f"{path}/".startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(self._prefix)
        environ["SCRIPT_NAME"] = self._prefix
        return self._app(environ, start_response)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Build the service from its settings; the clock is injected here and nowhere else."""
    # A core file would hold the keys, and the names that this process had in hand.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # How files are read depends on nothing else that is installed; looking for it takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    app = Service(__name__, static_folder=None, template_folder="templates/page")
    app.session_interface = Sessions()
    app.cli = Commands()
    app.extensions |= {"clock": clock, "page_trial": _page_trial}
    app.teardown_request(lambda error: _release(app))
    try:
        settings = settings or Settings.from_env(os.environ)
    except SettingsError as error:
        if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
            raise
        app.extensions["settings_error"] = error  # `flask check` prints it with the other problems.
        return app
    _configure(app, settings)
    _wire(app, settings, clock)
    if not is_looked_up():
        app.extensions["open_pages"]()
    return app


def _open(app: Flask) -> None:
    """Open the pages and the doors."""
    from jinja2 import StrictUndefined

    from casebook import recognition
    from lib.templates import COMPILED, TRANSLATABLE, Environments, speak_english
    from pages.routes import open_pages

    # A misspelled name in a page is an error, as it is in a mail.
    app.jinja_options = {
        "bytecode_cache": COMPILED,
        "undefined": StrictUndefined,
        "extensions": TRANSLATABLE,
    }
    speak_english(app.jinja_env)
    app.extensions["environments"] = Environments(app.jinja_env)
    app.teardown_request(lambda error: recognition.drop_cached())
    open_pages(app)


def _release(app: Flask) -> None:
    """Let other requests use this one's connection to the database."""
    if (store := app.extensions.get("store")) is not None:
        store.release()


def _configure(app: Flask, settings: Settings) -> None:
    is_secure = settings.base_url.startswith("https://")
    prefix = prefix_of(settings.base_url)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        # Browsers take a cookie of this name only over https, for this host alone and all paths.
        # Below a path, __Secure- and the path keep it from what else is on the host.
        SESSION_COOKIE_NAME=_cookie_name(is_secure, prefix),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_PATH=prefix or "/",
        # We speak no TLS ourselves, so there is a proxy, though TRUSTED_PROXIES names none.
        IS_BEHIND_UNKNOWN_PROXY=is_secure and not settings.trusted_proxies,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        # Our pages send no Referer, which the strict check over https would require.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if prefix:
        app.wsgi_app = Below(prefix, app.wsgi_app)  # type: ignore[method-assign]
    proxies = settings.trusted_proxies
    if proxies:
        # Trust only the headers that docs/deploy.md tells the proxy to set: a client forges others.
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, 0, 0)  # type: ignore[method-assign]


def _cookie_name(is_secure: bool, prefix: str) -> str:
    if not is_secure:
        return "desk"
    return "__Secure-desk" if prefix else "__Host-desk"


def _wire(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    seal = Seal(settings.data_keys)
    store = store_at(settings.database, seal)
    programs = cache(lambda: _programs(settings, store, clock))

    def engine() -> "Engine":
        from casebook.casebook import Casebook
        from engine.engine import Engine

        return Engine(Casebook(store, seal, programs().current(), clock()))

    app.extensions |= {
        "settings": settings,
        "store": store,
        "seal": seal,
        "service_address": lambda: _service_address(settings),
        "composer": cache(_composer),
        "client": lambda: _client(settings, clock),
        "program": lambda: programs().current(),
        # Made for each use. The doors do not need it, so they work while the files are broken.
        "engine": engine,
        "worker": lambda: _worker(app, settings, clock),
        "mailer": lambda: _mailer(settings, "", clock),
        "open_pages": cache(lambda: _open(app)),
    }


def _programs(settings: Settings, store: Store, clock: Callable[[], datetime]) -> "Programs":
    from casebook.program_in_force import Programs

    return Programs(store, store.seal, settings.config_dir, clock)


def _service_address(settings: Settings) -> "ServiceAddress":
    from notifications.service_address import ServiceAddress

    return ServiceAddress(settings.base_url, settings.secret_key, settings.mail_reply_to)


def _composer() -> "Composer":
    from notifications.mail.compose import Composer

    return Composer(HERE / "templates")


def _page_trial(program: "Program", now: datetime) -> str:
    # What the examples need takes a while to import; only changed files are tried.
    from pages.examples.trial import failure

    return failure(program, now)


def _worker(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> "Worker":
    from notifications.mail.returned import Tokens
    from notifications.mail.returning import mailbox_at
    from store.workers import Claimant
    from worker.reaching import Reach
    from worker.returned import Returned
    from worker.sending import Sender
    from worker.worker import Worker

    parts = app.extensions
    engine, service = parts["engine"], parts["service_address"]()
    claimant, box = Claimant(parts["store"]), mailbox_at(settings.bounces_url)
    returns_to = box.returns_to if box else ""

    def sender() -> Sender:
        mailer = _mailer(settings, returns_to, clock)
        return Sender(
            engine, parts["composer"](), service, mailer, clock, claimant, box is not None
        )

    return Worker(
        engine,
        clock,
        client=parts["client"](),
        senders=tuple(sender() for _ in range(SENDERS)),
        folder=settings.config_dir,
        claimant=claimant,
        pages=parts["page_trial"],
        reach=Reach(engine, clock, parts["mailer"]()),
        name=f"{socket.gethostname()}-{os.getpid()}",
        heartbeat_url=settings.heartbeat_url,
        returned=Returned(engine, clock, box, Tokens(service.mail_domain, returns_to))
        if box
        else None,
    )


def _mailer(
    settings: Settings, returns_to: str, clock: Callable[[], datetime]
) -> "Mailer | GraphMailer":
    from notifications.mail.mailer import Mailer
    from notifications.mail.microsoft import App, GraphMailer

    sender, reply_to = settings.mail_from, settings.mail_reply_to
    app = App.from_url(settings.mail_url) if settings.mail_url else None
    if app is not None:
        return GraphMailer(app, sender, reply_to, clock=clock)
    return Mailer(settings.smtp_url, sender, reply_to, returns_to=returns_to, clock=clock)


def _client(settings: Settings, clock: Callable[[], datetime]) -> "Client | None":
    if not settings.has_api:
        return None
    from qualtrics.api.client import Client

    return Client(
        settings.qualtrics_base_url,
        token=settings.qualtrics_api_token,
        client_id=settings.qualtrics_client_id,
        client_secret=settings.qualtrics_client_secret,
        clock=clock,
    )
