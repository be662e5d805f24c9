"""The page on which someone says how it was, without a name (/feedback)."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from engine.forgotten import feedback
from lib.languages.language import Language, for_requesters
from pages import visits
from pages.context import browser_language, casebook
from pages.facts.public import feedback as facts
from pages.facts.public.feedback import FeedbackPage
from pages.responses import message, show
from pages.visits import NoLink
from workflow.reports.feedback import QUESTIONS

bp = Blueprint("feedback", __name__)

MISSING = for_requesters("Please answer the first three questions.")


def begin(token: str) -> ResponseReturnValue:
    """Show the questions to anyone with a link; no visit begins, since that would have a moment."""
    language = browser_language()
    return show(facts.page(casebook(), token, language), language=language)


@bp.post("/feedback")
def record() -> ResponseReturnValue:
    """Count the answers of someone whose link was not used yet."""
    token, language = request.form.get("token", ""), browser_language()
    if not feedback.is_ours(casebook(), token):
        raise NoLink
    answers = {one.what: request.form.get(one.what, "") for one in QUESTIONS}
    if any(not (answers[one.what] or one.is_optional) for one in QUESTIONS):
        return show(_incomplete(token, language, answers), 400, language)
    if not feedback.record(casebook(), token, answers):
        return message(
            for_requesters("We already have answers from this link"),
            for_requesters("Each link counts once, so nothing was added. Thank you."),
            409,
        )
    visits.forget_links()
    return message(
        for_requesters("Thank you"),
        for_requesters("Your answers were added to the counts. Nothing says that they’re yours."),
        200,
    )


def _incomplete(token: str, language: Language, answers: Mapping[str, str]) -> FeedbackPage:
    page = facts.page(casebook(), token, language)
    return replace(page, problem=language.own(MISSING), chosen=answers)
