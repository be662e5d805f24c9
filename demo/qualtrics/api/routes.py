"""The routes of the stand-in's REST API, as in Qualtrics."""

import time
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from demo.qualtrics.api import definition as qualtrics_survey
from demo.qualtrics.api.exports import LIFE, start_export
from demo.qualtrics.api.orders import ExportRefused
from demo.qualtrics.api.records import Export, Subscription
from demo.qualtrics.api.replies import Failure, brand, not_yet_available, show_failure, success
from demo.qualtrics.api.schema import response_schema
from demo.qualtrics.survey import Survey
from demo.qualtrics.trouble import guard

bp = Blueprint("qualtrics_api", __name__, url_prefix="/API/v3")
elsewhere = Blueprint("qualtrics_elsewhere", __name__, url_prefix="/API/v3")
guard(bp)
for each in (bp, elsewhere):
    each.register_error_handler(Failure, show_failure)


#: The user type of an account that may only edit surveys and read their responses.
ACCOUNT_TYPE = "UT_4surveyOwner001"


def _json_body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Failure(400, "The body is not a JSON object.", "QVAL_1", requestId=str(uuid4()))
    return body


def _survey(survey_id: str) -> Survey:
    with brand().lock:
        found = brand().surveys.get(survey_id)
    if found is None:
        raise Failure(404, "Survey not found.", "GSI_2")
    return found


@bp.get("/whoami")
def whoami() -> ResponseReturnValue:
    """Show the account that the token belongs to."""
    return success(
        {
            "brandId": brand().id,
            "userId": qualtrics_survey.OWNER,
            "userName": "survey.owner@example.org",
            "firstName": "Survey",
            "lastName": "Owner",
            "email": "survey.owner@example.org",
            "accountType": "UT_BRANDADMIN" if brand().behavior.is_brand_admin else ACCOUNT_TYPE,
            "language": "en",
        }
    )


def _described(subscription: Subscription) -> dict[str, Any]:
    return {
        "id": subscription.id,
        "scope": brand().id,
        "topics": subscription.topics,
        "publicationUrl": subscription.url,
        "encrypted": False,
        "successfulCalls": subscription.successful_calls,
    }


def _subscription(subscription_id: str) -> Subscription:
    with brand().lock:
        found = brand().subscriptions.get(subscription_id)
    if found is None:
        raise Failure(404, f"{subscription_id} not found", "ESSG_2", requestId=None)
    return found


@bp.post("/eventsubscriptions")
def create_subscription() -> ResponseReturnValue:
    """Subscribe. Neither the URL nor duplicates are checked."""
    body = _json_body()
    for name in ("topics", "publicationUrl"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise Failure(400, f"Missing parameter '{name}'.", "QVAL_1", requestId=str(uuid4()))
    if body.get("encrypt"):
        message = "This stand-in does not encrypt publications."
        raise Failure(400, message, requestId=str(uuid4()))
    created = brand().subscribe(body["topics"], body["publicationUrl"], body.get("sharedKey"))
    return success({"id": created.id})


@bp.get("/eventsubscriptions")
def list_subscriptions() -> ResponseReturnValue:
    """List all subscriptions on one page."""
    with brand().lock:
        elements = [_described(each) for each in brand().subscriptions.values()]
    return success({"elements": elements, "nextPage": None})


@bp.get("/eventsubscriptions/<subscription_id>")
def show_subscription(subscription_id: str) -> ResponseReturnValue:
    """Show one subscription."""
    return success(_described(_subscription(subscription_id)))


@bp.delete("/eventsubscriptions/<subscription_id>")
def delete_subscription(subscription_id: str) -> ResponseReturnValue:
    """Delete one subscription."""
    with brand().lock:
        del brand().subscriptions[_subscription(subscription_id).id]
    return success()


@bp.delete("/eventsubscriptions")
def delete_all_subscriptions() -> ResponseReturnValue:
    """Delete every subscription of the brand, as the real Qualtrics does."""
    with brand().lock:
        brand().subscriptions.clear()
    return success()


@bp.get("/surveys")
def list_surveys() -> ResponseReturnValue:
    """List all surveys on one page."""
    with brand().lock:
        surveys = list(brand().surveys.values())
    elements = [qualtrics_survey.list_entry(survey) for survey in surveys]
    return success({"elements": elements, "nextPage": None})


@bp.get("/surveys/<survey_id>")
def show_survey(survey_id: str) -> ResponseReturnValue:
    """Show the survey in the newer shape."""
    survey = _survey(survey_id)
    count = len(brand().responses_of(survey_id))
    return success(qualtrics_survey.describe(survey, brand().id, count))


@bp.get("/survey-definitions/<survey_id>")
def show_definition(survey_id: str) -> ResponseReturnValue:
    """Show the survey in the editor's shape."""
    survey = _survey(survey_id)
    url = request.host_url.rstrip("/")
    return success(qualtrics_survey.define(survey, brand().id, url))


@bp.get("/surveys/<survey_id>/response-schema")
def show_response_schema(survey_id: str) -> ResponseReturnValue:
    """Describe the values of a response as a JSON Schema."""
    return success(response_schema(_survey(survey_id)))


@bp.get("/surveys/<survey_id>/responses/<response_id>")
def show_response(survey_id: str, response_id: str) -> ResponseReturnValue:
    """Show one response. Shortly after Submit it is not available yet."""
    survey = _survey(survey_id)
    with brand().lock:
        found = brand().responses.get(response_id)
    if found is None or found.survey.id != survey.id:
        raise _no_such_response()
    if found.readable_from <= time.monotonic():
        return success(found.as_result())
    if brand().behavior.before_readable == 202:
        return not_yet_available()
    raise _no_such_response()


@bp.delete("/surveys/<survey_id>/responses/<response_id>")
def delete_response(survey_id: str, response_id: str) -> ResponseReturnValue:
    """Delete one response for good."""
    survey = _survey(survey_id)
    with brand().lock:
        found = brand().responses.get(response_id)
        if found is None or found.survey.id != survey.id:
            raise _no_such_response()
        del brand().responses[response_id]
    return success()


def _no_such_response() -> Failure:
    return Failure(404, "Response not found.", requestId=str(uuid4()))


@bp.post("/surveys/<survey_id>/export-responses")
def export_responses(survey_id: str) -> ResponseReturnValue:
    """Start an export."""
    survey = _survey(survey_id)
    try:
        export = start_export(brand(), survey.id, _json_body())
    except ExportRefused as error:
        raise Failure(400, str(error), "QVAL_1", requestId=str(uuid4())) from None
    return success(
        {"progressId": export.progress_id, "percentComplete": 0.0, "status": "inProgress"}
    )


@bp.get("/surveys/<survey_id>/export-responses/<progress_id>")
def show_progress(survey_id: str, progress_id: str) -> ResponseReturnValue:
    """Tell whether the file is ready."""
    with brand().lock:
        export = _found(brand().exports.get(progress_id), _survey(survey_id))
        export.polls += 1
    if export.polls <= brand().behavior.export_polls:
        return success({"percentComplete": 50.0, "status": "inProgress"})
    if brand().behavior.export_fails:
        return success({"percentComplete": 50.0, "status": "failed"})
    done = {"fileId": export.file_id, "percentComplete": 100.0, "status": "complete"}
    token = export.continuation_token
    return success(done | ({"continuationToken": token} if token else {}))


@bp.get("/surveys/<survey_id>/export-responses/<file_id>/file")
def download(survey_id: str, file_id: str) -> ResponseReturnValue:
    """Serve the file, for a week after the export."""
    with brand().lock:
        files = {export.file_id: export for export in brand().exports.values()}
    export = _found(files.get(file_id), _survey(survey_id))
    if brand().clock() >= export.made_at + LIFE:
        raise _no_such_export()
    return Response(export.pieces(), content_type=export.media_type)


def _found(export: Export | None, survey: Survey) -> Export:
    if export is None or export.survey_id != survey.id:
        raise _no_such_export()
    return export


def _no_such_export() -> Failure:
    return Failure(404, "Export not found.", requestId=str(uuid4()))


ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@elsewhere.route("/", defaults={"rest": ""}, methods=ANY_METHOD)
@elsewhere.route("/<path:rest>", methods=ANY_METHOD)
def no_such_route(rest: str) -> ResponseReturnValue:
    """Answer every other path. The real Qualtrics does so before it checks credentials."""
    raise Failure(404, "The requested resource does not exist.")
