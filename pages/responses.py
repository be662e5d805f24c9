"""How pages are rendered, and what people see when something cannot be done."""

import sqlite3
from datetime import timedelta

from flask import Blueprint, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response

from pages.context import casebook, now
from pages.facts.page import MessagePage, NoLinkPage, Page, SurePage, site
from pages.visits import NoVisit, clear_cache
from store.copies import restorations
from store.database import StorageBusy
from workflow.errors import NoSuchCase, NotYours

bp = Blueprint("refusals", __name__)

#: For so long after a restoration people may open links that were mailed before it.
LINKS_MISSED = timedelta(days=30)


def show(page: Page, status: int = 200) -> ResponseReturnValue:
    """Render a page together with what every page shows."""
    return render_template(page.template, page=page, site=site(casebook())), status


@bp.app_errorhandler(NoVisit)
def _no_visit(error: NoVisit) -> ResponseReturnValue:
    clear_cache()
    return message(
        "Please open the link again",
        "This page closes itself after half an hour. Open it from the e-mail again.",
        403,
    )


@bp.app_errorhandler(NoSuchCase)
def _forgotten(error: NoSuchCase) -> ResponseReturnValue:
    return message(
        "This request is over",
        "Nothing about it is kept here any more. There is nothing left for you to do.",
        410,
    )


@bp.app_errorhandler(NotYours)
def not_yours(error: NotYours | None) -> ResponseReturnValue:
    clear_cache()
    return message(
        "Your part in this is over",
        "There is nothing for you to do here now. Thank you. If you are needed, you get an e-mail.",
        403,
    )


@bp.app_errorhandler(CSRFError)
def _no_token(error: CSRFError) -> ResponseReturnValue:
    return message(
        "Please open the link again",
        "This page was open for too long, or your browser keeps no cookies. Nothing was changed.",
        400,
    )


@bp.app_errorhandler(405)
def _no_such_method(error: MethodNotAllowed) -> ResponseReturnValue:
    answer = _plainly("This does not work here", "Please open the link from the e-mail again.", 405)
    return *answer, {"Allow": ", ".join(error.valid_methods or ())}


@bp.app_errorhandler(404)
def _nothing_here(error: Exception) -> ResponseReturnValue:
    if request.path.startswith("/open"):
        return no_link()
    return message("There is nothing here", "Please open the link from the e-mail again.", 404)


@bp.app_errorhandler(StorageBusy)
@bp.app_errorhandler(sqlite3.Error)
def _busy(error: Exception) -> ResponseReturnValue:
    """Answer 503: nothing was changed, and trying again helps."""
    current_app.logger.error("Storage: %s", error)
    return _plainly("Please try again in a minute", "Nothing was changed, nothing is lost.", 503)


@bp.app_errorhandler(500)
def _failed(error: Exception) -> ResponseReturnValue:
    return _plainly("Something went wrong on our side", "Please try again later.", 500)


def no_link() -> ResponseReturnValue:
    """Show that we do not know a link; it may have been mailed after the copy was made."""
    restored = restorations.latest(casebook().store.read())
    is_recent = restored is not None and now() - restored.restored_at < LINKS_MISSED
    write_to = current_app.extensions["settings"].mail_reply_to if is_recent else ""
    return show(NoLinkPage(write_to), 404)


def message(title: str, words: str, status: int) -> ResponseReturnValue:
    return show(MessagePage(title, words), status)


def _plainly(title: str, words: str, status: int) -> tuple[str, int]:
    """Answer without a template, since the program may be what failed."""
    return f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{words}", status


#: Every form has its own token, and the answer is another one.
NOT_SENT_AGAIN = ("csrf_token", "sure")


def not_sure_yet(question: str) -> ResponseReturnValue | None:
    """Ask again before what cannot be undone; None once somebody said that they are sure.

    A mail scanner may send a form with its first answer: here that is "No".
    """
    answer = request.form.get("sure")
    if answer == "yes":
        return None
    if answer == "no":
        return redirect(request.path, 303)
    fields = request.form.items(multi=True)
    return show(SurePage(question, [one for one in fields if one[0] not in NOT_SENT_AGAIN]))


#: Headers of everything, errors and monitors included. Webhooks, which no browser shows, have only
#: those that keep their answers from being kept or guessed at: they must be quick.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}
OF_WEBHOOKS = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))


@bp.after_app_request
def _with_headers(response: Response) -> Response:
    if request.blueprint == "qualtrics":
        response.headers.extend(OF_WEBHOOKS)
        return response
    is_file = request.endpoint == "pages.static" and response.status_code < 400
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = "max-age=3600" if is_file else "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if g.get("clears_cache"):
        response.headers["Clear-Site-Data"] = '"cache"'
    return response
