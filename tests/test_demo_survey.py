"""The stand-in's surveys can change while it runs, and every description of them follows."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from demo.qualtrics.stand_in import Behavior, StandIn
from demo.qualtrics.survey import PEER_SUPPORT, Kind, Question
from tests.stand_in import ANSWERS, NOON, SURVEY, Api, calling


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn(clock=lambda: NOON, behavior=Behavior(readable_after=0))


@pytest.fixture
def api(stand_in: StandIn) -> Iterator[Api]:
    with calling(stand_in) as api:
        yield api


class Descriptions:
    """The three shapes in which the API describes the survey."""

    def __init__(self, api: Api) -> None:
        self.survey = api.get(f"/surveys/{SURVEY}").json()["result"]
        self.definition = api.get(f"/survey-definitions/{SURVEY}").json()["result"]
        schema = api.get(f"/surveys/{SURVEY}/response-schema").json()["result"]
        self.values = schema["properties"]["values"]["properties"]

    def block(self, kind: str) -> list[str]:
        blocks = self.definition["Blocks"].values()
        return [
            element["QuestionID"]
            for block in blocks
            if block["Type"] == kind
            for element in block["BlockElements"]
        ]


def test_a_choice_can_get_a_new_label(stand_in: StandIn, api: Api) -> None:
    response_id = stand_in.submit(ANSWERS)
    stand_in.change(SURVEY, PEER_SUPPORT.question("QID6").renamed(1, "Emergency Department"))
    told = Descriptions(api)
    assert told.survey["questions"]["QID6"]["choices"]["1"]["choiceText"] == "Emergency Department"
    assert told.definition["Questions"]["QID6"]["Choices"]["1"]["Display"] == "Emergency Department"
    assert told.values["QID6"]["oneOf"][0] == {"label": "Emergency Department", "const": 1}
    result = api.get(f"/surveys/{SURVEY}/responses/{response_id}").json()["result"]
    assert result["labels"]["QID6"] == "Emergency Department"
    assert told.survey["lastModifiedDate"] == told.definition["LastModified"]
    assert told.survey["lastModifiedDate"] == "2026-11-23T12:00:00Z"


def test_a_question_can_get_a_new_choice(stand_in: StandIn, api: Api) -> None:
    stand_in.change(SURVEY, PEER_SUPPORT.question("QID6").renamed(5, "Pediatrics"))
    told = Descriptions(api)
    assert told.definition["Questions"]["QID6"]["ChoiceOrder"] == ["1", "2", "3", "4", "5"]
    assert told.values["QID6"]["oneOf"][-1] == {"label": "Pediatrics", "const": 5}


def test_a_choice_can_get_a_new_recode_value(stand_in: StandIn, api: Api) -> None:
    assert "RecodeValues" not in Descriptions(api).definition["Questions"]["QID6"]
    stand_in.change(SURVEY, PEER_SUPPORT.question("QID6").recoded(2, 20))
    told = Descriptions(api)
    recodes = {"1": "1", "2": "20", "3": "3", "4": "4"}
    assert told.definition["Questions"]["QID6"]["RecodeValues"] == recodes
    assert told.survey["questions"]["QID6"]["choices"]["2"]["recode"] == "20"
    assert told.values["QID6"]["oneOf"][1] == {"label": "Surgery", "const": 20}
    form = stand_in.app.test_client()
    assert 'name="QID6" value="20"' in form.get(f"/jfe/form/{SURVEY}").text
    form.post(f"/jfe/form/{SURVEY}", data={**ANSWERS, "QID6": "20"})
    (response,) = stand_in.responses.values()
    assert (response.values["QID6"], response.labels["QID6"]) == (20, "Surgery")


def test_a_question_in_the_trash_is_only_in_the_definition(stand_in: StandIn, api: Api) -> None:
    stand_in.trash(SURVEY, "QID12")
    told = Descriptions(api)
    assert "QID12" in told.definition["Questions"]
    assert (told.block("Trash"), "QID12" in told.block("Standard")) == (["QID12"], False)
    assert "QID12" not in told.survey["questions"]
    assert "QID12" not in told.values
    stand_in.change(SURVEY, PEER_SUPPORT.question("QID12"))
    told = Descriptions(api)
    assert (told.block("Trash"), told.block("Standard")[-1]) == ([], "QID12")


@pytest.mark.parametrize("from_the_trash", [True, False])
def test_a_deleted_question_is_in_no_description(
    stand_in: StandIn, api: Api, from_the_trash: bool
) -> None:
    if from_the_trash:
        stand_in.trash(SURVEY, "QID9")
    stand_in.delete(SURVEY, "QID9")
    told = Descriptions(api)
    places: list[Any] = [told.definition, told.survey, told.values]
    assert "QID9" not in json.dumps(places)


def test_a_question_can_be_added(stand_in: StandIn, api: Api) -> None:
    stand_in.change(SURVEY, Question("QID13", Kind.TEXT, "Anything else?"))
    assert Descriptions(api).block("Standard")[-1] == "QID13"
    assert "Anything else?" in stand_in.app.test_client().get(f"/jfe/form/{SURVEY}").text


def test_a_brand_can_have_several_surveys(stand_in: StandIn, api: Api) -> None:
    stand_in.add_survey(replace(PEER_SUPPORT, id="SV_9peerSupport02", name="Apoyo entre colegas"))
    listed = api.get("/surveys").json()["result"]["elements"]
    assert [survey["name"] for survey in listed] == ["Peer support request", "Apoyo entre colegas"]
    stand_in.delete("SV_9peerSupport02", "QID9")
    assert "QID9" in Descriptions(api).survey["questions"]
    page = stand_in.app.test_client().get("/jfe/form/SV_9peerSupport02").text
    assert "Apoyo entre colegas" in page


def test_a_survey_is_exported_like_the_editor_does(stand_in: StandIn) -> None:
    stand_in.change(SURVEY, PEER_SUPPORT.question("QID6").recoded(2, 20))
    stand_in.trash(SURVEY, "QID9")
    answer = stand_in.app.test_client().get(f"/qsf/{SURVEY}")
    assert answer.headers["Content-Disposition"].endswith('filename="Peer_support_request.qsf"')
    content = json.loads(answer.data)
    assert content["SurveyEntry"]["SurveyID"] == SURVEY
    assert content["SurveyEntry"]["LastModified"] == "2026-11-23 12:00:00"
    elements = content["SurveyElements"]
    assert {element["SurveyID"] for element in elements} == {SURVEY}
    (blocks,) = (e["Payload"] for e in elements if e["Element"] == "BL")
    assert {b["Type"]: len(b["BlockElements"]) for b in blocks} == {"Trash": 1, "Standard": 11}
    (flow,) = (e["Payload"] for e in elements if e["Element"] == "FL")
    assert [part["Type"] for part in flow["Flow"]] == ["EmbeddedData", "Standard"]
    questions = {e["PrimaryAttribute"]: e["Payload"] for e in elements if e["Element"] == "SQ"}
    assert questions.keys() == {f"QID{n}" for n in range(1, 13)}
    assert questions["QID6"]["RecodeValues"]["2"] == "20"
    assert questions["QID10"]["Answers"]["3"] == {"Display": "No preference"}
    assert stand_in.app.test_client().get("/qsf/SV_anotherSurvey1").status_code == 404
