"""The JSON envelope of replies, and access to the brand behind the app."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import current_app, jsonify, make_response
from flask.typing import ResponseReturnValue

from demo.qualtrics.brand import Brand


class Failure(Exception):
    """An error reply, with Qualtrics' error code where it is known."""

    def __init__(self, status: int, message: str, code: str | None = None, **meta: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"errorMessage": message} | ({"errorCode": code} if code else {})
        self.meta = meta


def brand() -> Brand:
    """Return the brand of the app that serves this request."""
    found: Brand = current_app.extensions["qualtrics_brand"]
    return found


def _meta(status: int, **more: Any) -> dict[str, Any]:
    return {"httpStatus": f"{status} - {HTTPStatus(status).phrase}", **more}


def success(result: Any = None, status: int = 200) -> ResponseReturnValue:
    """Return a success reply, with a result if there is one."""
    body = {"meta": _meta(status, requestId=str(uuid4()))}
    if result is not None:
        body = {"result": result, **body}
    return jsonify(body), status


def show_failure(failure: Failure) -> ResponseReturnValue:
    """Return the reply for a failure."""
    reply = make_response(
        {"meta": _meta(failure.status, error=failure.error, **failure.meta)}, failure.status
    )
    retry_after = brand().behavior.retry_after
    if failure.status == HTTPStatus.TOO_MANY_REQUESTS and retry_after is not None:
        reply.headers["Retry-After"] = str(retry_after)
    return reply


def not_yet_available() -> ResponseReturnValue:
    """Return the reply for a response that cannot be read yet."""
    message = "The Survey Response is not yet available. Please try again later."
    return success({"message": message}, 202)
