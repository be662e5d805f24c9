"""Who may use the stand-in's API: credentials, scopes and rights."""

import secrets
from datetime import timedelta
from uuid import uuid4

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from demo.qualtrics.api.records import AccessToken
from demo.qualtrics.api.replies import Failure, brand

bp = Blueprint("qualtrics_access", __name__)

READS = ("surveys", "survey_responses", "subscriptions", "users")
SCOPE_OF = {
    "create_subscription": "write:subscriptions",
    "list_subscriptions": "read:subscriptions",
    "show_subscription": "read:subscriptions",
    "delete_subscription": "write:subscriptions",
    "delete_all_subscriptions": "write:subscriptions",
    "list_surveys": "read:surveys",
    "show_survey": "read:surveys",
    "show_definition": "read:surveys",
    "show_response_schema": "read:surveys",
    "show_response": "read:survey_responses",
    "delete_response": "write:survey_responses",
    "export_responses": "read:survey_responses",
    "show_progress": "read:survey_responses",
    "download": "read:survey_responses",
}
SCOPES = {f"{verb}:{what}" for verb in ("read", "write", "manage") for what in (*READS, "all")}


@bp.post("/oauth2/token")
def issue_access_token() -> ResponseReturnValue:
    """Exchange the client's id and secret for an access token."""
    given = request.authorization
    if given is None or (given.username, given.password) != brand().client:
        return {"error": "invalid_client"}, 401
    if request.form.get("grant_type") != "client_credentials":
        return {"error": "unsupported_grant_type"}, 400
    scopes = frozenset(request.form.get("scope", "").split())
    if scopes - SCOPES:
        return {"error": "invalid_scope"}, 400
    token, life = secrets.token_hex(20), brand().behavior.expires_in
    expires_at = brand().clock() + timedelta(seconds=life)
    with brand().lock:
        brand().access_tokens[token] = AccessToken(expires_at, scopes)
    scope = request.form.get("scope", "")
    return {"access_token": token, "token_type": "Bearer", "expires_in": life, "scope": scope}


def check_access(name: str) -> None:
    """Raise a Failure unless the call has a valid credential with the rights it needs."""
    token = _check_credential()
    if token is not None and not _covers(token.scopes, SCOPE_OF.get(name)):
        raise forbidden(f"The access token lacks the scope {SCOPE_OF[name]}.")
    behavior = brand().behavior
    if not behavior.has_api or ("subscription" in name and not behavior.is_brand_admin):
        raise forbidden()


def _covers(scopes: frozenset[str], needed: str | None) -> bool:
    if needed is None:
        return True
    verb, _, what = needed.partition(":")
    return not scopes.isdisjoint({needed, f"manage:{what}", f"{verb}:all", "manage:all"})


def _check_credential() -> AccessToken | None:
    """Return the access token of the call; None if it has the API token instead."""
    token = request.headers.get("X-API-TOKEN")
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if token is None and kind.lower() != "bearer":
        message = "Expected authorization in headers, but none was provided."
        raise Failure(400, message, "ATP_2", requestId=str(uuid4()))
    if token is not None and secrets.compare_digest(token.encode(), brand().token.encode()):
        return None
    with brand().lock:
        found = brand().access_tokens.get(bearer)
    if token is not None or found is None or found.expires_at <= brand().clock():
        raise unknown_token()
    return found


def unknown_token() -> Failure:
    """Return the failure for a wrong or expired token."""
    return Failure(401, "Unrecognized X-API-TOKEN.", "DCD_7", requestId="")


def forbidden(message: str = "This user does not have access to this API endpoint.") -> Failure:
    """Return the failure for a missing right."""
    return Failure(403, message, "AuthZ_2.0")
