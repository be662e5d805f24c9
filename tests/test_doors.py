"""The webhook doors: what they answer, what is on disk by then, and what happens to it later."""

import http.client
import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from demo.qualtrics.publisher import signature
from demo.qualtrics.stand_in import Circumstances, WorkflowTask
from qualtrics.door import Door
from settings import Settings
from store.database import Store
from tests.test_database import no_room_left
from tests.world import (
    DAVID,
    ELENA,
    JAMIE,
    JORDAN,
    PAGER,
    PRIYA,
    REQUESTER,
    SAM,
    SHARED_KEY,
    TOKEN,
    World,
    living,
)
from worker.worker import Worker

EVENTS, WORKFLOW = "/webhooks/qualtrics/events", "/webhooks/qualtrics/workflow"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SURVEY = "SV_8peerSupport01"
KIB, MIB = 1024, 1024 * 1024

#: The only published example of a signed event, with a signature that we recomputed.
RECORDED_KEY = "kyma4ever"
RECORDED = (
    '{"Status":"Complete","SurveyID":"SV_1AmkKSDmoZ4XlQx","ResponseID":"R_0B7IcnXszjEUHLP",'
    '"CompletedDate":"2019-06-25 07:58:25","BrandID":"sapdevelopment"}'
)
RECORDED_HMAC = (
    "c2c585a404c239aa3063b462cc33551d3ed3ed2de0899f58d456fc0ef7ebef6f"
    "3c3af44957989bd0592603e41edde9528f7d9ed09ee128bf719aa12f46e5c598"
)


# What Qualtrics sends


def event(response_id: str = "R_1", survey_id: str = SURVEY, **more: str) -> dict[str, str]:
    return {"Status": "Complete", "SurveyID": survey_id, "ResponseID": response_id} | more


def publication(
    message: str | Mapping[str, str], key: str = SHARED_KEY, hmac: str | None = None
) -> str:
    text = message if isinstance(message, str) else json.dumps(message)
    signed = signature(key, text) if hmac is None else hmac
    return urlencode(
        {"Topic": "example.surveyengine.completedResponse", "MSG": text, "HMAC": signed}
    )


def of_size(size: int) -> str:
    """Return a correctly signed event, marked as a test, with a body of exactly this size."""
    filling = size - len(publication(event(IsTest="1", RecipientID="")))
    body = publication(event(IsTest="1", RecipientID="x" * filling))
    assert len(body) == size
    return body


def task(response_id: str = "R_1", survey_id: str = SURVEY, **more: object) -> dict[str, object]:
    return {"surveyId": survey_id, "responseId": response_id} | more


def with_answers(response_id: str = "R_1", **changed: object) -> dict[str, object]:
    answers = {key: value for key, value in (JAMIE | changed).items() if value is not None}
    moment = {"recordedDate": "2026-11-23T14:59:00Z"}
    return task(response_id, **moment, answers=answers)


def post(
    world: World, door: str, body: object, kind: str = "", token: str | None = TOKEN
) -> requests.Response:
    headers = {"Content-Type": kind or (FORM if door == EVENTS else JSON)}
    if door == WORKFLOW and token is not None:
        headers["X-Webhook-Token"] = token
    data = json.dumps(body) if isinstance(body, dict) else body
    return requests.post(world.url + door, data=data, headers=headers, timeout=20)  # type: ignore[arg-type, unused-ignore]


def knock(app: Flask, door: str, body: object, token: str = TOKEN) -> TestResponse:
    """Post without a network, to an app that is not served."""
    data = json.dumps(body) if isinstance(body, dict) else body
    kind = FORM if door == EVENTS else JSON
    headers = {"X-Webhook-Token": token}
    return app.test_client().post(door, data=data, content_type=kind, headers=headers)


def rows(world: World, columns: str) -> list[tuple[object, ...]]:
    """Return the deliveries on disk, as another process sees them."""
    with closing(sqlite3.connect(world.store.path)) as db:
        return list(db.execute(f"select {columns} from deliveries order by id"))  # noqa: S608


def restarted(world: World, **settings: object) -> Flask:
    """Return the service after a restart, with other settings or files."""
    ours: Settings = world.app.extensions["settings"]
    return create_app(replace(ours, **settings), world.clock)  # type: ignore[arg-type]


def work(app: Flask) -> None:
    worker: Worker = app.extensions["worker"]()
    worker.run_once()
    worker.close()


def case_count(world: World) -> int:
    return world.count("cases")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a world for refused requests. At the end, nothing must be stored in it."""
    with living(tmp_path_factory.mktemp("closed")) as alive:
        yield alive
        assert rows(alive, "id") == []


# Answers


def test_an_event_is_stored_and_its_repeat_is_known(world: World) -> None:
    first = post(world, EVENTS, publication(event()))
    assert (first.status_code, first.json()) == (200, {"status": "stored"})
    assert rows(world, "way, survey_id, response_id") == [("event", SURVEY, "R_1")]


def test_a_repeat_is_known_after_the_case_was_made(world: World) -> None:
    response_id = world.submit()
    world.work()

    again = post(world, EVENTS, publication(event(response_id)))

    assert (again.status_code, again.json()) == (200, {"status": "known"})
    world.work()
    assert case_count(world) == 1


def test_a_genuine_event_about_no_response_is_ignored(world: World) -> None:
    message = {"Status": "Inactive", "SurveyID": SURVEY, "BrandID": "example"}

    answer = post(world, EVENTS, publication(message))

    assert (answer.status_code, answer.json()) == (200, {"status": "ignored"})
    assert rows(world, "id") == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "garbage",
        urlencode({"MSG": json.dumps(event())}),
        publication(event(), hmac=""),
        publication(event(), hmac="0" * 128),
        publication(event(), hmac="ü" * 128),
        publication(event(), hmac=signature(SHARED_KEY, json.dumps(event())).upper()),
        publication(event(), key="another-key"),
        publication(event(), key=""),
        urlencode(event()),
    ],
)
def test_the_events_door_refuses_unsigned_bodies(closed: World, body: str) -> None:
    answer = post(closed, EVENTS, body)

    assert answer.status_code == 403
    assert rows(closed, "id") == []


@pytest.mark.parametrize("token", [None, "", "another-token", TOKEN[:-1], TOKEN + "x", "\xff\xfe"])
def test_the_workflow_door_refuses_a_wrong_token(closed: World, token: str | None) -> None:
    answer = post(closed, WORKFLOW, with_answers(), token=token)

    assert answer.status_code == 403
    assert rows(closed, "id") == []


@pytest.mark.parametrize("kind", [JSON, "text/plain", "multipart/form-data", "x", ";;;"])
def test_the_events_door_accepts_only_forms(closed: World, kind: str) -> None:
    assert post(closed, EVENTS, publication(event()), kind).status_code == 415


@pytest.mark.parametrize("kind", [FORM, "text/plain", "application/xml", "x", ";;;"])
def test_the_workflow_door_accepts_only_json(closed: World, kind: str) -> None:
    assert post(closed, WORKFLOW, with_answers(), kind).status_code == 415


def test_a_content_type_may_name_its_encoding(world: World) -> None:
    assert post(world, EVENTS, publication(event()), FORM + "; charset=UTF-8").status_code == 200
    kind = "Application/JSON; charset=utf-8"
    assert post(world, WORKFLOW, with_answers("R_2"), kind).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        publication("not json"),
        publication("[]"),
        publication("[" * 5000),
        publication({"Status": "Complete"}),
        publication(event("../../etc/passwd")),
        publication(event("R_1' or '1'='1")),
        publication(event()) + "&MSG=twice",
        "&".join(f"field{number}=1" for number in range(200)),
        b"MSG=\xff\xfe&HMAC=%ff%fe",
    ],
)
def test_a_body_without_usable_content_is_refused_with_a_400(
    closed: World, body: str | bytes
) -> None:
    answer = post(closed, EVENTS, body)

    assert answer.status_code == 400
    assert rows(closed, "id") == []


# Sizes


def in_pieces(body: str | bytes) -> Iterator[bytes]:
    """Make the requests library send the body chunked, without its length."""
    raw = body.encode() if isinstance(body, str) else body
    yield from (raw[start : start + 8000] for start in range(0, len(raw), 8000))


@pytest.mark.parametrize("is_chunked", [False, True])
def test_the_events_door_accepts_64_kib_and_not_one_byte_more(
    world: World, is_chunked: bool
) -> None:
    def send(body: str) -> int:
        return post(world, EVENTS, in_pieces(body) if is_chunked else body).status_code

    assert send(of_size(64 * KIB)) == 200
    for _ in range(3):
        assert send(of_size(64 * KIB + 1)) == 413

    assert_admins_told_once(world, "too large")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_the_workflow_door_accepts_1_mib_and_not_one_byte_more(
    world: World, is_chunked: bool
) -> None:
    def send(size: int) -> int:
        start = json.dumps(with_answers())
        body = start + " " * (size - len(start))
        return post(world, WORKFLOW, in_pieces(body) if is_chunked else body).status_code

    assert send(MIB) == 200
    for _ in range(3):
        assert send(MIB + 1) == 413

    assert_admins_told_once(world, "too large")


def test_a_body_of_50_mib_is_refused_before_it_is_received(closed: World) -> None:
    connection = http.client.HTTPConnection(urlsplit(closed.url).netloc, timeout=20)
    connection.putrequest("POST", EVENTS)
    connection.putheader("Content-Type", FORM)
    connection.putheader("Content-Length", str(50 * MIB))
    connection.endheaders()
    connection.send(b"x" * 4096)
    answer = connection.getresponse()
    connection.close()

    assert answer.status == 413


def test_a_large_body_is_refused_even_if_the_alarm_cannot_be_stored(world: World) -> None:
    with impatient(world), a_shell_holding(world.store.path):
        assert post(world, EVENTS, of_size(64 * KIB + 1)).status_code == 413


def assert_admins_told_once(world: World, words: str) -> None:
    world.work()
    world.passes(hours=1)
    assert [words in mail.text for mail in world.mails(SAM)] == [True]


# Requests that change nothing


@pytest.mark.parametrize("door", [EVENTS, WORKFLOW])
def test_a_get_answers_200_and_changes_nothing(closed: World, door: str) -> None:
    before = closed.store.watch()
    before()
    for method in ("GET", "HEAD"):
        answer = requests.request(method, closed.url + door, params=event(), timeout=5)
        assert (answer.status_code, answer.text) == (200, "")

    assert not before()


@pytest.mark.parametrize("door", [EVENTS, WORKFLOW])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_not_allowed(closed: World, door: str, method: str) -> None:
    answer = requests.request(
        method,
        closed.url + door,
        data=publication(event()),
        headers={"Content-Type": FORM},
        timeout=5,
    )

    assert answer.status_code == 405
    assert rows(closed, "id") == []


def test_a_reply_never_repeats_the_request(world: World) -> None:
    marker = "Zq9-marker-<script>alert(7)</script>"
    answers = [
        post(world, EVENTS, publication(event(marker))),
        post(world, EVENTS, publication(event("R_1", RecipientID=marker))),
        post(world, EVENTS, publication(event(), hmac=marker)),
        post(world, EVENTS, marker),
        post(world, EVENTS, marker, kind="text/" + "Zq9-marker"),
        post(world, WORKFLOW, marker),
        post(world, WORKFLOW, with_answers(QID1_TEXT=marker)),
        post(world, WORKFLOW, with_answers(), token="Zq9-marker"),
        requests.put(world.url + EVENTS, params={"q": marker}, data=marker, timeout=5),
        requests.get(world.url + EVENTS, params={"q": marker}, timeout=5),
    ]

    for answer in answers:
        told = answer.text + str(answer.headers)
        assert "Zq9" not in told
        assert "Traceback" not in told
        assert answer.status_code < 500


# Keys


def test_the_recorded_event_is_genuine(world: World) -> None:
    app = restarted(world, qualtrics_shared_keys=(RECORDED_KEY,))

    answer = knock(app, EVENTS, publication(RECORDED, hmac=RECORDED_HMAC))

    assert (answer.status_code, answer.json) == (200, {"status": "stored"})
    assert rows(world, "survey_id, response_id, submitted_at") == [
        ("SV_1AmkKSDmoZ4XlQx", "R_0B7IcnXszjEUHLP", "2019-06-25T07:58:25Z")
    ]
    changed = RECORDED.replace("Complete", "complete")
    assert knock(app, EVENTS, publication(changed, hmac=RECORDED_HMAC)).status_code == 403


def test_two_keys_are_valid_while_they_are_being_changed(world: World) -> None:
    keys, tokens = ("the-old-key-of-ours", "the-new-key"), ("the-old-token", "the-new-token")
    app = restarted(world, qualtrics_shared_keys=keys, qualtrics_webhook_tokens=tokens)

    for number, (key, token) in enumerate(zip(keys, tokens, strict=True)):
        body = publication(event(f"R_event{number}"), key=key)
        assert knock(app, EVENTS, body).status_code == 200
        assert knock(app, WORKFLOW, task(f"R_task{number}"), token).status_code == 200

    assert knock(app, EVENTS, publication(event("R_3"))).status_code == 403
    assert knock(app, WORKFLOW, task("R_3")).status_code == 403
    assert len(rows(world, "id")) == 4


@pytest.mark.parametrize("door", [EVENTS, WORKFLOW])
def test_a_door_without_a_key_refuses_everything(closed: World, door: str) -> None:
    app = restarted(closed, qualtrics_shared_keys=(), qualtrics_webhook_tokens=())

    assert knock(app, door, publication(event(), key=""), token="").status_code == 403


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
    partial = with_answers(QID1_TEXT="Half a name") | {"status": "Partial"}
    assert post(world, WORKFLOW, partial).json() == {"status": "stored"}
    world.work()
    assert case_count(world) == 0

    complete = with_answers(QID1_TEXT="Jamie Quill") | {"status": "Complete"}
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
def test_a_response_that_is_not_a_request_is_stored_and_mails_nobody(
    world: World, circumstances: Circumstances, reason: str
) -> None:
    world.qualtrics.brand.subscriptions.clear()
    fetched, inline = (
        world.qualtrics.submit(JAMIE, circumstances=circumstances)  # type: ignore[arg-type]
        for _ in range(2)
    )
    values = world.qualtrics.responses[inline].values
    assert post(world, EVENTS, publication(event(fetched))).status_code == 200
    assert post(world, WORKFLOW, task(inline, answers=values)).status_code == 200

    world.work()
    world.passes(hours=1)

    assert rows(world, "kept_because, body, next_at") == [(reason, None, None)] * 2
    assert (case_count(world), world.mailbox.messages) == (0, [])


def test_a_marked_or_unfinished_event_is_stored_and_not_fetched(world: World) -> None:
    marks = ({"IsTest": "true"}, {"IsPreview": "1"}, {"Status": "Partial"}, {"Status": "Started"})
    for number, mark in enumerate(marks):
        marked = event(f"R_{number}") | mark
        assert post(world, EVENTS, publication(marked)).status_code == 200

    world.work()

    assert rows(world, "next_at") == [(None,)] * len(marks)
    assert (case_count(world), world.mailbox.messages) == (0, [])


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


# When it cannot be stored


@contextmanager
def impatient(world: World) -> Iterator[None]:
    """Shorten the timeouts of the doors, to keep the tests fast."""
    ours: Door = world.app.extensions["door"]
    assert ours.pepper
    world.app.extensions["door"] = replace(ours, store=Store(world.store.path, patience=0.2))
    yield
    world.app.extensions["door"] = ours


@contextmanager
def a_shell_holding(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("begin exclusive")
        yield
        shell.execute("rollback")


@contextmanager
def another_process_writing(path: Path) -> Iterator[None]:
    with Store(path).locked():
        yield


@pytest.mark.parametrize("trouble", [a_shell_holding, another_process_writing])
@pytest.mark.parametrize(("door", "body"), [(EVENTS, publication(event())), (WORKFLOW, task())])
def test_it_answers_503_while_the_database_is_locked(
    world: World, trouble: object, door: str, body: object
) -> None:
    with impatient(world):
        with trouble(world.store.path):  # type: ignore[operator]
            answers = [post(world, door, body) for _ in range(2)]
            assert [answer.status_code for answer in answers] == [503, 503]
            assert all("Quill" not in answer.text for answer in answers)
        assert rows(world, "id") == []

        assert post(world, door, body).json() == {"status": "stored"}
    assert len(rows(world, "id")) == 1


def test_a_full_disk_never_answers_200_and_the_service_recovers(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)  # The log on a full disk is not tested here.
    acknowledged = [f"R_{number}" for number in range(5)]
    assert all(post(world, WORKFLOW, with_answers(id)).ok for id in acknowledged)

    with no_room_left(world.store):
        refused = [knock(world.app, WORKFLOW, with_answers(f"R_full{n}")) for n in range(5)]
    assert {answer.status_code for answer in refused} == {503}

    assert post(world, WORKFLOW, with_answers("R_after")).status_code == 200
    assert [row[0] for row in rows(world, "response_id")] == [*acknowledged, "R_after"]
    world.work()
    assert case_count(world) == 6


@pytest.mark.parametrize("trouble", ["not migrated", "another key"])
def test_it_answers_503_while_the_service_is_misconfigured(
    world: World, tmp_path: Path, trouble: str
) -> None:
    changes: dict[str, object] = (
        {"database": tmp_path / "new" / "empty.db"}
        if trouble == "not migrated"
        else {"data_keys": (Fernet.generate_key().decode(),)}
    )
    app = restarted(world, **changes)

    for door, body in ((EVENTS, publication(event())), (WORKFLOW, with_answers())):
        answer = knock(app, door, body)
        assert answer.status_code == 503
        assert answer.json == {"error": "CannotStore"}


def test_a_delivery_is_stored_while_the_admins_files_are_broken(world: World) -> None:
    path = world.folder / "config" / "program.toml"
    right = path.read_text()
    path.write_text('name = "half a')
    broken = restarted(world)
    response_id = world.qualtrics.submit(JAMIE)  # type: ignore[arg-type]

    assert knock(broken, EVENTS, publication(event(response_id))).status_code == 200
    assert knock(broken, WORKFLOW, with_answers("R_2")).status_code == 200
    assert knock(broken, EVENTS, of_size(64 * KIB + 1)).status_code == 413

    path.write_text(right)
    work(restarted(world))
    assert case_count(world) == 2


def test_a_body_that_is_cut_off_is_not_stored(closed: World) -> None:
    body = json.dumps(with_answers())
    connection = http.client.HTTPConnection(urlsplit(closed.url).netloc, timeout=5)
    connection.putrequest("POST", WORKFLOW)
    connection.putheader("Content-Type", JSON)
    connection.putheader("X-Webhook-Token", TOKEN)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    connection.send(body[:-40].encode())
    assert connection.sock is not None
    connection.sock.shutdown(1)
    answer = connection.getresponse()
    connection.close()

    assert answer.status == 400
    assert rows(closed, "id") == []


def test_the_text_of_an_unparsable_body_is_shown_to_the_person_who_opens_it(world: World) -> None:
    body = '{"surveyId": "${e://x}", "answers": {"QID1_TEXT": "Alex "Ace" Doe, pager 88123"}}'
    assert post(world, WORKFLOW, body).status_code == 200
    world.work()
    page = world.open(world.mail(JORDAN))
    assert "88123" not in page.text
    assert "pager 88123" in page.choose("text").text
