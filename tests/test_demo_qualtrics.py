"""The stand-in's API answers like the real Qualtrics, as far as that is known."""

from collections.abc import Iterator

import pytest

from demo.qualtrics.stand_in import Behavior, StandIn
from demo.serving import served
from tests.stand_in import ANSWERS, NOON, SURVEY, Api, calling


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn(clock=lambda: NOON, behavior=Behavior(readable_after=0))


@pytest.fixture
def api(stand_in: StandIn) -> Iterator[Api]:
    with calling(stand_in) as api:
        yield api


def test_it_requires_a_credential(api: Api) -> None:
    del api.session.headers["X-API-TOKEN"]
    reply = api.get("/whoami")
    assert reply.status_code == 400
    assert reply.json()["meta"]["httpStatus"] == "400 - Bad Request"
    assert reply.json()["meta"]["error"]["errorCode"] == "ATP_2"


def test_it_refuses_an_unknown_token(api: Api) -> None:
    reply = api.get("/whoami", headers={"X-API-TOKEN": "x" * 40})
    assert reply.status_code == 401
    assert reply.json() == {
        "meta": {
            "httpStatus": "401 - Unauthorized",
            "error": {"errorMessage": "Unrecognized X-API-TOKEN.", "errorCode": "DCD_7"},
            "requestId": "",
        }
    }


def test_it_shows_the_account_of_a_token(api: Api) -> None:
    assert api.get("/whoami").json()["result"]["brandId"] == "examplehealth"


@pytest.mark.parametrize("path", ["/nothing", f"/surveys/{SURVEY}/responses", ""])
def test_it_answers_404_on_any_other_route(api: Api, path: str) -> None:
    reply = api.get(path)
    assert reply.status_code == 404
    assert reply.json()["meta"]["error"] == {
        "errorMessage": "The requested resource does not exist."
    }


def test_it_does_not_find_another_survey(api: Api) -> None:
    reply = api.get("/surveys/SV_anotherSurvey1")
    assert reply.status_code == 404
    assert reply.json()["meta"]["error"] == {
        "errorMessage": "Survey not found.",
        "errorCode": "GSI_2",
    }


def test_it_stores_subscriptions(api: Api) -> None:
    body = {
        "topics": f"surveyengine.completedResponse.{SURVEY}",
        "publicationUrl": "https://care-desk.example.org/events",
        "encrypt": False,
        "sharedKey": "an invented key",
    }
    created = api.call("POST", "/eventsubscriptions/", json=body)
    assert created.status_code == 200
    subscription_id = created.json()["result"]["id"]
    assert subscription_id.startswith("SUB_")
    assert len(subscription_id) == len("SUB_") + 15

    kept = {
        "id": subscription_id,
        "scope": "examplehealth",
        "topics": body["topics"],
        "publicationUrl": body["publicationUrl"],
        "encrypted": False,
        "successfulCalls": 0,
    }
    assert api.get(f"/eventsubscriptions/{subscription_id}").json()["result"] == kept
    listed = api.get("/eventsubscriptions").json()["result"]
    assert listed == {"elements": [kept], "nextPage": None}

    deleted = api.call("DELETE", f"/eventsubscriptions/{subscription_id}")
    assert deleted.status_code == 200
    assert deleted.json().keys() == {"meta"}
    assert api.get("/eventsubscriptions").json()["result"]["elements"] == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_it_does_not_find_another_subscription(api: Api, method: str) -> None:
    reply = api.call(method, "/eventsubscriptions/pewpewpewpew")
    assert reply.status_code == 404
    assert reply.json() == {
        "meta": {
            "httpStatus": "404 - Not Found",
            "error": {"errorMessage": "pewpewpewpew not found", "errorCode": "ESSG_2"},
            "requestId": None,
        }
    }


@pytest.mark.parametrize("path", ["/eventsubscriptions", "/eventsubscriptions/"])
def test_a_delete_without_an_id_deletes_every_subscription(
    stand_in: StandIn, api: Api, path: str
) -> None:
    for _ in range(3):
        stand_in.subscribe("https://care-desk.example.org/events")
    assert api.call("DELETE", path).status_code == 200
    assert api.get("/eventsubscriptions").json()["result"]["elements"] == []


def test_it_refuses_a_subscription_without_a_topic(api: Api) -> None:
    body = {"publicationUrl": "https://care-desk.example.org/events"}
    assert api.call("POST", "/eventsubscriptions", json=body).status_code == 400


def test_it_returns_a_response_as_qualtrics_does(stand_in: StandIn, api: Api) -> None:
    response_id = stand_in.submit(ANSWERS, {"source": "flyer-ed"})
    result = api.get(f"/surveys/{SURVEY}/responses/{response_id}").json()["result"]
    assert result["responseId"] == response_id
    values = result["values"]
    assert values["startDate"] == "2026-11-23T11:58:26Z"
    assert values["endDate"] == "2026-11-23T12:00:00Z"
    assert values["recordedDate"] == "2026-11-23T12:00:00.487Z"
    assert (values["finished"], values["status"], values["_recordId"]) == (1, 0, response_id)
    assert (values["QID4"], values["QID6"], values["QID10_1"]) == (["1", "2"], 1, 3)
    assert (values["QID8"], values["QID8_8_TEXT"], values["source"]) == (8, "Chaplain", "flyer-ed")
    assert "QID11_TEXT" not in values
    assert result["labels"] == {
        "status": "IP Address",
        "finished": "True",
        "QID4": ["E-mail", "Text message"],
        "QID6": "Emergency Medicine",
        "QID8": "Other",
        "QID10_1": "No preference",
        "QID12": "Yes, I feel safe",
    }
    assert "QID11_TEXT" in result["displayedFields"]
    assert result["displayedValues"]["QID4"] == ["1", "2", "3", "4"]
    assert result["displayedValues"]["QID10_3"] == [1, 2, 3]


def test_a_response_is_not_available_immediately(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.readable_after = 0.2
    path = f"/surveys/{SURVEY}/responses/{stand_in.submit(ANSWERS)}"
    early = api.get(path)
    assert early.status_code == 202
    assert "not yet available" in early.json()["result"]["message"]
    stand_in.behavior.before_readable = 404
    assert api.get(path).status_code == 404
    while api.get(path).status_code == 404:
        pass
    assert api.get(path).json()["result"]["values"]["QID1_TEXT"] == "Alex Doe"


def test_it_does_not_find_another_response(api: Api) -> None:
    assert api.get(f"/surveys/{SURVEY}/responses/R_000000000000000").status_code == 404


def test_it_fails_as_many_times_as_the_switch_says(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.api_status, stand_in.behavior.api_status_times = 429, 2
    refused = [api.get("/whoami") for _ in range(2)]
    assert [reply.status_code for reply in refused] == [429, 429]
    assert refused[0].headers["Retry-After"] == "2"
    assert api.get("/whoami").status_code == 200
    stand_in.behavior.api_status, stand_in.behavior.api_status_times = 403, None
    assert api.get("/whoami").json()["meta"]["error"]["errorCode"] == "AuthZ_2.0"


def test_it_gives_access_tokens_to_its_client() -> None:
    stand_in = StandIn(client=("an-id", "a-secret"))
    with served(stand_in.app) as url, Api(url).session as session:
        del session.headers["X-API-TOKEN"]
        token = session.post(
            f"{url}/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=("an-id", "a-secret"),
        ).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert session.get(f"{url}/API/v3/whoami", headers=bearer).status_code == 200
        wrong = {"Authorization": "Bearer another"}
        assert session.get(f"{url}/API/v3/whoami", headers=wrong).status_code == 401


def test_it_describes_its_survey_in_three_shapes(api: Api) -> None:
    described = api.get(f"/surveys/{SURVEY}/").json()["result"]
    assert described["questions"]["QID4"]["choices"]["2"]["choiceText"] == "Text message"
    assert described["questions"]["QID10"]["subQuestions"]["3"]["choiceText"] == "department"
    assert described["exportColumnMap"]["Q10_1"] == {
        "question": "QID10",
        "subQuestion": "QID10.subQuestions.1",
    }
    defined = api.get(f"/survey-definitions/{SURVEY}").json()["result"]
    assert defined["Questions"]["QID12"]["Choices"]["3"] == {"Display": "No, I may not be safe"}
    assert defined["Questions"]["QID10"]["Answers"]["1"] == {"Display": "Similar to mine"}
    schema = api.get(f"/surveys/{SURVEY}/response-schema").json()["result"]
    properties = schema["properties"]["values"]["properties"]
    assert properties["source"]["dataType"] == "embeddedData"
    assert properties["recordedDate"]["dataType"] == "metadata"
    assert properties["QID6"]["oneOf"][0] == {"label": "Emergency Medicine", "const": 1}
    listed = api.get("/surveys").json()["result"]["elements"]
    assert [survey["id"] for survey in listed] == [SURVEY]


def test_the_schema_describes_metadata_as_the_documentation_does(api: Api) -> None:
    schema = api.get(f"/surveys/{SURVEY}/response-schema").json()["result"]
    values = schema["properties"]["values"]["properties"]
    assert values["recordedDate"] == {
        "description": "Recorded Date",
        "dataType": "metadata",
        "type": "string",
        "format": "date-time",
        "exportTag": "RecordedDate",
    }
    assert values["finished"]["oneOf"][1] == {"label": "True", "const": 1}
    assert {"label": "Survey Preview", "const": 1} in values["status"]["oneOf"]


def test_two_slashes_count_as_one(stand_in: StandIn, api: Api) -> None:
    path = f"//surveys/{SURVEY}/responses/{stand_in.submit(ANSWERS)}"
    assert api.get(path, allow_redirects=False).status_code == 200


def test_every_value_of_a_response_is_in_the_schema(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS, {"source": "flyer-ed"})
    schema = api.get(f"/surveys/{SURVEY}/response-schema").json()["result"]
    known = schema["properties"]["values"]["properties"].keys()
    assert next(iter(stand_in.responses.values())).values.keys() <= known
