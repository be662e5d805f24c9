"""Builds the service from its parts and decides nothing."""

import os
import resource
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from casebook import recognition
from casebook.casebook import Casebook
from casebook.program_in_force import Programs
from commands import (  # noqa: F401 - imported to register their commands
    check,
    copies,
    forgetting,
    intake,
    mapping,
    matching,
    report,
    revoke,
    roster,
    service,
)
from commands import qualtrics as qualtrics_commands
from commands.common import explain_unreadable
from commands.gallery import command as gallery
from commands.outreach import flyers, forms  # noqa: F401 - as above
from engine.engine import Engine
from lib.faults import where
from lib.templates import COMPILED, TRANSLATABLE, Environments, speak_english
from notifications.mail.compose import Composer
from notifications.mail.mailer import Mailer
from notifications.mail.microsoft import App, GraphMailer
from notifications.mail.returned import Tokens
from notifications.mail.returning import mailbox_at
from notifications.service_address import ServiceAddress
from pages import cases, health, own, responses
from pages import copies as copies_page
from pages import program as program_pages
from pages.access import sign_on
from pages.access.security_log import SecurityLog
from pages.invitations import invited, nominees, outreach, trainings
from pages.public import help, look
from pages.reports import page as report_page
from program import Program
from qualtrics import door
from qualtrics.api.client import Client
from settings import Settings, SettingsError
from store.engines.opening import store_at
from store.sealing import Seal
from store.workers import Claimant
from worker.reaching import Reach
from worker.returned import Returned
from worker.sending import Sender
from worker.worker import Worker

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

    def log_exception(self, exc_info: ExceptionInfo) -> None:
        fault = where(exc_info[1]) if exc_info[1] else "unknown"
        self.logger.error("Failed at %s: %s", request.endpoint, fault)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Build the service from its settings; the clock is injected here and nowhere else."""
    # A core file would hold the keys, and the names that this process had in hand.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    app = Service(__name__, static_folder=None, template_folder="templates/page")
    app.session_interface = Sessions()
    # A misspelled name in a page is an error, as it is in a mail.
    app.jinja_options = {
        "bytecode_cache": COMPILED,
        "undefined": StrictUndefined,
        "extensions": TRANSLATABLE,
    }
    speak_english(app.jinja_env)
    for blueprint in (
        door.bp,
        cases.bp,
        own.bp,
        copies_page.bp,
        program_pages.bp,
        report_page.bp,
        invited.bp,
        nominees.bp,
        outreach.bp,
        trainings.bp,
        look.bp,
        help.bp,
        sign_on.bp,
        responses.bp,
        health.bp,
        service.bp,
        gallery.bp,
        qualtrics_commands.bp,
    ):
        app.register_blueprint(blueprint)
    app.extensions |= {"clock": clock, "page_trial": _page_trial}
    explain_unreadable(app.cli)
    app.teardown_request(lambda error: recognition.drop_cached())
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
    return app


def _release(app: Flask) -> None:
    """Let other requests use this one's connection to the database."""
    if (store := app.extensions.get("store")) is not None:
        store.release()


def _configure(app: Flask, settings: Settings) -> None:
    is_secure = settings.base_url.startswith("https://")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        # Browsers take a cookie of this name only over https, for this host alone and all paths.
        SESSION_COOKIE_NAME="__Host-desk" if is_secure else "desk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_PATH="/",
        # We speak no TLS ourselves, so there is a proxy, though TRUSTED_PROXIES names none.
        IS_BEHIND_UNKNOWN_PROXY=is_secure and not settings.trusted_proxies,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        # Our pages send no Referer, which the strict check over https would require.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    proxies = settings.trusted_proxies
    if proxies:
        # Trust only the headers that docs/deploy.md tells the proxy to set: a client forges others.
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, 0, 0)  # type: ignore[method-assign]
    CSRFProtect(app).exempt(door.bp)
    app.after_request(SecurityLog(app.logger.getChild("security"), app.extensions["clock"]).see)


def _wire(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    seal = Seal(settings.data_keys)
    store = store_at(settings.database, seal)
    service = ServiceAddress(settings.base_url, settings.secret_key, settings.mail_reply_to)
    composer = Composer(HERE / "templates")

    programs = Programs(store, seal, settings.config_dir, clock)

    def engine() -> Engine:
        return Engine(Casebook(store, seal, programs.current(), clock()))

    app.extensions |= {
        "settings": settings,
        "store": store,
        "seal": seal,
        "service_address": service,
        "composer": composer,
        "environments": Environments(app.jinja_env),
        "client": lambda: _client(settings, clock),
        # Made for each use. The doors do not need it, so they work while the files are broken.
        "engine": engine,
        "worker": lambda: _worker(app, settings, clock),
        "door": door.Door(
            store, seal, settings.qualtrics_shared_keys, settings.qualtrics_webhook_tokens, clock
        ),
    }


def _page_trial(program: Program, now: datetime) -> str:
    # What the examples need takes a while to import; only changed files are tried.
    from pages.examples.trial import failure

    return failure(program, now)


def _worker(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> Worker:
    parts = app.extensions
    engine, service = parts["engine"], parts["service_address"]
    claimant, box = Claimant(parts["store"]), mailbox_at(settings.bounces_url)
    returns_to = box.returns_to if box else ""

    def sender() -> Sender:
        mailer = _mailer(settings, returns_to, clock)
        return Sender(engine, parts["composer"], service, mailer, clock, claimant, box is not None)

    return Worker(
        engine,
        clock,
        client=parts["client"](),
        senders=tuple(sender() for _ in range(SENDERS)),
        folder=settings.config_dir,
        claimant=claimant,
        pages=parts["page_trial"],
        reach=Reach(engine, clock, _mailer(settings, "", clock)),
        name=f"{socket.gethostname()}-{os.getpid()}",
        heartbeat_url=settings.heartbeat_url,
        returned=Returned(engine, clock, box, Tokens(service.mail_domain, returns_to))
        if box
        else None,
    )


def _mailer(
    settings: Settings, returns_to: str, clock: Callable[[], datetime]
) -> Mailer | GraphMailer:
    sender, reply_to = settings.mail_from, settings.mail_reply_to
    app = App.from_url(settings.mail_url) if settings.mail_url else None
    if app is not None:
        return GraphMailer(app, sender, reply_to, clock=clock)
    return Mailer(settings.smtp_url, sender, reply_to, returns_to=returns_to, clock=clock)


def _client(settings: Settings, clock: Callable[[], datetime]) -> Client | None:
    if not settings.has_api:
        return None
    return Client(
        settings.qualtrics_base_url,
        token=settings.qualtrics_api_token,
        client_id=settings.qualtrics_client_id,
        client_secret=settings.qualtrics_client_secret,
        clock=clock,
    )
