"""Responses of every shape become facts, and none makes the reading raise."""

import dataclasses
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtrics.answers import Answers, read_answers
from tests.answers import SURVEY
from workflow.model import Wish


def read(values: dict[str, Any], labels: dict[str, Any] | None = None) -> Answers:
    return read_answers(SURVEY, values, labels or {})


def test_it_reads_a_whole_response() -> None:
    answers = read(
        {
            "endDate": "2026-11-20T19:26:18Z",
            "recordedDate": "2026-11-20T19:26:18.487Z",
            "status": 0,
            "finished": 1,
            "distributionChannel": "anonymous",
            "userLanguage": "ES-ES",
            "QID1_TEXT": " Robin\tReyes ",
            "QID2_TEXT": "robin.o'reyes@mail.example.org",
            "QID3_TEXT": "(555) 010-4477",
            "QID4": ["1", "3"],
            "QID5": 2,
            "QID6": 2,
            "QID7_TEXT": "4 West",
            "QID8": 1,
            "QID9": 1,
            "QID10_1": 1,
            "QID10_2": 2,
            "QID11_TEXT": "Lee Park\nDana Cole",
            "QID12": 1,
            "QID13_TEXT": "First line\r\n\r\nsecond line",
            "source": "poster 12",
        }
    )
    facts, identity = answers.facts, answers.identity

    assert (facts.department, facts.role, facts.specialty) == (
        "surgery",
        "nurse",
        "emergency_medicine",
    )
    assert (facts.wish_role, facts.wish_specialty) == (Wish.SIMILAR, Wish.DIFFERENT)
    assert facts.wish_department is Wish.NO_PREFERENCE
    assert (facts.language, facts.found_at, facts.unreadable) == ("es-es", "poster 12", ())
    assert facts.is_mailable
    assert facts.is_reachable
    assert (identity.name, identity.unit) == ("Robin Reyes", "4 West")
    assert (identity.email, identity.phone) == ("robin.o'reyes@mail.example.org", "(555) 010-4477")
    assert (identity.is_mail_ok, identity.is_call_ok) == (True, True)
    assert (identity.is_text_ok, identity.is_voicemail_ok) == (False, False)
    assert identity.not_before == "Not before noon"
    assert identity.not_wanted == "Lee Park; Dana Cole"
    assert identity.note == "First line\n\nsecond line"
    assert not answers.is_urgent
    assert answers.submitted_at == datetime(2026, 11, 20, 19, 26, 18, tzinfo=UTC)
    assert answers.kept_because == ""


def test_who_is_not_wanted_says_so_when_it_cannot_be_read_to_the_end() -> None:
    for unread in ("Lee " * 5_000, {"a": "Lee"}):
        assert "only in Qualtrics" in read({"QID11_TEXT": unread}).identity.not_wanted
    assert read({"QID11_TEXT": "Lee " * 2_000}).identity.not_wanted == ("Lee " * 2_000).strip()


def test_it_reads_where_and_when_the_person_would_like_to_meet() -> None:
    facts = read({"QID14": 1, "QID15": "2,1"}).facts
    assert (facts.wish_site, facts.wish_times) == ("Main Campus", ("morning", "night"))
    facts = read({"QID14": 2, "QID15": ["3"]}).facts
    assert (facts.wish_site, facts.wish_times, facts.unreadable) == ("", (), ())


def test_an_unreadable_time_is_set_aside_and_counts_as_no_wish() -> None:
    facts = read({"QID15": ["1", "9"]}).facts
    assert (facts.wish_times, facts.unreadable) == ((), ("wish_times",))


@pytest.mark.parametrize("value", [2, 2.0, "2", "2.0", " 2 ", ["2"], [2], "surgery", " SURGERY "])
def test_it_reads_a_choice_in_any_shape(value: object) -> None:
    assert read({"QID6": value}).facts.department == "surgery"


def test_it_prefers_the_recode_value_and_falls_back_to_the_label() -> None:
    assert read({"QID6": 1}, {"QID6": "Surgery"}).facts.department == "emergency"
    assert read({"QID6": 17}, {"QID6": "Surgery"}).facts.department == "surgery"
    assert read({}, {"QID6": "Surgery"}).facts.department == "surgery"


@pytest.mark.parametrize(
    "value",
    [
        ["1", "3"],
        [1, 3.0],
        "1,3",
        "3; 1",
        "E-mail,Phone call, by day or night",
        ["Phone call, by day or night", "E-MAIL"],
        "E-mail\nPhone call, by day or night",
    ],
)
def test_it_reads_several_choices_in_any_shape(value: object) -> None:
    identity = read({"QID4": value}).identity
    assert (identity.is_mail_ok, identity.is_call_ok) == (True, True)
    assert (identity.is_text_ok, identity.is_voicemail_ok) == (False, False)


def test_it_sets_aside_a_choice_that_is_not_in_the_map() -> None:
    answers = read({"QID6": 9, "QID10_1": "7"}, {"QID6": "Night\x00 shift\ud800"})
    assert answers.facts.department == ""
    assert answers.facts.wish_role is Wish.NO_PREFERENCE
    assert answers.facts.unreadable == ("department", "wish_role")
    assert answers.identity.unread == (("department", "9 / Night shift"), ("wish_role", "7"))


def test_it_limits_the_length_of_what_it_sets_aside() -> None:
    ((fact, text),) = read({"QID6": "x" * 20_000}).identity.unread
    assert (fact, len(text)) == ("department", 500)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (2, None),
        (3, "No, I may not be safe"),
        ("No, I may not be safe", None),
        (None, "no, i may NOT be safe"),
        (1, "No, I may not be safe"),
        (4, None),
        (-99, None),
        ("perhaps", None),
        (["1", "2"], None),
        ({"choiceText": "Yes, I feel safe"}, None),
        (True, None),
        (0, None),
    ],
)
def test_an_urgent_or_unreadable_safety_answer_is_urgent(value: object, label: object) -> None:
    assert read({"QID12": value}, {"QID12": label}).is_urgent


@pytest.mark.parametrize("value", [1, "1", 1.0, ["1"], "Yes, I feel safe", None, "", "  ", []])
def test_a_safe_or_missing_safety_answer_is_not_urgent(value: object) -> None:
    answers = read({"QID12": value})
    assert not answers.is_urgent
    assert answers.facts.unreadable == ()


def test_it_reports_an_unreadable_safety_answer() -> None:
    assert read({"QID12": 1}, {"QID12": "No, I may not be safe"}).facts.unreadable == ("safety",)


@pytest.mark.parametrize("value", ["7", ["1", "7"], [["1"]], {"1": "E-mail"}, "1,pigeon", [1] * 60])
def test_it_assumes_the_strictest_limits_when_they_are_unreadable(value: object) -> None:
    answers = read({"QID2_TEXT": "robin@example.org", "QID3_TEXT": "5550104", "QID4": value})
    identity = answers.identity
    assert "contact" in answers.facts.unreadable
    assert not answers.facts.is_mailable
    assert answers.facts.is_reachable
    assert identity.is_call_ok
    assert not identity.is_mail_ok
    assert not identity.is_text_ok
    assert not identity.is_voicemail_ok


def test_it_may_mail_a_person_who_gave_an_address_and_set_no_limits() -> None:
    answers = read({"QID2_TEXT": "robin@example.org"})
    assert answers.facts.is_mailable
    assert not answers.identity.is_text_ok
    assert not answers.identity.is_voicemail_ok
    assert not read({"QID3_TEXT": "5550104"}).identity.is_mail_ok


def test_it_does_not_mail_a_person_who_forbade_it() -> None:
    answers = read({"QID2_TEXT": "robin@example.org", "QID4": ["3"]})
    assert not answers.facts.is_mailable
    assert not answers.facts.is_reachable


@pytest.mark.parametrize(
    "typed",
    [
        "robin",
        "robin@example",
        "robin@example.org, lee@example.org",
        "robin@example.org;lee@example.org",
        '"robin"@example.org',
        "robin@example.org\nBcc: lee@example.org",
        "=?utf-8?q?=0abcc=3a?=@example.org",
        "robin reyes@example.org",
        "robïn@example.org",
        "robin@-example.org",
        "robin@192.0.2.1",
        "r" * 65 + "@example.org",
        "robin@" + "example." * 40 + "org",
        "robin%lee@example.org",
    ],
)
def test_it_never_mails_anything_but_exactly_one_address(typed: str) -> None:
    answers = read({"QID2_TEXT": typed})
    assert not answers.facts.is_mailable
    assert answers.facts.unreadable == ("email",)


def test_it_does_not_take_words_for_a_phone_number() -> None:
    answers = read({"QID3_TEXT": "ask my unit"})
    assert not answers.facts.is_reachable
    assert answers.facts.unreadable == ("phone",)
    assert read({"QID3_TEXT": 5550104}).identity.phone == "5550104"


def test_unreadable_hours_mean_asking_the_coordinators_before_calling() -> None:
    assert read({"QID5": 9}).identity.not_before == "Ask the coordinators before calling"
    assert read({"QID5": 1}).identity.not_before == ""


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": 0}, ""),
        ({"status": "IP Address"}, ""),
        ({"status": 16}, ""),
        ({"status": 32}, ""),
        ({"status": 48}, ""),
        ({"status": 4711}, ""),
        ({"status": 1}, "preview"),
        ({"status": "Survey Preview"}, "preview"),
        ({"status": 17.0}, "preview"),
        ({"status": "2"}, "test"),
        ({"status": 8}, "spam"),
        ({"status": 40}, "spam"),
        ({"status": 4}, "imported"),
        ({"status": 132}, "imported"),
        ({"status": 256}, "synthetic"),
        ({"finished": 1}, ""),
        ({"finished": "True"}, ""),
        ({"finished": 0}, "unfinished"),
        ({"finished": False}, "unfinished"),
        ({"finished": "False"}, "unfinished"),
        ({"distributionChannel": "preview"}, "preview"),
        ({"endDate": "2026-10-30T23:00:00Z"}, "before the program"),
        ({"endDate": "2026-11-01T00:00:00Z"}, ""),
        ({"endDate": "2026-10-31T12:00:00Z"}, ""),
        ({}, ""),
    ],
)
def test_it_says_why_a_response_does_not_become_a_case(values: dict[str, Any], reason: str) -> None:
    assert read(values).kept_because == reason


@pytest.mark.parametrize(
    ("values", "moment"),
    [
        ({"endDate": "2026-11-20T10:00:00Z"}, datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ({"endDate": "2026-11-20T10:00:00-05:00"}, datetime(2026, 11, 20, 15, tzinfo=UTC)),
        (
            {"endDate": "yesterday", "recordedDate": "2026-11-20T10:00:00.500Z"},
            datetime(2026, 11, 20, 10, 0, 0, 500_000, tzinfo=UTC),
        ),
        ({"CompletedDate": "2026-11-20 10:00:00"}, datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ({"endDate": "2026-02-31T10:00:00Z"}, None),
        ({"endDate": "0001-01-01T00:00:00+23:59"}, None),
        ({"endDate": "9999-12-31T23:59:59-23:59"}, None),
        ({"endDate": 20261120}, None),
    ],
)
def test_it_reads_when_it_was_submitted(values: dict[str, Any], moment: datetime | None) -> None:
    assert read(values).submitted_at == moment


TEXTS = st.text(st.characters(), max_size=300) | st.sampled_from(["1", "1,2", "\ud800", "a\u2028b"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [source["key"] for source in SURVEY.model_dump()["facts"].values() if source]
    + ["status", "finished", "distributionChannel", "endDate", "recordedDate", "CompletedDate"]
)


@given(st.dictionaries(KEYS, JSON), st.dictionaries(KEYS, JSON))
def test_it_never_raises_and_returns_only_clean_values(
    values: dict[str, object], labels: dict[str, object]
) -> None:
    answers = read_answers(SURVEY, values, labels)
    identity = dataclasses.asdict(answers.identity) | {"note": ""}
    lines = [text for text in identity.values() if isinstance(text, str)]
    lines += [text for _, text in answers.identity.unread]
    lines += [answers.facts.found_at, answers.facts.language]
    odd = {"Cc", "Cs", "Zl", "Zp"}
    assert not odd & {unicodedata.category(character) for character in "".join(lines)}
    assert all(len(text.splitlines()) <= 1 for text in lines)
    answers.identity.note.encode()
    "".join(lines).encode()
    assert all(len(text) <= 500 for _, text in answers.identity.unread)
    assert answers.submitted_at is None or answers.submitted_at.tzinfo is UTC


def test_it_survives_deep_and_large_answers() -> None:
    deep: list[object] = []
    for _ in range(50_000):
        deep = [deep]
    for value in (deep, "," * 1_000_000, "x" * 1_000_000, [""] * 100_000, 10**5000, 1e308):
        read(dict.fromkeys(["QID1_TEXT", "QID4", "QID6", "QID12", "status", "endDate"], value))
