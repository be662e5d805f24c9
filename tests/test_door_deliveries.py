"""What becomes of a delivery: repeats, several surveys, and the workflow door."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from demo.qualtrics.stand_in import Circumstances, WorkflowTask
from tests.doors import (
    EVENTS,
    FORM,
    JSON,
    SURVEY,
    WORKFLOW,
    case_count,
    event,
    post,
    publication,
    restarted,
    rows,
    task,
    with_answers,
    work,
)
from tests.world import (
    DAVID,
    ELENA,
    JAMIE,
    JORDAN,
    PAGER,
    PRIYA,
    REQUESTER,
    SAM,
    TOKEN,
    World,
    living,
)

# Repeats


def test_the_same_delivery_two_hundred_times_at_once_is_one_case(world: World) -> None:
    response_id = world.submit()
    bodies = [(EVENTS, publication(event(response_id))), (WORKFLOW, json.dumps(task(response_id)))]

    with ThreadPoolExecutor(8) as senders:
        answers = [senders.submit(send_often, world, *bodies[n % 2], 25) for n in range(8)]
        while not all(answer.done() for answer in answers):
            world.work()  # while deliveries still arrive
    statuses = [status for answer in answers for status in answer.result()]
    world.work()
    world.passes(minutes=11)

    assert statuses == [200] * 200
    assert case_count(world) == 1
    assert world.count("deliveries") == 1
    for person in (REQUESTER, JORDAN, PRIYA):
        assert len(world.mails(person)) == 1, person
    assert len(world.mailbox.messages) == 3


def send_often(world: World, door: str, body: str, times: int) -> list[int]:
    kind = FORM if door == EVENTS else JSON
    with requests.Session() as web:
        web.headers.update({"Content-Type": kind, "X-Webhook-Token": TOKEN})
        return [web.post(world.url + door, data=body).status_code for _ in range(times)]


def test_a_complete_event_after_a_partial_one_brings_the_newer_answers(world: World) -> None:
    partial = {"status": "Partial"} | with_answers(QID1_TEXT="Half a name")
    assert post(world, WORKFLOW, partial).json() == {"status": "stored"}
    world.work()
    assert case_count(world) == 0

    complete = {"status": "Complete"} | with_answers(QID1_TEXT="Jamie Quill")
    assert post(world, WORKFLOW, complete).json() == {"status": "stored"}
    world.work()

    case = world.only_case()
    loaded = world.engine.casebook.load(case.reference)
    assert loaded.identity is not None
    assert loaded.identity.name == "Jamie Quill"
    assert world.count("deliveries") == 1


def test_a_late_partial_event_does_not_withdraw_a_request(world: World) -> None:
    assert post(world, WORKFLOW, with_answers()).status_code == 200
    late = event("R_1") | {"Status": "Partial"}
    assert post(world, EVENTS, publication(late)).status_code == 200

    world.work()

    assert case_count(world) == 1


def test_a_repeat_makes_a_waiting_delivery_due_immediately(world: World) -> None:
    world.qualtrics.behavior.api_status = 404
    response_id = world.submit()
    for _ in range(3):
        world.work()
        world.passes(seconds=5)
    world.qualtrics.behavior.api_status = None
    waits_until = rows(world, "next_at")[0][0]
    assert str(waits_until) > world.clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert post(world, EVENTS, publication(event(response_id))).status_code == 200
    world.work()

    assert case_count(world) == 1


# Surveys


def add_survey(folder: Path, survey_id: str) -> None:
    """Add the same survey under another id, like a translation."""
    path = folder / "config" / "survey.toml"
    text = path.read_text()
    path.write_text(text + text.replace(SURVEY, survey_id))


def test_several_surveys_use_the_same_doors(tmp_path: Path) -> None:
    with living(tmp_path) as world:
        add_survey(tmp_path, "SV_second")
        post(world, WORKFLOW, with_answers("R_1"))
        post(world, WORKFLOW, with_answers("R_1") | {"surveyId": "SV_second"})
        post(world, WORKFLOW, with_answers("R_2") | {"surveyId": "SV_second"})

        world.work()

        assert case_count(world) == 3


def test_a_response_to_an_unconfigured_survey_waits_for_the_admins(world: World) -> None:
    path = world.folder / "config" / "survey.toml"
    right = path.read_text()
    path.write_text(right.replace(SURVEY, "SV_another"))
    for _ in range(2):
        world.submit()
    for door, body in ((EVENTS, publication(event("R_5"))), (WORKFLOW, with_answers("R_6"))):
        assert post(world, door, body).status_code == 200

    world.work()
    world.passes(hours=2)
    assert case_count(world) == 0
    assert len([mail for mail in world.mails(SAM) if SURVEY in mail.text]) == 1
    assert {row[0] for row in rows(world, "kept_because")} == {"survey not configured"}
    assert "Quill" not in str(rows(world, "body"))  # sealed, and only for a week
    assert {mail.recipients for mail in world.mailbox.messages} == {(SAM,)}

    path.write_text(right)
    work(restarted(world))
    assert case_count(world) == 3
    assert len(world.mails(REQUESTER)) == 3


# Stored without mailing anybody


@pytest.mark.parametrize(
    ("circumstances", "reason"),
    [
        (Circumstances(status=1, channel="preview"), "preview"),
        (Circumstances(status=2), "test"),
        (Circumstances(status=8), "spam"),
        (Circumstances(status=17), "preview"),
        (Circumstances(status=4), "imported"),
        (Circumstances(status=0, channel="preview"), "preview"),
        (Circumstances(is_finished=False), "unfinished"),
    ],
)
def test_a_response_that_is_not_a_request_is_stored_and_asks_nobody(
    world: World, circumstances: Circumstances, reason: str
) -> None:
    world.qualtrics.brand.subscriptions.clear()
    fetched, inline = (
        world.qualtrics.submit(JAMIE, circumstances=circumstances)  # type: ignore[arg-type]
        for _ in range(2)
    )
    values = world.qualtrics.responses[inline].values
    # Behind the answers, or among them, it could be of somebody's making.
    marks = {name: values[name] for name in ("status", "finished", "distributionChannel")}
    assert post(world, EVENTS, publication(event(fetched))).status_code == 200
    assert post(world, WORKFLOW, task(inline, **marks, answers=values)).status_code == 200

    world.work()
    world.passes(hours=1)

    assert rows(world, "kept_because, body, next_at") == [(reason, None, None)] * 2
    assert case_count(world) == 0
    # A preview’s link may have been given to somebody by mistake.
    told = {(SAM,)} if reason == "preview" else set()
    assert {mail.recipients for mail in world.mailbox.messages} == told


def test_a_marked_or_unfinished_event_is_stored_and_not_fetched(world: World) -> None:
    marks = ({"IsTest": "true"}, {"IsPreview": "1"}, {"Status": "Partial"}, {"Status": "Started"})
    for number, mark in enumerate(marks):
        marked = event(f"R_{number}") | mark
        assert post(world, EVENTS, publication(marked)).status_code == 200

    world.work()

    assert rows(world, "next_at") == [(None,)] * len(marks)
    assert case_count(world) == 0
    assert {mail.recipients for mail in world.mailbox.messages} == {(SAM,)}  # was it a trial?


def test_a_response_from_before_the_program_mails_nobody(world: World) -> None:
    early = world.clock.now - timedelta(days=40)
    world.qualtrics.submit(JAMIE, submitted_at=early)  # type: ignore[arg-type]
    assert world.qualtrics.wait_until_published()

    world.work()
    world.passes(hours=1)

    assert rows(world, "kept_because") == [("before the program",)]
    assert case_count(world) == 0
    assert {mail.recipients for mail in world.mailbox.messages} == {(SAM,)}  # is the date right?


# The workflow door


def test_the_answers_of_a_task_with_ids_are_fetched(world: World) -> None:
    world.qualtrics.brand.subscriptions.clear()
    world.qualtrics.add_workflow_task(WorkflowTask(world.url + WORKFLOW, TOKEN))

    world.request()

    assert len(world.mails(REQUESTER)) == 1
    assert rows(world, "way") == [("workflow",)]


def test_a_task_with_answers_needs_no_api(world: World) -> None:
    app = restarted(world, qualtrics_api_token="")
    world.qualtrics.brand.subscriptions.clear()
    world.qualtrics.add_workflow_task(WorkflowTask(world.url + WORKFLOW, TOKEN, "answers"))
    world.submit()
    # The body is stored sealed, and deleted once there is a case.
    assert "Quill" not in str(rows(world, "*"))

    work(app)

    assert world.case(world.only_case().reference).facts.department == "emergency"
    assert rows(world, "body") == [(None,)]
    assert len(world.mails(REQUESTER)) == 1


QUOTED = {"QID11_TEXT": 'Dana "the boss" Whitlock', "QID7_TEXT": "Night\nfloat"}


def test_a_task_that_breaks_before_its_safety_answer_becomes_an_urgent_request(
    world: World,
) -> None:
    app = restarted(world, qualtrics_api_token="")
    world.qualtrics.brand.subscriptions.clear()
    world.qualtrics.behavior.escapes_piped_text = False
    world.qualtrics.add_workflow_task(WorkflowTask(world.url + WORKFLOW, TOKEN, "answers"))
    response_id = world.submit(**QUOTED | {"QID1_TEXT": 'Jamie "JQ" Quill'})
    assert world.qualtrics.publications[0].outcomes == [200]
    assert "Quill" not in str(rows(world, "*"))

    work(app)

    case = world.only_case()
    assert case.is_urgent
    assert {"name", "safety", "not_wanted"} <= set(case.facts.unreadable)
    for person in (JORDAN, PRIYA, ELENA, DAVID, PAGER):
        mails = [m for m in world.mails(person) if "numbers to compare" not in m.subject]
        assert len(mails) == 1, person
    page = world.open(world.mail(JORDAN, "act now"))
    assert response_id not in page.text
    looked = page.choose("identity")
    assert response_id in looked.text
    assert REQUESTER in looked.text


def test_an_unparsable_task_is_fetched_by_api_if_possible(world: World) -> None:
    world.qualtrics.brand.subscriptions.clear()
    world.qualtrics.behavior.escapes_piped_text = False
    world.qualtrics.add_workflow_task(WorkflowTask(world.url + WORKFLOW, TOKEN, "answers"))

    world.submit(**QUOTED)
    world.work()

    case = world.only_case()
    assert not case.is_urgent
    assert case.facts.unreadable == ()


@pytest.mark.parametrize(
    "body", ["", "{", "null", "[]", "{}", '{"answers": 7}', "\x00\xff", "{" * 9999]
)
def test_an_unreadable_body_still_becomes_a_request(world: World, body: str) -> None:
    raw = body.encode("latin-1")
    assert [post(world, WORKFLOW, raw).status_code for _ in range(3)] == [200] * 3

    world.work()

    assert world.only_case().is_urgent
    assert len(world.mails(JORDAN)) == 1


@pytest.mark.parametrize("status", [None, 401])
def test_an_unparsable_task_does_not_wait_long_for_the_api(
    world: World, status: int | None
) -> None:
    """It may be urgent, and only the coordinators can find out."""
    world.qualtrics.behavior.api_status = status
    body = '{"surveyId": "%s", "responseId": "R_mistyped", "answers": {"QID1_TEXT": "a "b" c"}}'
    assert post(world, WORKFLOW, body % SURVEY).status_code == 200

    world.work()
    for _ in range(3):
        world.passes(minutes=10)

    assert world.only_case().is_urgent
    assert world.mails(JORDAN)
