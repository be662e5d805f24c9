"""Who may use the stand-in's API, and the failures that its switches ask for."""

import secrets
import time
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from demo.qualtrics_replies import Failure, brand

bp = Blueprint("qualtrics_access", __name__)


@bp.post("/oauth2/token")
def issue_access_token() -> ResponseReturnValue:
    """Exchange the client's id and secret for an access token."""
    given = request.authorization
    if given is None or (given.username, given.password) != brand().client:
        return {"error": "invalid_client"}, 401
    if request.form.get("grant_type") != "client_credentials":
        return {"error": "unsupported_grant_type"}, 400
    token = secrets.token_hex(20)
    with brand().lock:
        brand().access_tokens.add(token)
    scope = request.form.get("scope", "")
    return {"access_token": token, "token_type": "Bearer", "expires_in": 3599, "scope": scope}


def behave() -> None:
    """Wait, ask for a credential, then fail if the switches say so."""
    time.sleep(brand().behavior.latency)
    _check_credential()
    with brand().lock:
        status = brand().behavior.take_api_status()
    if status is not None:
        raise _injected(status)


def _injected(status: int) -> Failure:
    if status == HTTPStatus.UNAUTHORIZED:
        return _unknown_token()
    if status == HTTPStatus.FORBIDDEN:
        message = "This user does not have access to this API endpoint."
        return Failure(status, message, "AuthZ_2.0")
    return Failure(status, HTTPStatus(status).description, requestId=str(uuid4()))


def _check_credential() -> None:
    token = request.headers.get("X-API-TOKEN")
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if token is None and kind.lower() != "bearer":
        message = "Expected authorization in headers, but none was provided."
        raise Failure(400, message, "ATP_2", requestId=str(uuid4()))
    if token is not None and secrets.compare_digest(token.encode(), brand().token.encode()):
        return
    if token is not None or bearer not in brand().access_tokens:
        raise _unknown_token()


def _unknown_token() -> Failure:
    return Failure(401, "Unrecognized X-API-TOKEN.", "DCD_7", requestId="")
