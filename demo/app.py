"""The demo's own process: stand-in for Qualtrics, mailbox, clock and home page."""

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Flask, current_app, render_template
from flask.typing import ResponseReturnValue

from demo import clock_pages, intranet, mail_pages, trouble_pages
from demo.addresses import Address
from demo.clock import MovableClock, clock_of_demo
from demo.local_time import local
from demo.mailbox import Mailbox
from demo.qualtrics.stand_in import StandIn
from demo.qualtrics.survey import NOMINATION, REFERRAL, WITH_ASKS_FIRST
from demo.serving import served

bp = Blueprint("home", __name__)
EVENTS_DOOR = "/webhooks/qualtrics/events"


def create_demo(
    stand_in: StandIn, mailbox: Mailbox, clock: MovableClock, service_url: str, config: Path
) -> Flask:
    """Return the stand-in's app with the pages of the demo added."""
    app = stand_in.app
    app.extensions.update(stand_in=stand_in, mailbox=mailbox, demo_clock=clock)
    app.config.update(SERVICE_URL=service_url, DEMO_HOME="/", PROGRAM=config / "program.toml")
    app.add_template_filter(local)
    for pages in (bp, mail_pages.bp, clock_pages.bp, trouble_pages.bp, intranet.bp):
        app.register_blueprint(pages)
    return app


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the home page, which explains the demo in a few steps."""
    stand_in: StandIn = current_app.extensions["stand_in"]
    mailbox: Mailbox = current_app.extensions["mailbox"]
    return render_template(
        "home.html",
        form_url=f"/jfe/form/{stand_in.brand.survey.id}",
        nomination_url=f"/jfe/form/{NOMINATION.id}",
        referral_url=f"/jfe/form/{REFERRAL.id}",
        qsf_url=f"/qsf/{stand_in.brand.survey.id}",
        response_count=len(stand_in.responses),
        mail_count=len(mailbox.messages),
        service_url=current_app.config["SERVICE_URL"],
    )


def run(env: Mapping[str, str]) -> None:
    """Serve until a signal arrives; the service is subscribed to the stand-in's events."""
    stopped = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stopped.set())
    clock = clock_of_demo(env)
    stand_in = StandIn(WITH_ASKS_FIRST, token=env["QUALTRICS_API_TOKEN"], clock=clock)
    shared_key = env["QUALTRICS_SHARED_KEYS"].split(",")[0].strip()
    for survey in (NOMINATION, REFERRAL):
        stand_in.add_survey(survey)
    for survey in (stand_in.brand.survey, NOMINATION, REFERRAL):
        topic = f"surveyengine.completedResponse.{survey.id}"
        stand_in.subscribe(env["BASE_URL"] + EVENTS_DOOR, shared_key, topic)
    pages, smtp = Address.read(env, "QUALTRICS_BASE_URL"), Address.read(env, "SMTP_URL")
    mailbox = Mailbox(smtp.host, smtp.port, clock)
    mailbox.returns_to = env["BOUNCES_URL"]
    app = create_demo(stand_in, mailbox, clock, env["BASE_URL"], Path(env["CONFIG_DIR"]))
    with mailbox, served(app, pages.host, pages.port):
        stopped.wait()


if __name__ == "__main__":
    run(os.environ)
