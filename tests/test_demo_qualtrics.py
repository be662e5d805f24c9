"""The stand-in answers and publishes like the real Qualtrics, as far as that is known."""

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from demo.qualtrics.publisher import signature
from demo.qualtrics.stand_in import Behavior, Circumstances, StandIn, WorkflowTask
from demo.serving import served
from tests.stand_in import ANSWERS, NOON, SURVEY, Api, Door, calling, listening


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn(clock=lambda: NOON, behavior=Behavior(readable_after=0))


@pytest.fixture
def api(stand_in: StandIn) -> Iterator[Api]:
    with calling(stand_in) as api:
        yield api


@pytest.fixture
def door() -> Iterator[Door]:
    with listening() as door:
        yield door


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


def test_a_signed_publication_holds_topic_message_and_hmac(stand_in: StandIn, door: Door) -> None:
    subscription = stand_in.subscribe(door.url, "an invented key")
    response_id = stand_in.submit(ANSWERS)
    assert stand_in.wait_until_published()
    (form,) = door.forms
    assert form.keys() == {"Topic", "MSG", "HMAC"}
    assert form["Topic"] == f"examplehealth.surveyengine.completedResponse.{SURVEY}"
    expected = hmac.new(b"an invented key", form["MSG"].encode(), hashlib.sha512).hexdigest()
    assert form["HMAC"] == expected
    assert json.loads(form["MSG"]) == {
        "Status": "Complete",
        "SurveyID": SURVEY,
        "ResponseID": response_id,
        "CompletedDate": "2026-11-23 12:00:00",
        "BrandID": "examplehealth",
    }
    assert door.headers[0]["Content-Type"] == "application/x-www-form-urlencoded"
    assert subscription.successful_calls == 1


def test_its_signature_matches_a_recorded_one() -> None:
    message = (
        '{"Status":"Complete","SurveyID":"SV_1AmkKSDmoZ4XlQx","ResponseID":"R_0B7IcnXszjEUHLP",'
        '"CompletedDate":"2019-06-25 07:58:25","BrandID":"sapdevelopment"}'
    )
    assert signature("kyma4ever", message) == (
        "c2c585a404c239aa3063b462cc33551d3ed3ed2de0899f58d456fc0ef7ebef6f"
        "3c3af44957989bd0592603e41edde9528f7d9ed09ee128bf719aa12f46e5c598"
    )


def test_a_publication_without_a_key_has_one_field_per_attribute(
    stand_in: StandIn, door: Door
) -> None:
    stand_in.behavior.empty_fields = True
    stand_in.behavior.space_as = "%20"
    stand_in.subscribe(door.url)
    response_id = stand_in.submit(ANSWERS)
    assert stand_in.wait_until_published()
    (form,) = door.forms
    assert (form["ResponseID"], form["RecipientID"]) == (response_id, "")
    assert form["CompletedDate"] == "2026-11-23 12:00:00"
    assert stand_in.publications[0].body.endswith(
        b"CompletedDate=2026-11-23%2012%3A00%3A00&BrandID=examplehealth"
    )


@pytest.mark.parametrize(
    ("topic", "hears"),
    [
        (f"surveyengine.completedResponse.{SURVEY}", True),
        ("surveyengine.completedResponse.*", True),
        ("*", True),
        ("surveyengine.completedResponse.SV_another", False),
        (f"surveyengine.partialResponse.{SURVEY}", False),
        ("controlpanel.activateSurvey", False),
    ],
)
def test_it_publishes_to_matching_topics_only(
    stand_in: StandIn, door: Door, topic: str, hears: bool
) -> None:
    stand_in.subscribe(door.url, topics=topic)
    stand_in.submit(ANSWERS)
    assert stand_in.wait_until_published()
    assert bool(door.forms) is hears


def test_an_unfinished_response_is_published_as_partial(stand_in: StandIn, door: Door) -> None:
    stand_in.subscribe(door.url, topics="*")
    stand_in.add_workflow_task(WorkflowTask(door.url, "an invented token"))
    stand_in.submit(ANSWERS, circumstances=Circumstances(is_finished=False))
    assert stand_in.wait_until_published()
    assert [form["Status"] for form in door.forms] == ["Partial"]


def test_a_workflow_task_sends_the_json_that_its_owner_wrote(stand_in: StandIn, door: Door) -> None:
    stand_in.add_workflow_task(WorkflowTask(door.url, "an invented token"))
    stand_in.add_workflow_task(WorkflowTask(door.url, "an invented token", "answers"))
    response_id = stand_in.submit(ANSWERS)
    assert stand_in.wait_until_published()
    ids = {
        "surveyId": SURVEY,
        "responseId": response_id,
        "recordedDate": "2026-11-23T12:00:00.487Z",
    }
    bodies = sorted(map(json.loads, door.bodies), key=len)
    assert bodies == [ids, ids | {"answers": stand_in.responses[response_id].values}]
    assert door.headers[0]["X-Webhook-Token"] == "an invented token"
    assert door.headers[0]["Content-Type"] == "application/json"


def test_unescaped_piped_text_can_break_the_json(stand_in: StandIn, door: Door) -> None:
    stand_in.behavior.escapes_piped_text = False
    stand_in.add_workflow_task(WorkflowTask(door.url, "an invented token", "answers"))
    stand_in.submit({"QID1_TEXT": 'Alex "Lex" Doe'})
    assert stand_in.wait_until_published()
    with pytest.raises(json.JSONDecodeError):
        json.loads(door.bodies[0])


def test_it_drops_repeats_and_retries_as_the_switches_say(stand_in: StandIn, door: Door) -> None:
    stand_in.subscribe(door.url)
    stand_in.behavior.drop_rate = 1.0
    stand_in.submit(ANSWERS)
    assert stand_in.wait_until_published()
    assert (door.forms, stand_in.publications[0].outcomes) == ([], ["dropped"])

    stand_in.behavior.drop_rate, stand_in.behavior.repeats = 0.0, 2
    response_id = stand_in.submit(ANSWERS)
    assert stand_in.wait_until_published()
    assert [form["ResponseID"] for form in door.forms] == [response_id] * 3

    stand_in.behavior.repeats, stand_in.behavior.retries = 0, 3
    stand_in.behavior.retry_pause = 0.01
    door.answers = [503, 503]
    stand_in.publish(response_id)
    assert stand_in.wait_until_published()
    assert stand_in.publications[-1].outcomes == [503, 503, 200]


def test_the_form_answers_before_the_event_is_delivered(stand_in: StandIn) -> None:
    stand_in.subscribe("http://127.0.0.1:9/")
    stand_in.behavior.delay = 0.3
    page = stand_in.app.test_client().post(
        f"/jfe/form/{SURVEY}?source=flyer-ed&token=other",
        data={**ANSWERS, "QID6": "1", "QID12": "3"},
    )
    assert page.status_code == 200
    assert "988" in page.text
    assert "72 hours" in page.text
    assert stand_in.publications[0].outcomes == []
    values = next(iter(stand_in.responses.values())).values
    assert (values["QID12"], values["QID4"], values["source"]) == (3, ["1", "2"], "flyer-ed")
    assert "token" not in values
    assert stand_in.wait_until_published()
    assert stand_in.publications[0].outcomes == ["ConnectionError"]


def test_the_form_asks_for_missing_answers_and_keeps_the_others(stand_in: StandIn) -> None:
    given = {"QID7_TEXT": "<b>Tower 3</b>", "QID10_2": "2"}
    page = stand_in.app.test_client().post(f"/jfe/form/{SURVEY}", data=given)
    assert "Please give an e-mail address or a phone number." in page.text
    assert page.text.count("Please answer this question.") == 2
    assert "&lt;b&gt;Tower 3&lt;/b&gt;" in page.text
    assert 'name="QID10_2" value="2" checked' in page.text
    assert stand_in.responses == {}


def test_the_form_shows_the_crisis_line_beside_the_safety_question(stand_in: StandIn) -> None:
    page = stand_in.app.test_client().get(f"/jfe/form/{SURVEY}").text
    safety = page[page.index("Do you feel safe right now?") :]
    assert "call or text 988" in safety[: safety.index("Yes, I feel safe")]
    assert "<script" not in page


def test_a_preview_has_the_status_of_a_preview(stand_in: StandIn) -> None:
    stand_in.app.test_client().post(f"/jfe/preview/{SURVEY}", data={**ANSWERS, "QID3_TEXT": "5"})
    values = next(iter(stand_in.responses.values())).values
    assert (values["status"], values["distributionChannel"]) == (1, "preview")
