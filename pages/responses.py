"""How pages are rendered, and what people see when something cannot be done."""

import sqlite3
from datetime import timedelta

from flask import Blueprint, current_app, g, redirect, request, template_rendered
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response

from lib.languages.language import Language, for_requesters
from lib.templates import Environments
from lib.unbroken import unbroken
from pages.access import security_log, sign_on
from pages.access.sign_on import NotSignedOn
from pages.context import browser_language, casebook, now
from pages.facts.page import AnsweredPage, MessagePage, NoLinkPage, Page, SignOnPage, SurePage, site
from pages.visits import Ended, NoLink, NoVisit, clear_cache, was_here
from store.copies import restorations
from store.database import StorageBusy, StorageError
from workflow.errors import NoSuchCase, NotYours
from workflow.model import Event

bp = Blueprint("refusals", __name__)

#: For so long after a restoration people may open links that were mailed before it.
LINKS_MISSED = timedelta(days=30)


#: What a reload says after an answer that ended a visit. Nothing about the request stands there.
DELETED = for_requesters(
    "We deleted everything we had about this request, or will within minutes. You can ask again"
    " at any time, with the same form."
)
ENDED: dict[str, tuple[str, str]] = {
    Event.ERASED: (for_requesters("It’s deleted"), DELETED),
    Event.WITHDRAWN: (for_requesters("The request is withdrawn"), DELETED),
    Event.CONTACT_CONFIRMED: (
        for_requesters("Thank you. We’ll use it from now on"),
        for_requesters("If it’s an email address, a link to your page is on its way there."),
    ),
}
OTHERWISE_ENDED = (
    for_requesters("We have your answer"),
    for_requesters("There’s nothing left for you to do here. Thank you."),
)


def show(page: Page, status: int = 200, language: Language | None = None) -> ResponseReturnValue:
    """Render a page together with what every page shows; in English unless told otherwise."""
    if status == 400 and not isinstance(page, MessagePage):
        g.is_slip = True
    spoken = language or casebook().program.english
    environments: Environments = current_app.extensions["environments"]
    template = environments.speaking(spoken).get_template(page.template)
    context = {"page": page, "site": site(casebook(), spoken)}
    current_app.update_template_context(context)
    shown = unbroken(template.render(context))
    template_rendered.send(current_app, template=template, context=context)
    return shown, status


def show_to_anybody(page: Page, status: int = 200) -> ResponseReturnValue:
    """Render a page that everyone may see, in the language of the browser."""
    return show(page, status, browser_language())


@bp.app_errorhandler(NoVisit)
def _no_visit(error: NoVisit) -> ResponseReturnValue:
    clear_cache()
    g.is_slip = was_here()
    if isinstance(error, Ended):
        language = browser_language()
        said = map(language.own, ENDED.get(error.event, OTHERWISE_ENDED))
        return show(AnsweredPage(*said), language=language)
    return message(
        for_requesters("Please open the link again"),
        for_requesters(
            "To keep it private, this page closes after half an hour. The link in your email opens"
            " it again."
        ),
        403,
    )


@bp.app_errorhandler(NotSignedOn)
def _not_signed_on(error: NotSignedOn) -> ResponseReturnValue:
    """Ask to sign on, without a word about whose link it is; nothing was changed."""
    g.refusal = security_log.SIGN_ON
    return show(SignOnPage(sign_on.signed_on_as(), sign_on.here()), 403)


@bp.app_errorhandler(NoSuchCase)
def _forgotten(error: NoSuchCase) -> ResponseReturnValue:
    g.is_slip = was_here()
    return message(
        for_requesters("This request has ended"),
        for_requesters("We don’t keep anything about it anymore. There’s nothing left to do."),
        410,
    )


@bp.app_errorhandler(NotYours)
def not_yours(error: NotYours | None) -> ResponseReturnValue:
    clear_cache()
    return message(
        for_requesters("Your part in this is done"),
        for_requesters("There’s nothing you need to do. If we need you again, we’ll email you."),
        403,
    )


@bp.app_errorhandler(CSRFError)
def _no_token(error: CSRFError) -> ResponseReturnValue:
    return message(
        for_requesters("Please open the link again"),
        for_requesters(
            "This page was open too long, or your browser doesn’t keep cookies. Nothing was"
            " changed."
        ),
        400,
    )


@bp.app_errorhandler(405)
def _no_such_method(error: MethodNotAllowed) -> ResponseReturnValue:
    answer = _plainly(
        "This doesn’t work here",
        "Please open the link in your email again.",
        405,
    )
    return *answer, {"Allow": ", ".join(error.valid_methods or ())}


@bp.app_errorhandler(404)
def _nothing_here(error: Exception) -> ResponseReturnValue:
    if request.path.startswith("/open"):
        return no_link(None)
    return message(
        for_requesters("There’s nothing here"),
        for_requesters("Please open the link in your email again."),
        404,
    )


@bp.app_errorhandler(StorageBusy)
@bp.app_errorhandler(sqlite3.Error)
@bp.app_errorhandler(StorageError)
def _busy(error: Exception) -> ResponseReturnValue:
    """Answer 503: nothing was changed, and trying again helps."""
    current_app.logger.error("Storage: %s", error)
    return _plainly(
        "Please try again in a minute",
        "Nothing was changed, nothing is lost.",
        503,
    )


@bp.app_errorhandler(500)
def _failed(error: Exception) -> ResponseReturnValue:
    return _plainly("Something went wrong on our side", "Please try again later.", 500)


@bp.app_errorhandler(NoLink)
def no_link(error: NoLink | None) -> ResponseReturnValue:
    """Show that we do not know a link; it may have been mailed after the copy was made.

    Or that it is old: whose part is over reads the same as if their request were forgotten.
    """
    clear_cache()
    restored = restorations.latest(casebook().store.read())
    is_recent = restored is not None and now() - restored.restored_at < LINKS_MISSED
    write_to = current_app.extensions["settings"].mail_reply_to if is_recent else ""
    return show_to_anybody(NoLinkPage(write_to), 404)


def message(title: str, words: str, status: int) -> ResponseReturnValue:
    """Show a message, in the language of the browser if the catalog has it."""
    language = browser_language()
    return show(MessagePage(language.own(title), language.own(words)), status, language)


def _plainly(title: str, words: str, status: int) -> tuple[str, int]:
    """Answer without a template, since the program may be what failed."""
    return f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{words}", status


#: Every form has its own token, and the answer is another one.
NOT_SENT_AGAIN = ("csrf_token", "sure")


def not_sure_yet(question: str, language: Language | None = None) -> ResponseReturnValue | None:
    """Ask again before what cannot be undone; None once someone said that they are sure.

    A mail scanner may send a form with its first answer: here that is "No".
    """
    answer = request.form.get("sure")
    if answer == "yes":
        return None
    if answer == "no":
        return redirect(request.root_path + request.path, 303)
    fields = request.form.items(multi=True)
    sent = [one for one in fields if one[0] not in NOT_SENT_AGAIN]
    asked = language.own(question) if language else question
    return show(SurePage(asked, sent), language=language)


#: Ends with who may show the page in a frame.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors"
)
#: Headers of everything, errors and monitors included. Webhooks, which no browser shows, have only
#: those that keep their answers from being kept or guessed at: they must be quick.
HEADERS = {
    "Content-Security-Policy": f"{POLICY} 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    # A site that opens a window of ours, or asks for a file of ours, learns nothing from it.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OF_WEBHOOKS = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))


@bp.after_app_request
def _with_headers(response: Response) -> Response:
    if request.blueprint == "qualtrics":
        response.headers.extend(OF_WEBHOOKS)
        return response
    # A picture needs a stricter policy, and sets its own.
    is_look = request.blueprint == "look" and response.status_code < 400
    own = dict(response.headers) if is_look else {}
    # A file that a browser keeps tells a neighboring site by its speed that a page was open here.
    response.headers.update(HEADERS | {"Cache-Control": "no-store"} | own)
    if frames := g.get("frames"):
        # The older header knows no second server, and would forbid what the policy allows.
        response.headers["Content-Security-Policy"] = f"{POLICY} {' '.join(frames)}"
        del response.headers["X-Frame-Options"]
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if g.get("clears_cache"):
        response.headers["Clear-Site-Data"] = '"cache"'
    return response
