"""The stand-in publishes like the real Qualtrics, as far as that is known."""

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from demo.qualtrics.publisher import signature
from demo.qualtrics.stand_in import Behavior, Circumstances, StandIn, WorkflowTask
from tests.stand_in import ANSWERS, NOON, SURVEY, Door, listening


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn(clock=lambda: NOON, behavior=Behavior(readable_after=0))


@pytest.fixture
def door() -> Iterator[Door]:
    with listening() as door:
        yield door


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
