"""A survey's map: its mistakes are reported at once, and separate columns are read."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from qualtrics.answers import SurveyMap, read_answers
from tests.answers import SURVEY


def problems(table: dict[str, Any]) -> str:
    good = {"id": "SV_1", "name": "Form", "accept_from": "2026-11-01"}
    with pytest.raises(ValidationError) as refused:
        SurveyMap.model_validate(good | table)
    return "\n".join(f"{error['loc']}: {error['msg']}" for error in refused.value.errors())


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"email": "QID1_TEXT"}, "say which question asks for safety"),
        ({"safety": "not asked"}, "map email or phone"),
        ({"safety": "not asked", "email": "recipientEmail"}, "we only mail what people typed"),
        ({"safety": "QID2", "phone": "QID1"}, "choices are missing"),
        (
            {"safety": {"key": "QID2", "choices": {"1": "fine"}}},
            "'fine' is not one of safe, urgent",
        ),
        ({"phone": {"key": "QID1", "choices": {"1": "x"}}}, "give only its key"),
        (
            {"role": {"key": "QID1", "choices": {"Nurse": "a", "nurse ": "b"}}},
            "differ only in case",
        ),
        ({"department": {"key": "QID1", "always": "surgery"}}, "give either key or always"),
        ({"fone": "QID1"}, "Extra inputs are not permitted"),
    ],
)
def test_it_says_what_is_wrong_with_a_map(facts: dict[str, Any], problem: str) -> None:
    assert problem in problems({"facts": facts})


def test_it_reports_all_problems_of_a_map_at_once() -> None:
    found = problems({"id": "8", "facts": {"role": "QID8", "email": "mail"}})
    assert found.count("\n") == 3


def test_it_accepts_maps_without_a_safety_question_or_with_a_fixed_department() -> None:
    survey = SurveyMap.model_validate(
        {
            "id": "SV_1",
            "name": "Form",
            "accept_from": date(2026, 11, 1),
            "language": "ES",
            "facts": {
                "phone": "QID1_TEXT",
                "safety": "not asked",
                "department": {"always": "surgery"},
            },
        }
    )
    answers = read_answers(survey, {"QID12": 3}, {})
    assert (answers.is_urgent, answers.facts.department) == (False, "surgery")
    assert answers.facts.language == "es"
    assert survey.words("department") == {"surgery"}


def test_several_answers_in_separate_columns_are_read_by_their_labels() -> None:
    """A file exported by hand may have a column for each choice."""
    split = {"QID2_TEXT": "jamie@example.org", "QID4_1": "E-mail", "QID4_3": ""}
    answers = read_answers(SURVEY, split, {})
    assert answers.identity.is_mail_ok
    assert not answers.identity.is_call_ok
    assert "contact" not in answers.facts.unreadable


def test_numbers_in_separate_columns_mean_the_strictest_limits() -> None:
    split = {"QID2_TEXT": "jamie@example.org", "QID4_2": "1", "QID4_3": "1"}
    answers = read_answers(SURVEY, split, {})
    assert not answers.facts.is_mailable
    assert answers.identity.is_call_ok
    assert "contact" in answers.facts.unreadable
