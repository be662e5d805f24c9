"""A survey as the editor exports it: Qualtrics Survey Format, .qsf."""

import json
from typing import Any

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from demo.qualtrics.api.definition import (
    CREATED,
    OWNER,
    RESPONSE_SET,
    blocks,
    define_question,
    flow,
    last_modified,
)
from demo.qualtrics.api.replies import brand
from demo.qualtrics.survey import Question, Survey

bp = Blueprint("qualtrics_qsf", __name__)
NEVER = "0000-00-00 00:00:00"


@bp.get("/qsf/<survey_id>")
def download(survey_id: str) -> ResponseReturnValue:
    """Serve the file that "Export survey" in the editor gives."""
    survey = brand().surveys.get(survey_id)
    if survey is None:
        abort(404)
    name = survey.name.replace(" ", "_")
    headers = {"Content-Disposition": f'attachment; filename="{name}.qsf"'}
    content = json.dumps(qsf(survey, brand().id), separators=(",", ":"))
    return Response(content, content_type="application/octet-stream", headers=headers)


def qsf(survey: Survey, brand_id: str = "examplehealth") -> dict[str, Any]:
    """Return the content of the exported file."""
    questions = (*survey.questions, *survey.trash)
    elements = [
        _element("BL", "Survey Blocks", payload=blocks(survey)),
        _element("FL", "Survey Flow", payload=flow(survey)),
        _element("SO", "Survey Options", payload={"SurveyLanguage": "EN"}),
        _element("QC", "Survey Question Count", str(len(questions))),
        _element("RS", RESPONSE_SET, "Default Response Set"),
        *(_element("SQ", q.id, q.text, payload=_payload(q)) for q in questions),
    ]
    return {
        "SurveyEntry": _entry(survey, brand_id),
        "SurveyElements": [{"SurveyID": survey.id, **element} for element in elements],
    }


def _element(
    kind: str, primary: str, secondary: str | None = None, payload: Any = None
) -> dict[str, Any]:
    return {
        "Element": kind,
        "PrimaryAttribute": primary,
        "SecondaryAttribute": secondary,
        "TertiaryAttribute": None,
        "Payload": payload,
    }


def _payload(question: Question) -> dict[str, Any]:
    defined = define_question(question)
    del defined["QuestionText_Unsafe"]
    return {**defined, "DefaultChoices": False, "GradingData": []}


def _entry(survey: Survey, brand_id: str) -> dict[str, Any]:
    return {
        "SurveyID": survey.id,
        "SurveyName": survey.name,
        "SurveyDescription": None,
        "SurveyOwnerID": OWNER,
        "SurveyBrandID": brand_id,
        "DivisionID": None,
        "SurveyLanguage": "EN",
        "SurveyActiveResponseSet": RESPONSE_SET,
        "SurveyStatus": "Active",
        "SurveyStartDate": NEVER,
        "SurveyExpirationDate": NEVER,
        "SurveyCreationDate": _as_the_editor_writes(CREATED),
        "CreatorID": OWNER,
        "LastModified": _as_the_editor_writes(last_modified(survey)),
        "LastAccessed": NEVER,
        "LastActivated": _as_the_editor_writes(CREATED),
        "Deleted": None,
    }


def _as_the_editor_writes(moment: str) -> str:
    return moment.replace("T", " ").removesuffix("Z")
