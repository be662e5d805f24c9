"""The page for everyone (/help), which an intranet may show in a frame."""

from flask import Blueprint, current_app, g
from flask.typing import ResponseReturnValue

from lib.languages.language import Language
from pages.context import browser_language, casebook, now
from pages.facts.public import help as facts
from pages.responses import show
from program.outreach.sources import survey_for
from workflow.reports.wording import HELP

bp = Blueprint("help", __name__)


@bp.get("/help")
def show_help() -> ResponseReturnValue:
    """Show what peer support is, how to ask, and what help is open now."""
    language = browser_language()
    g.frames = casebook().program.file.help.frames
    return show(facts.page(casebook(), language, now(), _form(language)), language=language)


def _form(language: Language) -> str:
    """Return where to ask in a language, or else in any."""
    base_url = current_app.extensions["settings"].qualtrics_base_url
    return survey_for(casebook().program, language.code).address(base_url, HELP)
