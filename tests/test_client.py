"""The API client against HTTP: every error says whether trying again can help."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from qualtrics.api.client import Client, NotYetAvailable, QualtricsError, Response, Subscription
from tests.api_desk import BASE, FOUND, TOKEN, URL, Desk

SUBSCRIPTIONS = f"{BASE}/API/v3/eventsubscriptions"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def test_it_fetches_a_response(desk: Desk, wire: responses.RequestsMock) -> None:
    wire.get(URL, json=FOUND, match=[matchers.header_matcher({"X-API-TOKEN": TOKEN})])
    assert desk.client().get_response("SV_1", "R_1") == Response(
        values={"status": 0, "QID1_TEXT": "Robin"},
        labels={"status": "IP Address"},
        displayed_fields=("QID1_TEXT",),
    )
    assert desk.naps == []


@pytest.mark.parametrize("status", [202, 404])
def test_it_retries_once_for_a_response_that_is_not_available_yet(
    status: int, desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.get(URL, status=status, json={"result": {"message": "Try again later."}, "meta": {}})
    with pytest.raises(NotYetAvailable) as failed:
        desk.client().get_response("SV_1", "R_1")
    assert failed.value.is_transient
    assert not failed.value.needs_human
    assert len(wire.calls) == 2


def test_it_gets_a_response_that_becomes_available_on_retry(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.get(URL, status=202, json={"result": {}})
    wire.get(URL, json=FOUND)
    assert desk.client().get_response("SV_1", "R_1").values
    assert len(desk.naps) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 500},
        {"status": 503, "json": {"meta": {}}},
        {"status": 504, "body": "<html>"},
        {"body": json.dumps(FOUND)[:-20]},
        {"body": "[" * 100_000},
        {"json": []},
        {"json": {"meta": {}}},
        {"json": {"result": None}},
        {"json": {"result": {"values": {}}}},
        {"json": {"result": FOUND["result"] | {"responseId": "R_2"}}},
        {"body": requests.ConnectTimeout("qualtrics.example.org")},
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError()},
    ],
)
def test_it_tries_three_times_when_trying_again_can_help(
    reply: dict[str, Any], desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.get(URL, **reply)
    with pytest.raises(QualtricsError) as failed:
        desk.client().get_response("SV_1", "R_1")
    assert failed.value.is_transient
    assert not failed.value.needs_human
    assert len(wire.calls) == 3
    assert sum(desk.naps) < 5


def test_it_recovers_from_a_temporary_failure(desk: Desk, wire: responses.RequestsMock) -> None:
    wire.get(URL, status=500)
    wire.get(URL, body=requests.ConnectionError())
    wire.get(URL, json=FOUND)
    assert desk.client().get_response("SV_1", "R_1").values


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"Retry-After": "90"}, 90),
        ({"Retry-After": "Fri, 20 Nov 2026 12:02:00 GMT"}, 120),
        ({"Retry-After": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "999999"}, 3600),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({}, None),
    ],
)
def test_it_does_not_retry_within_the_call_on_too_many_requests(
    header: dict[str, str], seconds: float | None, desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.get(URL, status=429, headers=header)
    with pytest.raises(QualtricsError) as failed:
        desk.client().get_response("SV_1", "R_1")
    assert failed.value.is_transient
    assert failed.value.retry_after == seconds
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("status", "needs_human"), [(403, True), (400, False), (413, False), (302, True)]
)
def test_it_does_not_retry_a_permanent_failure(
    status: int, needs_human: bool, desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.get(URL, status=status, headers={"Location": "https://elsewhere.example.org/"})
    with pytest.raises(QualtricsError) as failed:
        desk.client().get_response("SV_1", "R_1")
    assert (failed.value.is_transient, failed.value.needs_human) == (False, needs_human)
    assert len(wire.calls) == 1


def test_it_retries_once_with_a_refused_token(desk: Desk, wire: responses.RequestsMock) -> None:
    wire.get(URL, status=401)
    wire.get(URL, json=FOUND)
    assert desk.client().get_response("SV_1", "R_1").values
    assert len(wire.calls) == 2


def test_it_asks_for_a_person_when_a_token_is_refused_twice(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.get(URL, status=401)
    with pytest.raises(QualtricsError) as failed:
        desk.client().get_response("SV_1", "R_1")
    assert (failed.value.is_transient, failed.value.needs_human) == (False, True)
    assert len(wire.calls) == 2


def test_it_describes_a_survey(desk: Desk, wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/API/v3/survey-definitions/SV_1", json={"result": {"SurveyID": "SV_1"}})
    wire.get(f"{BASE}/API/v3/surveys/SV_1/response-schema", json={"result": {"properties": {}}})
    assert desk.client().definition("SV_1") == {"SurveyID": "SV_1"}
    assert desk.client().response_schema("SV_1") == {"properties": {}}


@pytest.mark.parametrize("given", ["", "SV_", "SV_1/..", "../whoami"])
def test_it_asks_for_no_survey_without_a_valid_id(given: str, desk: Desk) -> None:
    for call in (desk.client().definition, desk.client().response_schema):
        with pytest.raises(QualtricsError, match="This is not the id of a survey"):
            call(given)


def test_its_errors_name_only_the_code_and_the_request_id(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    error = {"errorCode": "AuthZ_2.0", "errorMessage": f"{TOKEN} of Robin has no access"}
    wire.get(URL, status=403, json={"meta": {"error": error, "requestId": "3e8-fcf0"}})
    with pytest.raises(QualtricsError, match=r"^Qualtrics answered 403 \(AuthZ_2.0, 3e8-fcf0\)$"):
        desk.client().get_response("SV_1", "R_1")


@pytest.mark.parametrize("meta", [None, [], "x", {"error": "x"}, {"error": {"errorCode": "a b"}}])
def test_an_error_in_an_odd_shape_names_only_the_status(
    meta: object, desk: Desk, wire: responses.RequestsMock
) -> None:
    wire.get(URL, status=400, json={"meta": meta})
    with pytest.raises(QualtricsError, match=r"^Qualtrics answered 400$"):
        desk.client().get_response("SV_1", "R_1")


def test_it_neither_raises_nor_logs_a_secret(
    desk: Desk, wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    wire.get(URL, body=requests.ConnectionError(f"{URL} {TOKEN} Robin"))
    with pytest.raises(QualtricsError) as failed:
        desk.client().get_response("SV_1", "R_1")
    assert str(failed.value) == "Qualtrics could not be reached (ConnectionError)"
    assert failed.value.__suppress_context__
    assert TOKEN not in caplog.text


def test_it_limits_the_size_of_a_reply(desk: Desk, wire: responses.RequestsMock) -> None:
    wire.get(URL, body=b" " * 6_000_000)
    with pytest.raises(QualtricsError, match="too large"):
        desk.client().get_response("SV_1", "R_1")


@pytest.mark.parametrize(
    ("survey_id", "response_id"),
    [("", "R_1"), ("SV_1", ""), ("SV_1", "../whoami"), ("SV_1/..", "R_1"), ("SV_1", "R_1\n")],
)
def test_it_asks_only_for_valid_ids(survey_id: str, response_id: str, desk: Desk) -> None:
    with pytest.raises(QualtricsError, match="This is not the id of a"):
        desk.client().get_response(survey_id, response_id)


def test_it_returns_the_account_of_our_token(desk: Desk, wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/API/v3/whoami", json={"result": {"brandId": "example"}})
    assert desk.client().whoami() == {"brandId": "example"}


def test_it_subscribes_once_even_if_the_reply_is_lost(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    wanted = {
        "topics": "surveyengine.completedResponse.SV_1",
        "publicationUrl": "https://care-desk.example.org/webhooks/qualtrics/events",
        "encrypt": False,
        "sharedKey": "an-invented-shared-key",
    }
    wire.post(SUBSCRIPTIONS, json={"result": {"id": "SUB_1"}}, match=[_body(wanted)])
    wire.post(SUBSCRIPTIONS, body=requests.ReadTimeout())
    client = desk.client()
    given = ("SV_1", wanted["publicationUrl"], wanted["sharedKey"])
    assert client.subscribe(*map(str, given)) == "SUB_1"
    with pytest.raises(QualtricsError):
        client.subscribe("SV_1", "https://care-desk.example.org/other", "an-invented-shared-key")
    assert len(wire.calls) == 2


def _body(wanted: dict[str, object]) -> Any:
    return matchers.json_params_matcher(wanted)


def test_it_lists_the_subscriptions_of_all_pages_without_leaving_the_host(
    desk: Desk, wire: responses.RequestsMock
) -> None:
    item = {"id": "SUB_1", "topics": "*", "publicationUrl": "https://a.example.org"}
    next_page = "https://elsewhere.example.org/API/v3/eventsubscriptions?skip=1"
    wire.get(
        SUBSCRIPTIONS,
        json={"result": {"elements": [item | {"successfulCalls": 3}], "nextPage": next_page}},
        match=[matchers.query_param_matcher({})],
    )
    wire.get(
        SUBSCRIPTIONS,
        json={"result": {"elements": [item | {"id": "SUB_2"}], "nextPage": None}},
        match=[matchers.query_param_matcher({"skip": "1"})],
    )
    assert desk.client().subscriptions() == [
        Subscription("SUB_1", "*", "https://a.example.org", 3),
        Subscription("SUB_2", "*", "https://a.example.org"),
    ]


def test_it_deletes_one_subscription(desk: Desk, wire: responses.RequestsMock) -> None:
    wire.delete(f"{SUBSCRIPTIONS}/SUB_1", json={"meta": {"httpStatus": "200 - OK"}})
    desk.client().unsubscribe("SUB_1")


@pytest.mark.parametrize("given", ["", " ", "/", "SUB_", "SV_1", "SUB_1/..", "SUB_1 ", "SUB_1?"])
def test_it_never_deletes_all_subscriptions(given: str, desk: Desk) -> None:
    with pytest.raises(QualtricsError, match="not the id of a subscription"):
        desk.client().unsubscribe(given)


def test_it_gives_up_on_a_server_that_stays_silent(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        base_url = f"http://127.0.0.1:{server.getsockname()[1]}"
        client = Client(
            base_url,
            clock=lambda: desk.now,
            token=TOKEN,
            timeout=(0.2, 0.2),
            sleep=desk.naps.append,
        )
        with pytest.raises(QualtricsError, match="ReadTimeout") as failed:
            client.whoami()
    assert failed.value.is_transient
