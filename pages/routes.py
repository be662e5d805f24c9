"""All pages and doors, for the web processes and the few commands that show a page."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from pages import cases, copies, own, program, responses
from pages.access import sign_on
from pages.access.security_log import SecurityLog
from pages.invitations import invited, nominees, outreach, trainings
from pages.monitors import health, metrics
from pages.public import arriving, help, look, other_sites
from pages.reports import page as report
from qualtrics import door
from settings import Settings

OPEN = (
    door.bp, arriving.bp, cases.bp, own.bp, copies.bp, program.bp, report.bp, invited.bp,
    nominees.bp, outreach.bp, trainings.bp, look.bp, help.bp, sign_on.bp, responses.bp, health.bp,
    metrics.bp,
)  # fmt: skip


def open_pages(app: Flask) -> None:
    """Open every page and door of an app whose parts are wired."""
    parts = app.extensions
    settings: Settings = parts["settings"]
    parts["door"] = door.Door(
        parts["store"],
        parts["seal"],
        settings.qualtrics_shared_keys,
        settings.qualtrics_webhook_tokens,
        parts["clock"],
    )
    for blueprint in OPEN:
        app.register_blueprint(blueprint)
    app.before_request(other_sites.refuse)
    CSRFProtect(app).exempt(door.bp)
    app.after_request(SecurityLog(app.logger.getChild("security"), parts["clock"]).see)
