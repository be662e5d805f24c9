"""The API client's OAuth tokens: fetched, kept, renewed."""

import base64
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses
from responses import matchers

from qualtrics.api.client import Client, QualtricsError, Response
from tests.api_desk import BASE, FOUND, TOKEN, URL, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


OAUTH = {"token": "", "client_id": "an-invented-client", "client_secret": "an-invented-secret"}


def _gives_tokens(wire: responses.RequestsMock, *tokens: str, expires_in: object = 3600) -> None:
    for token in tokens:
        reply = {"access_token": token, "token_type": "Bearer", "expires_in": expires_in}
        wire.post(f"{BASE}/oauth2/token", json=reply)


def _bearer(token: str) -> Any:
    return matchers.header_matcher({"Authorization": f"Bearer {token}"})


def test_it_uses_an_oauth_token_until_a_minute_before_it_expires(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    _gives_tokens(wire, "first", "second")
    wire.get(URL, json=FOUND, match=[_bearer("first")])
    wire.get(URL, json=FOUND, match=[_bearer("second")])
    client = desk.client(**OAUTH)
    for minutes in (0, 58, 1):
        desk.now += timedelta(minutes=minutes)
        client.get_response("SV_1", "R_1")
    asked = [call.request for call in wire.calls if call.request.method == "POST"]
    assert len(asked) == 2
    basic = base64.b64encode(b"an-invented-client:an-invented-secret").decode()
    assert asked[0].headers["Authorization"] == f"Basic {basic}"
    assert "grant_type=client_credentials" in str(asked[0].body)


def test_it_renews_a_refused_oauth_token_once(desk: Desk, wire: responses.RequestsMock) -> None:
    _gives_tokens(wire, "first", "second")
    wire.get(URL, status=401, match=[_bearer("first")])
    wire.get(URL, json=FOUND, match=[_bearer("second")])
    assert desk.client(**OAUTH).get_response("SV_1", "R_1").values


def test_it_asks_for_a_person_when_a_new_oauth_token_is_refused_too(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    _gives_tokens(wire, "first", "second")
    wire.get(URL, status=401)
    with pytest.raises(QualtricsError) as failed:
        desk.client(**OAUTH).get_response("SV_1", "R_1")
    assert failed.value.needs_human
    assert len(wire.calls) == 4


@pytest.mark.parametrize("status", [400, 401, 403])
def test_it_asks_for_a_person_when_oauth_credentials_are_refused(
    status: int, desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.post(f"{BASE}/oauth2/token", status=status, json={"error": "invalid_client"})
    with pytest.raises(QualtricsError, match=r"^No OAuth token") as failed:
        desk.client(**OAUTH).get_response("SV_1", "R_1")
    assert failed.value.needs_human
    assert len(wire.calls) == 1


@pytest.mark.parametrize("reply", [{}, {"access_token": ""}, {"access_token": "a\r\nX: y"}])
def test_it_tries_again_when_there_is_no_usable_oauth_token(
    reply: dict[str, str], desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.post(f"{BASE}/oauth2/token", json=reply)
    with pytest.raises(QualtricsError) as failed:
        desk.client(**OAUTH).get_response("SV_1", "R_1")
    assert failed.value.is_transient
    assert len(wire.calls) == 3


@pytest.mark.parametrize("expires_in", [None, "soon", [], -5, "9" * 5000])
def test_it_survives_an_odd_lifetime_of_an_oauth_token(
    expires_in: object, desk: Desk, wire: responses.RequestsMock
) -> None:
    _gives_tokens(wire, "first", expires_in=expires_in)
    wire.get(URL, json=FOUND)
    assert desk.client(**OAUTH).get_response("SV_1", "R_1").values


@pytest.mark.parametrize(
    "access", [{"token": ""}, {"token": "", "client_id": "a"}, {"token": "a\nb"}]
)
def test_it_does_not_start_without_usable_access(access: dict[str, str], desk: Desk) -> None:
    with pytest.raises(ValueError, match="token"):
        desk.client(**access)


def test_threads_share_one_oauth_token(desk: Desk, wire: responses.RequestsMock) -> None:
    _gives_tokens(wire, "first")
    wire.get(URL, json=FOUND, match=[_bearer("first")])
    client = desk.client(**OAUTH)
    found: list[Response] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(client.get_response("SV_1", "R_1")), daemon=True
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert len(wire.calls) == 9


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + json.dumps(FOUND).encode(),
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"res',
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    ],
)
def test_a_broken_connection_is_a_transient_error(reply: bytes, desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        is_over = threading.Event()
        answering = threading.Thread(
            target=_answer_everybody, args=(server, reply, is_over), daemon=True
        )
        answering.start()
        base_url = f"http://127.0.0.1:{server.getsockname()[1]}"
        client = Client(base_url, clock=lambda: desk.now, token=TOKEN, sleep=desk.naps.append)
        with pytest.raises(QualtricsError) as failed:
            client.get_response("SV_1", "R_1")
        is_over.set()
        answering.join(60)
    assert failed.value.is_transient


def _answer_everybody(server: socket.socket, reply: bytes, is_over: threading.Event) -> None:
    server.settimeout(0.05)
    while not is_over.is_set():
        with contextlib.suppress(OSError):
            connection, _address = server.accept()
            with connection:
                connection.settimeout(1)
                connection.recv(65_536)
                connection.sendall(reply)


def test_only_deleting_asks_for_the_right_to_delete(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    _gives_tokens(wire, "reads", "deletes")
    wire.get(URL, json=FOUND, match=[_bearer("reads")])
    wire.delete(URL, json={"meta": {"httpStatus": "200 - OK"}}, match=[_bearer("deletes")])
    client = desk.client(**OAUTH)
    client.get_response("SV_1", "R_1")
    client.delete_response("SV_1", "R_1")
    scopes = [str(call.request.body) for call in wire.calls if call.request.method == "POST"]
    assert ["write%3Asurvey_responses" in scope for scope in scopes] == [False, True]
    assert str(wire.calls[-1].request.url).endswith("/R_1?decrementQuotas=false")
