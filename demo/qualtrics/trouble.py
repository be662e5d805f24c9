"""Checks each call: access, limits, and the failures that the switches ask for."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from demo.qualtrics.access import check_access, forbidden, unknown_token
from demo.qualtrics.api.replies import Failure, brand, not_yet_available

#: Failures without an error status: the call hangs, its reply is cut off, a response has no id, or
#: the connection is reset.
OTHER_FAILURES = ("hang", "cut", "no id", "reset")
FOR_RESPONSES = (202, 404, "no id")


def guard(bp: Blueprint) -> None:
    """Apply the checks to each call of a blueprint."""
    bp.before_request(behave)
    bp.after_request(spoil)


def behave() -> ResponseReturnValue | None:
    """Check access and limits, then fail if the switches say so."""
    behavior = brand().behavior
    name = (request.endpoint or "").rpartition(".")[2]
    time.sleep(behavior.latency)
    check_access(name)
    if not brand().meter.allows(name, behavior.rate_limits, brand().clock()):
        raise _injected(429)
    with brand().lock:
        status = behavior.take_api_status()
        g.trouble = trouble = _draw(is_response=name == "show_response")
        if trouble is not None:
            brand().troubles[trouble] += 1
    if status is not None:
        raise _injected(status)
    if trouble == 202:
        return not_yet_available()
    if isinstance(trouble, int):
        raise _injected(trouble)
    if trouble == "hang":
        time.sleep(behavior.hang_seconds)
    return _reset_connection() if trouble == "reset" else None


def _draw(*, is_response: bool) -> int | str | None:
    """Return the failure of this call, if any. Each call draws once, so that a seed repeats it."""
    troubles = brand().behavior.api_trouble
    if not troubles:
        return None
    drawn = brand().chance_of_calls.random()
    for trouble, share in troubles.items():
        if is_response or trouble not in FOR_RESPONSES:
            if drawn < share:
                return trouble
            drawn -= share
    return None


def _reset_connection() -> Response:
    """Close the connection before any byte of the reply is sent."""
    with suppress(KeyError, OSError):
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response(_disconnect())


def _disconnect() -> Iterator[bytes]:
    """Make the server stop, as it does when a client has disconnected."""
    raise ConnectionResetError
    yield b""


def spoil(reply: Response) -> Response:
    """Cut off a reply or remove its id if the switches say so."""
    trouble = g.get("trouble")
    if trouble == "cut":
        body = reply.get_data()
        reply.set_data(body[: len(body) // 2])
        reply.content_length = len(body)
    if trouble == "no id" and reply.status_code == HTTPStatus.OK:
        body = reply.get_json()
        del body["result"]["responseId"]
        reply.set_data(jsonify(body).get_data())
    return reply


def _injected(status: int) -> Failure:
    if status == HTTPStatus.UNAUTHORIZED:
        return unknown_token()
    if status == HTTPStatus.FORBIDDEN:
        return forbidden()
    return Failure(status, HTTPStatus(status).description, requestId=str(uuid4()))
