"""Genuine deliveries are read, broken ones recovered, and all others refused."""

import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtrics.delivery import (
    BadSignature,
    Delivery,
    DeliveryError,
    MalformedDelivery,
    read_event,
    read_workflow,
)
from qualtrics.recovery import recover_contact
from qualtrics.signature import is_known_token

KEY, OLD_KEY = "an-invented-shared-key", "the-key-before-that-one"
COMPLETED = {
    "Status": "Complete",
    "SurveyID": "SV_8peerSupport01",
    "ResponseID": "R_3exampleAnswer1",
    "CompletedDate": "2026-11-20 19:26:18",
    "BrandID": "example",
}


def sign(message: str, key: str = KEY) -> str:
    return hmac.new(key.encode(), message.encode(), hashlib.sha512).hexdigest()


def signed(event: object, key: str = KEY) -> list[tuple[str, str]]:
    message = event if isinstance(event, str) else json.dumps(event)
    topic = "example.surveyengine.completedResponse.SV_8peerSupport01"
    return [("Topic", topic), ("MSG", message), ("HMAC", sign(message, key))]


def read(event: object) -> Delivery | None:
    return read_event(signed(event), [KEY])


def test_it_reads_a_signed_event() -> None:
    assert read(COMPLETED) == Delivery(
        "SV_8peerSupport01",
        "R_3exampleAnswer1",
        submitted_at=datetime(2026, 11, 20, 19, 26, 18, tzinfo=UTC),
    )


def test_it_signs_like_qualtrics() -> None:
    """The expected value was computed with openssl: dgst -sha512 -hmac."""
    event = '{"Status":"Complete","SurveyID":"SV_1","ResponseID":"R_1"}'
    expected = (
        "48643a04b05dd1d91d5fb67df211b85069081572752d3b58c455239f77907968"
        "70ce6cd9a066e38e0cd525e1602201cec05e0f14909dd9942797f87b8488e5ae"
    )
    fields = [("MSG", event), ("HMAC", expected)]
    assert read_event(fields, [KEY.encode()]) == Delivery("SV_1", "R_1")


def test_it_accepts_each_of_several_keys() -> None:
    fields = signed(COMPLETED, OLD_KEY)
    assert read_event(fields, [KEY, OLD_KEY])
    with pytest.raises(BadSignature):
        read_event(fields, [KEY])


def test_it_trusts_the_message_and_not_the_topic() -> None:
    fields = [("Topic", "example.surveyengine.completedResponse.SV_other"), *signed(COMPLETED)[1:]]
    delivery = read_event(fields, [KEY])
    assert delivery
    assert delivery.survey_id == "SV_8peerSupport01"


@pytest.mark.parametrize("keys", [[], [""], [b""]])
def test_without_a_key_it_accepts_nothing(keys: list[str | bytes]) -> None:
    with pytest.raises(BadSignature):
        read_event(signed(COMPLETED, ""), keys)


@pytest.mark.parametrize(
    "change",
    [
        lambda mac: "",
        lambda mac: mac.upper(),
        lambda mac: mac + "\n",
        lambda mac: " " + mac,
        lambda mac: "sha512=" + mac,
        lambda mac: mac[:-1],
        lambda mac: mac * 2,
        lambda mac: mac[:-1] + "\u0660",
        lambda mac: "é" * 128,
        lambda mac: "\ud800" * 128,
        lambda mac: "0" * 1_000_000,
    ],
)
def test_it_refuses_a_signature_that_is_not_exactly_ours(change: Callable[[str], str]) -> None:
    _, message, (_, mac) = signed(COMPLETED)
    with pytest.raises(BadSignature):
        read_event([message, ("HMAC", change(mac))], [KEY])


@pytest.mark.parametrize("name", ["Topic", "MSG", "HMAC"])
def test_it_refuses_a_repeated_field(name: str) -> None:
    fields = signed(COMPLETED)
    with pytest.raises(MalformedDelivery):
        read_event([*fields, (name, dict(fields)[name])], [KEY])


@pytest.mark.parametrize("missing", ["MSG", "HMAC"])
def test_it_refuses_a_form_without_message_or_signature(missing: str) -> None:
    with pytest.raises(BadSignature):
        read_event([field for field in signed(COMPLETED) if field[0] != missing], [KEY])


def test_it_refuses_20000_mutated_signatures() -> None:
    chance = random.Random(7)
    _, (_, message), (_, mac) = signed(COMPLETED)
    for _ in range(20_000):
        wrong = _mutated(mac, chance)
        if wrong == mac:
            continue
        with pytest.raises(DeliveryError):
            read_event([("MSG", message), ("HMAC", wrong)], [KEY, OLD_KEY])


def _mutated(mac: str, chance: random.Random) -> str:
    at = chance.randrange(len(mac))
    letter = chr(chance.choice([chance.randrange(128), chance.randrange(0x11000)]))
    return chance.choice(
        [
            mac[:at] + letter + mac[at + 1 :],
            mac[:at] + letter + mac[at:],
            mac[:at] + mac[at + 1 :],
            mac[:at] + mac[at:].upper(),
            mac[:at],
            mac[at:] + mac[:at],
        ]
    )


@given(st.text(st.characters()), st.text(st.characters()))
def test_it_refuses_anything_unsigned(message: str, mac: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        read_event([("MSG", message), ("HMAC", mac)], [KEY])
    assert refused.value.status == 403


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_a_signed_message_without_content_is_malformed(message: str) -> None:
    with pytest.raises(MalformedDelivery) as refused:
        read_event(signed(message), [KEY])
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "change",
    [
        {"SurveyID": "SV_../../x"},
        {"SurveyID": "SV_1\nx"},
        {"SurveyID": ""},
        {"ResponseID": "R_" + "1" * 41},
        {"ResponseID": "r_1"},
        {"ResponseID": ""},
        {"ResponseID": ["R_1"]},
    ],
)
def test_it_refuses_invalid_ids(change: dict[str, object]) -> None:
    with pytest.raises(MalformedDelivery) as refused:
        read(COMPLETED | change)
    assert str(refused.value) == "The signed event has no valid survey and response id"


def test_it_refuses_an_event_that_names_two_responses() -> None:
    with pytest.raises(MalformedDelivery):
        read(COMPLETED | {"responseID": "R_2"})


@pytest.mark.parametrize("message", ["[" * 30_000, '{"a":' * 30_000, "9" * 10_000])
def test_it_survives_messages_made_to_break_parsers(message: str) -> None:
    with pytest.raises(MalformedDelivery):
        read(message)


@pytest.mark.parametrize(
    "event",
    [
        {"Status": "Active", "SurveyID": "SV_1", "BrandID": "example"},
        {"Status": "Inactive", "BrandID": "example"},
        {"Status": "Started", "SurveyID": "SV_1", "StartedDate": "2026-11-20 19:26:18"},
    ],
)
def test_it_ignores_events_about_no_response(event: dict[str, str]) -> None:
    assert read(event) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Status": "Partial"}, "unfinished"),
        ({"IsTest": "true"}, "test"),
        ({"IsTest": 1}, "test"),
        ({"IsTest": False, "IsPreview": True}, "preview"),
        ({"IsPreview": "1"}, "preview"),
        ({"IsPreview": "0", "RecipientID": ""}, ""),
        ({"Status": "Something new"}, ""),
    ],
)
def test_it_says_why_an_event_does_not_become_a_case(
    change: dict[str, object], reason: str
) -> None:
    delivery = read(COMPLETED | change)
    assert delivery
    assert delivery.kept_because == reason


def test_it_accepts_each_of_our_tokens_and_no_other() -> None:
    tokens = ["an-invented-token", "another-invented-token"]
    assert is_known_token("an-invented-token", tokens)
    assert is_known_token("another-invented-token", tokens)
    for wrong in ("", "an-invented-toke", "an-invented-token ", "ä", "\ud800"):
        assert not is_known_token(wrong, [*tokens, ""])
    assert not is_known_token("", [])


TASK = {
    "surveyId": "SV_8peerSupport01",
    "responseId": "R_3exampleAnswer1",
    "recordedDate": "2026-11-20T19:26:18.487Z",
}


def test_it_reads_a_workflow_task() -> None:
    assert read_workflow(json.dumps(TASK).encode()) == Delivery(
        "SV_8peerSupport01",
        "R_3exampleAnswer1",
        submitted_at=datetime(2026, 11, 20, 19, 26, 18, 487_000, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "names", [("SurveyID", "ResponseID"), ("survey_id", "response_id"), ("SURVEYID", "responseid")]
)
def test_it_recognizes_the_names_that_owners_write(names: tuple[str, str]) -> None:
    body = json.dumps(dict(zip(names, ("SV_1", "R_1"), strict=True)))
    assert read_workflow(body.encode("utf-8-sig")) == Delivery("SV_1", "R_1")


def test_it_reads_answers_in_the_body() -> None:
    task = TASK | {"labels": {"QID6": "Surgery"}, "answers": {"QID1_TEXT": "Robin"}}
    delivery = read_workflow(json.dumps(task).encode())
    assert delivery.answers == {"QID1_TEXT": "Robin", "recordedDate": TASK["recordedDate"]}
    assert delivery.labels == {"QID6": "Surgery"}
    assert delivery.is_readable


def test_what_stands_behind_the_answers_may_be_of_an_answer() -> None:
    """A quotation mark and a brace in one of them end the answers early."""
    task = TASK | {"answers": {"QID1_TEXT": "Robin", "source": "x"}, "status": "started"}
    delivery = read_workflow(json.dumps(task).encode())
    assert not delivery.is_readable
    assert delivery.kept_because == ""
    assert delivery.salvaged["QID1_TEXT"] == "Robin"


def test_its_repr_shows_no_personal_data() -> None:
    task = TASK | {"answers": {"QID1_TEXT": "Robin"}, "labels": {"QID6": "Surgery"}}
    assert "Robin" not in repr(read_workflow(json.dumps(task).encode()))
    assert "robin" not in repr(read_workflow(b'{"mail": "robin@example.org", "phone": "robin 555"'))


def test_it_reads_raw_line_breaks_within_answers() -> None:
    body = b'{"surveyId": "SV_1", "responseId": "R_1", "answers": {"QID11_TEXT": "Lee\r\nDana"}}'
    assert read_workflow(body).answers == {"QID11_TEXT": "Lee\r\nDana"}


@pytest.mark.parametrize("answers", [None, {}, [], ""])
def test_without_answers_it_leaves_them_to_be_fetched(answers: object) -> None:
    delivery = read_workflow(json.dumps(TASK | {"answers": answers}).encode())
    assert delivery.answers is None
    assert delivery.is_readable


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "Survey Preview"}, "preview"),
        ({"isTest": True}, "test"),
        ({"finished": "False"}, "unfinished"),
        ({"status": "Complete"}, ""),
    ],
)
def test_it_says_why_a_task_does_not_become_a_case(change: dict[str, object], reason: str) -> None:
    assert read_workflow(json.dumps(TASK | change).encode()).kept_because == reason


IDS = '"surveyId": "SV_8peerSupport01", "responseId": "R_3exampleAnswer1"'


@pytest.mark.parametrize(
    "body",
    [
        '{%s, "phone": "+1 555 010 4477", "mail": "robin@example.org", "unit": "the "old" ICU"}',
        '{%s, "mail": "robin@example.org", "cellPhone": "+1 555 010 4477", ',
        '{%s, "mail": "robin@example.org", "Phone number": "+1 555 010 4477", "a": 1, "a": 2}',
        '[{%s, "mail": "robin@example.org", "phone": "+1 555 010 4477"}]',
        '{%s, "answers": "robin@example.org", "phone": "+1 555 010 4477"}',
    ],
)
def test_it_recovers_what_it_can_from_a_broken_body(body: str) -> None:
    sent = body % IDS
    assert read_workflow(sent.encode()) == Delivery(
        "SV_8peerSupport01", "R_3exampleAnswer1", is_readable=False
    )
    assert recover_contact(sent) == ("robin@example.org", "+1 555 010 4477")


def test_it_recovers_from_bytes_that_are_not_utf_8() -> None:
    delivery = read_workflow(b"{" + IDS.encode() + b', "name": "Ren\xe9e"}')
    assert (delivery.survey_id, delivery.response_id) == ("SV_8peerSupport01", "R_3exampleAnswer1")
    assert not delivery.is_readable


def test_an_answer_cannot_change_the_response_id() -> None:
    typed = 'Lee", "ResponseID": "R_somebodyElse", "x": "'
    delivery = read_workflow(f'{{{IDS}, "not_wanted": "{typed}"}}'.encode())
    assert delivery.response_id == "R_3exampleAnswer1"
    assert not delivery.is_readable


def test_it_recovers_no_id_when_it_is_ambiguous() -> None:
    delivery = read_workflow(b"SV_one R_one R_two UR_three")
    assert (delivery.survey_id, delivery.response_id) == ("SV_one", "")


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.recursive(
        st.none() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["surveyId", "responseId", "answers", "labels", "status"]), inner
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_it_reads_or_recovers_any_body(body: bytes) -> None:
    delivery = read_workflow(body)
    assert delivery.is_readable == bool(delivery.survey_id and delivery.response_id)


@pytest.mark.parametrize(
    "piece", ["[", '{"a":', "a@", "phone", 'cell" : ', "surveyid : ", "SV_1 ", "a.", "9", '"']
)
def test_a_large_malicious_body_is_read_quickly(piece: str) -> None:
    began = time.process_time()
    read_workflow((piece * (1_000_000 // len(piece))).encode())
    assert time.process_time() - began < 20
