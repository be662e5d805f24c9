"""The webhook doors: what they accept, what they refuse, and what they answer."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from demo.qualtrics.publisher import signature
from tests.doors import (
    EVENTS,
    FORM,
    JSON,
    KIB,
    MIB,
    SURVEY,
    WORKFLOW,
    a_shell_holding,
    case_count,
    event,
    impatient,
    knock,
    of_size,
    post,
    publication,
    restarted,
    rows,
    task,
    with_answers,
)
from tests.world import SAM, SHARED_KEY, TOKEN, World, living

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
    assert send(of_size(64 * KIB + 1)) == 413


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
    connection = http.client.HTTPConnection(urlsplit(closed.url).netloc, timeout=60)
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
        assert post(world, WORKFLOW, with_answers(QID1_TEXT="x" * MIB)).status_code == 413


@pytest.mark.parametrize("door", [EVENTS, WORKFLOW])
def test_nobody_without_our_keys_makes_an_alarm_or_a_write(closed: World, door: str) -> None:
    before = closed.store.watch()
    before()
    for body in ("x" * (2 * MIB), "x", publication(event(), key="another-key"), "{" * 5000):
        for send in (body, in_pieces(body)):
            assert post(closed, door, send, token="another-token").status_code in {400, 403, 413}
    assert not before()
    assert closed.count("alarms") == 0


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
        answer = requests.request(method, closed.url + door, params=event(), timeout=60)
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
        timeout=60,
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
        requests.put(world.url + EVENTS, params={"q": marker}, data=marker, timeout=60),
        requests.get(world.url + EVENTS, params={"q": marker}, timeout=60),
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


def test_a_body_that_is_cut_off_is_not_stored(closed: World) -> None:
    body = json.dumps(with_answers())
    connection = http.client.HTTPConnection(urlsplit(closed.url).netloc, timeout=60)
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
