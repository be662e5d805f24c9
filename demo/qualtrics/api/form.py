"""The form that people fill in, and the thank-you page."""

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from demo.qualtrics.api.responses import Answer, Circumstances
from demo.qualtrics.brand import Brand
from demo.qualtrics.survey import Field, Question, Survey

bp = Blueprint("qualtrics_form", __name__)

PREVIEW = Circumstances(status=1, channel="preview")


@bp.route("/jfe/form/<survey_id>", methods=["GET", "POST"])
@bp.route("/jfe/preview/<survey_id>", methods=["GET", "POST"], endpoint="preview")
def form(survey_id: str) -> ResponseReturnValue:
    """Show the form; record a response once it has no problems."""
    brand: Brand = current_app.extensions["qualtrics_brand"]
    survey = brand.surveys.get(survey_id)
    if survey is None:
        abort(404)
    problems = find_problems(survey, request.form) if request.method == "POST" else {}
    if request.method == "GET" or problems:
        return render_template("form.html", survey=survey, given=request.form, problems=problems)
    is_preview = request.endpoint == "qualtrics_form.preview"
    embedded = {name: request.args[name] for name in survey.embedded if name in request.args}
    answers = read_answers(survey, request.form)
    brand.submit(answers, embedded, PREVIEW if is_preview else None, survey_id=survey.id)
    return render_template("thanks.html", survey=survey, is_preview=is_preview)


def find_problems(survey: Survey, given: MultiDict[str, str]) -> dict[str, str]:
    """Return the error message for each question that has one."""
    problems = {
        question.id: "Please answer this question."
        for question in survey.questions
        if question.is_required and not _is_answered(question, given)
    }
    email = given.get("QID2_TEXT", "").strip()
    if email and "@" not in email:
        problems["QID2"] = "Please enter an e-mail address, or leave this empty."
    if not email and not given.get("QID3_TEXT", "").strip():
        problems["QID2"] = "Please give an e-mail address or a phone number."
    return problems


def _is_answered(question: Question, given: MultiDict[str, str]) -> bool:
    return any(given.get(field.key, "").strip() for field in question.fields())


def read_answers(survey: Survey, given: MultiDict[str, str]) -> dict[str, Answer]:
    """Return the answers by the keys of the API."""
    return {field.key: _read(field, given) for field in survey.fields()}


def _read(field: Field, given: MultiDict[str, str]) -> Answer:
    if field.is_multiple:
        return given.getlist(field.key)
    return given.get(field.key, "").strip()
