"""The stand-in's exports contain what was requested, in Qualtrics' formats."""

import csv
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from demo.qualtrics.stand_in import Behavior, Circumstances, StandIn
from demo.qualtrics.survey import PEER_SUPPORT
from tests.stand_in import ANSWERS, EXPORTS, NOON, SURVEY, Api, calling
from tests.world import Clock

WEEK = timedelta(weeks=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def stand_in(clock: Clock) -> StandIn:
    return StandIn(clock=clock, behavior=Behavior(readable_after=0))


@pytest.fixture
def api(stand_in: StandIn) -> Iterator[Api]:
    with calling(stand_in) as api:
        yield api


def table(api: Api, **wanted: Any) -> list[dict[str, str]]:
    """Export as csv and return the rows by tag: descriptions, import ids, then responses."""
    content = api.export(**{"format": "csv", "compress": False} | wanted).decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def results(api: Api, **wanted: Any) -> list[dict[str, Any]]:
    content = api.export(format="ndjson", compress=False, **wanted)
    return [json.loads(line) for line in content.splitlines()]


def ids(api: Api, **wanted: Any) -> list[str]:
    return [result["responseId"] for result in results(api, **wanted)]


def test_it_exports_a_zip_with_one_file(stand_in: StandIn, api: Api) -> None:
    response_id = stand_in.submit(ANSWERS)
    with zipfile.ZipFile(io.BytesIO(api.export(format="json"))) as archive:
        assert archive.namelist() == ["Peer support request.json"]
        (response,) = json.loads(archive.read(archive.namelist()[0]))["responses"]
    assert response["responseId"] == response_id
    assert response["values"]["QID8_8_TEXT"] == "Chaplain"


def test_it_exports_a_window_of_recorded_dates(stand_in: StandIn, api: Api) -> None:
    ids = [stand_in.submit(ANSWERS, submitted_at=NOON + timedelta(hours=n)) for n in range(3)]
    lines = api.export(
        format="ndjson",
        compress=False,
        startDate="2026-11-23T13:00:00.487Z",
        endDate="2026-11-23T14:00:00.487Z",
    ).splitlines()
    assert [json.loads(line)["responseId"] for line in lines] == [ids[1]]


def test_it_exports_csv_with_three_header_rows(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS)
    plain = api.export(format="csv", compress=False).decode()
    labelled = api.export(format="csv", compress=False, useLabels=True).decode()
    tags, texts, ids, numbers = csv.reader(io.StringIO(plain))
    labels = list(csv.reader(io.StringIO(labelled)))[3]
    assert (tags[0], texts[0], json.loads(ids[0])["ImportId"]) == (
        "StartDate",
        "Start Date",
        "startDate",
    )
    column = tags.index("Q4")
    assert json.loads(ids[column]) == {"ImportId": "QID4"}
    assert (numbers[column], labels[tags.index("Q6")]) == ("1,2", "Emergency Medicine")


@pytest.mark.parametrize("name", ["useLabels", "timeZone", "includeDisplayOrder", "breakoutSets"])
def test_it_refuses_export_fields_that_json_does_not_allow(api: Api, name: str) -> None:
    assert api.order(format="json", **{name: True}).status_code == 400


def test_an_export_may_take_a_while(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.export_polls = 1
    progress_id = api.order(format="json").json()["result"]["progressId"]
    first, second = (api.get(f"{EXPORTS}/{progress_id}").json()["result"] for _ in range(2))
    assert (first["status"], "fileId" in first) == ("inProgress", False)
    assert second["status"] == "complete"


def test_an_export_may_fail(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.export_fails = True
    progress_id = api.order(format="json").json()["result"]["progressId"]
    progress = api.get(f"{EXPORTS}/{progress_id}").json()["result"]
    assert (progress["status"], "fileId" in progress) == ("failed", False)


def test_a_file_is_available_for_a_week(clock: Clock, api: Api) -> None:
    path = f"{EXPORTS}/{api.exported(format='json', compress=False)['fileId']}/file"
    clock.now += WEEK - timedelta(seconds=1)
    assert api.get(path).json() == {"responses": []}
    clock.now += timedelta(seconds=1)
    assert api.get(path).status_code == 404


def test_an_export_contains_the_responses_that_existed_when_it_started(
    stand_in: StandIn, api: Api
) -> None:
    early = stand_in.submit(ANSWERS)
    file_id = api.exported(format="ndjson", compress=False)["fileId"]
    stand_in.submit(ANSWERS)
    (line,) = api.get(f"{EXPORTS}/{file_id}/file").content.splitlines()
    assert json.loads(line)["responseId"] == early


def test_a_continued_export_contains_only_new_or_changed_responses(
    stand_in: StandIn, api: Api
) -> None:
    first = stand_in.submit(ANSWERS)
    ready = api.exported(format="ndjson", allowContinuation=True)
    old = stand_in.submit(ANSWERS, submitted_at=NOON - timedelta(days=3))
    stand_in.modify(first, {"QID1_TEXT": "Alex Q. Doe"})
    assert ids(api, continuationToken=ready["continuationToken"]) == [old]
    changed = results(
        api, continuationToken=ready["continuationToken"], sortByLastModifiedDate=True
    )
    assert [result["responseId"] for result in changed] == [old, first]
    assert changed[1]["values"]["QID1_TEXT"] == "Alex Q. Doe"
    assert changed[1]["values"]["_lastModifiedDate"] == "2026-11-23T12:00:00.487Z"


def test_each_continued_export_returns_a_token_for_the_next(stand_in: StandIn, api: Api) -> None:
    made = [stand_in.submit(ANSWERS) for _ in range(5)]
    token, found = {"allowContinuation": True}, []
    for _ in range(4):
        ready = api.exported(format="ndjson", compress=False, limit=2, **token)
        lines = api.get(f"{EXPORTS}/{ready['fileId']}/file").content.splitlines()
        found.append([json.loads(line)["responseId"] for line in lines])
        token = {"continuationToken": ready["continuationToken"]}
    assert found == [made[:2], made[2:4], made[4:], []]


def test_a_response_that_was_not_readable_yet_is_in_the_next_export(
    stand_in: StandIn, api: Api
) -> None:
    stand_in.behavior.readable_after = 0.1
    late = stand_in.submit(ANSWERS)
    token = api.exported(format="ndjson", allowContinuation=True)["continuationToken"]
    while not (found := ids(api, continuationToken=token)):
        pass
    assert found == [late]


def test_no_response_is_lost_between_two_exports(stand_in: StandIn, api: Api) -> None:
    stand_in.behavior.partials_first = 0.5
    stand_in.behavior.readable_after, stand_in.behavior.partial_lead = 0.02, 0.01

    def submit_some() -> None:
        for _ in range(50):
            stand_in.submit(ANSWERS)

    people = [threading.Thread(target=submit_some, daemon=True) for _ in range(4)]
    for person in people:
        person.start()
    found: list[str] = []
    token: dict[str, Any] = {"allowContinuation": True}
    deadline = time.monotonic() + 60
    while len(found) < 200 and time.monotonic() < deadline:
        ready = api.exported(format="ndjson", compress=False, **token)
        token = {"continuationToken": ready["continuationToken"]}
        file = api.get(f"{EXPORTS}/{ready['fileId']}/file").content
        found += [json.loads(line)["responseId"] for line in file.splitlines()]
    assert sorted(found) == sorted(stand_in.responses)


def test_a_token_expires_after_a_week(clock: Clock, api: Api) -> None:
    token = api.exported(format="json", allowContinuation=True)["continuationToken"]
    assert "continuationToken" in api.exported(format="json", continuationToken=token)
    clock.now += WEEK
    assert api.order(format="json", continuationToken=token).status_code == 400


def test_it_returns_no_token_unless_asked(api: Api) -> None:
    assert "continuationToken" not in api.exported(format="json")


@pytest.mark.parametrize(
    "wanted",
    [
        {"continuationToken": "unknown"},
        {"continuationToken": "unknown", "allowContinuation": True},
        {"allowContinuation": True, "filterId": "a-filter"},
        {"limit": 0},
        {"questionIds": ["QID99"]},
        {"startDate": "yesterday"},
        {"format": "csv", "timeZone": "Mars/Olympus_Mons"},
        {"format": "spss"},
        {"format": "csv", "useLabels": True, "includeLabelColumns": True},
        {"compress": "perhaps"},
    ],
    ids=str,
)
def test_it_refuses_invalid_orders(api: Api, wanted: dict[str, Any]) -> None:
    refused = api.order(**{"format": "json"} | wanted)
    assert refused.status_code == 400
    assert refused.json()["meta"]["error"]["errorCode"] == "QVAL_1"


def test_it_exports_a_window_of_modified_dates(clock: Clock, stand_in: StandIn, api: Api) -> None:
    changed, _ = stand_in.submit(ANSWERS), stand_in.submit(ANSWERS)
    clock.now += timedelta(hours=2)
    stand_in.modify(changed, {"source": "flyer-ed"})
    start = (NOON + timedelta(hours=1)).isoformat()
    assert ids(api, startDate=start) == []
    assert ids(api, startDate=start, sortByLastModifiedDate=True) == [changed]


def test_it_exports_responses_in_progress_only_on_request(stand_in: StandIn, api: Api) -> None:
    closed = stand_in.submit(ANSWERS, circumstances=Circumstances(is_finished=False))
    running = stand_in.submit(
        ANSWERS, circumstances=Circumstances(is_finished=False, is_in_progress=True)
    )
    assert ids(api) == [closed]
    assert ids(api, exportResponsesInProgress=True) == [running]
    stand_in.complete(running)
    assert ids(api) == [closed, running]
    assert ids(api, exportResponsesInProgress=True) == []


def test_an_export_can_be_limited_to_some_fields(stand_in: StandIn, api: Api) -> None:
    response_id = stand_in.submit(ANSWERS, {"source": "flyer-ed"})
    (result,) = results(
        api, questionIds=["QID10", "QID8"], embeddedDataIds=[""], surveyMetadataIds=["finished"]
    )
    assert result == {
        "responseId": response_id,
        "values": {"finished": 1, "QID8": 8, "QID8_8_TEXT": "Chaplain", "QID10_1": 3},
        "labels": {"finished": "True", "QID8": "Other", "QID10_1": "No preference"},
        "displayedValues": {
            "QID8": [*range(1, 9)],
            **{f"QID10_{n}": [1, 2, 3] for n in (1, 2, 3)},
        },
        "displayedFields": ["QID8", "QID8_8_TEXT", "QID10_1", "QID10_2", "QID10_3"],
    }
    narrow = table(api, questionIds=["QID4"], surveyMetadataIds=[], breakoutSets=True)
    assert list(narrow[0]) == ["Q4_1", "Q4_2", "Q4_3", "Q4_4", "source", "invitation"]


def test_a_table_can_have_a_column_for_each_choice(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS)
    texts, ids, row = table(api, breakoutSets=True, seenUnansweredRecode=0)
    assert texts["Q4_2"] == "How may we contact you? - Text message"
    assert json.loads(ids["Q4_2"]) == {"ImportId": "QID4_2"}
    assert [row[f"Q4_{n}"] for n in (1, 2, 3, 4)] == ["1", "2", "0", "0"]
    *_, row = table(api, multiselectSeenUnansweredRecode=-1, seenUnansweredRecode=0)
    assert (row["Q4"], row["Q5"]) == ("1,2", "0")
    *_, labeled = table(api, breakoutSets=True, useLabels=True)
    assert [labeled[f"Q4_{n}"] for n in (1, 2, 3, 4)] == ["E-mail", "Text message", "", ""]


def test_a_table_can_have_both_numbers_and_labels(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS)
    content = api.export(format="csv", compress=False, includeLabelColumns=True).decode()
    tags, _, ids, row = csv.reader(io.StringIO(content))
    at = tags.index("Q6")
    assert (tags[at : at + 3], row[at : at + 2]) == (
        ["Q6", "Q6", "Q7"],
        ["1", "Emergency Medicine"],
    )
    assert json.loads(ids[at + 1]) == {"ImportId": "QID6", "IsLabelsColumn": True}
    assert json.loads(ids[at]) == {"ImportId": "QID6"}


def test_a_table_sorted_by_modified_date_shows_that_date(
    clock: Clock, stand_in: StandIn, api: Api
) -> None:
    changed = stand_in.submit(ANSWERS)
    clock.now += timedelta(hours=1)
    stand_in.modify(changed, {"QID6": "2"})
    *_, row = table(api, sortByLastModifiedDate=True)
    assert (row["LastModifiedDate"], row["Q6"]) == ("2026-11-23 13:00:00", "2")
    assert "LastModifiedDate" not in table(api)[0]


def test_a_table_shows_dates_in_the_requested_time_zone(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS)
    _, ids, row = table(api, timeZone="America/New_York")
    assert row["RecordedDate"] == "2026-11-23 07:00:00"
    assert json.loads(ids["RecordedDate"]) == {
        "ImportId": "recordedDate",
        "timeZone": "America/New_York",
    }


def test_a_table_formats_cells_as_requested(stand_in: StandIn, api: Api) -> None:
    stand_in.submit({"QID7_TEXT": "Tower 3,\r\nleft", "QID1_TEXT": 1.5})
    *_, row = table(api, newlineReplacement=" / ", formatDecimalAsComma=True)
    assert (row["Q7"], row["Q1"], row["Q6"]) == ("Tower 3, / left", "1,5", "")
    *_, row = table(api, seenUnansweredRecode=-99)
    assert (row["Q7"], row["Q1"], row["Q6"]) == ("Tower 3,\r\nleft", "1.5", "-99")
    assert row["RecipientEmail"] == ""


def test_a_table_can_be_separated_by_tabs(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS)
    header = api.export(format="tsv", compress=False).splitlines()[0]
    assert header.startswith(b"StartDate\tEndDate\tStatus")


def test_booleans_may_be_text_and_null_counts_as_not_sent(stand_in: StandIn, api: Api) -> None:
    stand_in.submit(ANSWERS)
    *_, row = table(api, useLabels="True", compress="false", startDate=None)
    assert row["Q6"] == "Emergency Medicine"


def test_each_survey_has_its_own_exports(stand_in: StandIn, api: Api) -> None:
    stand_in.add_survey(replace(PEER_SUPPORT, id="SV_9peerSupport02"))
    there = stand_in.submit(ANSWERS, survey_id="SV_9peerSupport02")
    here = stand_in.submit(ANSWERS)
    ready = api.exported(format="json")
    elsewhere = EXPORTS.replace(SURVEY, "SV_9peerSupport02")
    assert ids(api) == [here]
    assert api.get(f"{elsewhere}/{ready['fileId']}/file").status_code == 404
    assert api.get(f"/surveys/{SURVEY}/responses/{there}").status_code == 404
    assert api.get(f"/surveys/SV_9peerSupport02/responses/{there}").status_code == 200
