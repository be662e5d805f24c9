"""The webhook routes: verify, store, answer. The worker does the rest."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import parse_qsl

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue

from qualtrics.delivery import (
    BadSignature,
    Delivery,
    DeliveryError,
    MalformedDelivery,
    read_event,
    read_workflow,
)
from qualtrics.signature import is_known_token
from store import alarms, deliveries, sealing
from store.database import ERRORS, SharedWrites, StorageBusy, StorageUnsafe, Store
from store.sealing import CannotOpen, Seal, keyed_hash

bp = Blueprint("qualtrics", __name__, url_prefix="/webhooks/qualtrics")

EVENTS_LIMIT = 64 * 1024
WORKFLOW_LIMIT = 1024 * 1024
MOST_FIELDS = 50
#: Errors that keep a delivery from being stored and that we can fix on our side.
CANNOT_STORE = (
    StorageBusy,
    StorageUnsafe,
    *ERRORS,
    OSError,
    sealing.NotMigrated,
    CannotOpen,
)


class WrongType(DeliveryError):
    """The request has a content type that this door does not read."""

    status = 415


class TooLarge(DeliveryError):
    """The body is larger than this door accepts."""

    status = 413


class CutOff(DeliveryError):
    """The body ended too early: its sender is gone, or was too slow."""


@dataclass(frozen=True)
class Door:
    """What both doors need. The admins' files are not part of it: broken ones must lose nothing."""

    store: Store
    seal: Seal
    shared_keys: tuple[str, ...]
    tokens: tuple[str, ...]
    clock: Callable[[], datetime]

    @cached_property
    def shared_writes(self) -> SharedWrites:
        return SharedWrites(self.store)

    @cached_property
    def pepper(self) -> str:
        return sealing.pepper(self.store.read(), self.seal)

    def keep(self, delivery: Delivery, way: str, raw: bytes = b"") -> bool:
        """Store a delivery and return whether it is new. It is on disk when this returns."""
        ids = (delivery.survey_id, delivery.response_id)
        if not delivery.response_id:
            ids = ("unreadable", hashlib.sha256(raw).hexdigest())
        body = _body(delivery, raw)
        seen = keyed_hash(self.pepper, *ids)
        return self.shared_writes.write(
            lambda db: deliveries.add(
                db,
                seen=seen,
                way=way,
                survey_id=delivery.survey_id,
                response_id=delivery.response_id,
                received_at=self.clock(),
                submitted_at=delivery.submitted_at,
                kept_because="" if delivery.mark else delivery.kept_because,
                body=json.dumps(body) if body else None,
                mark=delivery.mark,
            )
        )

    def alarm(self, trouble: str, detail: str) -> None:
        with self.store.write() as db:
            alarms.sound(db, trouble, detail, self.clock())


def door() -> Door:
    found: Door = current_app.extensions["door"]
    return found


@bp.get("/events", provide_automatic_options=False)
@bp.get("/workflow", provide_automatic_options=False)
def look() -> ResponseReturnValue:
    """Answer GET, which Qualtrics requires of a publication URL. Nothing changes."""
    return "", 200


@bp.post("/events", provide_automatic_options=False)
def receive_event() -> ResponseReturnValue:
    """Receive an event: form-encoded, signed, ids only."""
    body = _body_of("application/x-www-form-urlencoded", EVENTS_LIMIT)
    delivery = read_event(_fields(body), door().shared_keys)
    return _stored(delivery, "event")


@bp.post("/workflow", provide_automatic_options=False)
def receive_workflow() -> ResponseReturnValue:
    """Receive a workflow task: JSON that the survey's owner wrote, with a token in a header."""
    if not is_known_token(request.headers.get("X-Webhook-Token", ""), door().tokens):
        raise BadSignature("The token is none of ours")
    # From here on it is genuine: the admins hear of a body that is too large.
    g.is_genuine = True
    body = _body_of("application/json", WORKFLOW_LIMIT)
    return _stored(read_workflow(body), "workflow", body)


@bp.errorhandler(DeliveryError)
def refuse(error: DeliveryError) -> ResponseReturnValue:
    """Answer 4xx: sending it again will not help. Every other failure is a 503: send it again."""
    # An event's signature is inside its body: anyone can send a large one. Real ones are short.
    if isinstance(error, TooLarge) and "is_genuine" in g:
        _tell_admins("too_large", "workflow")
    return {"error": type(error).__name__}, error.status


def cannot_store(error: Exception) -> ResponseReturnValue:
    """Answer 503, so that Qualtrics sends it again: a 200 means that it is on disk."""
    current_app.logger.error("Delivery not stored: %s: %s", type(error).__name__, error)
    return {"error": "CannotStore"}, 503


for kind in CANNOT_STORE:
    bp.register_error_handler(kind, cannot_store)


def _tell_admins(trouble: str, detail: str) -> None:
    try:
        door().alarm(trouble, detail)
    except CANNOT_STORE as error:
        # The request is refused anyway; if it is sent again, the alarm is tried again.
        current_app.logger.error("Alarm not stored: %s: %s", type(error).__name__, error)


def _stored(delivery: Delivery | None, way: str, raw: bytes = b"") -> ResponseReturnValue:
    if delivery is None:
        return {"status": "ignored"}
    is_new = door().keep(delivery, way, raw)
    return {"status": "stored" if is_new else "known"}


def _body_of(content_type: str, limit: int) -> bytes:
    """Return the whole body, chunked or not, but never more than the limit."""
    if request.mimetype != content_type:
        raise WrongType(f"Send {content_type}")
    if (request.content_length or 0) > limit:
        raise TooLarge(f"At most {limit} bytes")
    body = bytearray()
    while chunk := request.stream.read(min(65536, limit + 1 - len(body))):
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"At most {limit} bytes")
    # gunicorn says nothing of it, and a part of a body would become a request of its own.
    if len(body) < (request.content_length or 0):
        raise CutOff("The body is shorter than its length says")
    return bytes(body)


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("ascii")
        return parse_qsl(text, True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise MalformedDelivery("The body is no form") from None


def _body(delivery: Delivery, raw: bytes) -> dict[str, object]:
    """Return what is stored, sealed, until there is a case; {} when answers will be fetched."""
    if delivery.kept_because and not delivery.mark:
        return {}
    if not delivery.is_readable:
        return {
            "raw": raw.decode("utf-8", "replace"),
            "salvaged": delivery.salvaged,
            "labels": delivery.labels,
            "rest": delivery.rest,
        }
    if delivery.answers is not None:
        return {"answers": delivery.answers, "labels": delivery.labels}
    return {}
