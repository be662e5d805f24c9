"""Which question of a form asks for which fact, and the body of a workflow task."""

from pathlib import Path
from typing import Any

import pytest

from qualtrics.form.questions import Kind, Question
from qualtrics.form.recognition import looks_like_safety, recognize
from qualtrics.form.workflow_body import workflow_body
from qualtrics.survey import SurveyMap
from tests.mapping import TODAY, VOCABULARY, choice

# Which question asks for which fact


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("name", "What should we call you?"),
        ("name", "Nombre y apellidos"),
        ("email", "Email address"),
        ("email", "Su correo electrónico"),
        ("phone", "Best number to reach you (cell)"),
        ("phone", "Número de teléfono"),
        ("unit", "Which unit do you work on?"),
        ("not_wanted", "Is there anybody you don't want to be matched with?"),
        ("not_wanted", "¿Con quién no quiere hablar?"),
        ("note", "What happened? Tell us as much as you like."),
        ("note", "¿Algo más que quiera contarnos?"),
        ("found_at", "Where did you hear about us?"),
    ],
)
def test_a_typed_answer_is_recognized_by_what_is_asked(fact: str, text: str) -> None:
    question = Question("QID7_TEXT", Kind.TEXT, text)
    assert recognize([question], VOCABULARY) == {fact: question}


@pytest.mark.parametrize(
    "text", ["Name of your supervisor", "Your supervisor's e-mail", "Favorite color"]
)
def test_a_question_that_only_seems_to_ask_for_a_fact_is_ignored(text: str) -> None:
    assert recognize([Question("QID7_TEXT", Kind.TEXT, text)], VOCABULARY) == {}


@pytest.mark.parametrize(
    ("fact", "question"),
    [
        ("contact", choice("How may we reach you?", "Phone", "Text", "E-mail")),
        ("not_before", choice("What is the best time to call?", "Mornings", "After noon")),
        ("department", choice("Department", "Surgery", "Emergency Medicine", "Other")),
        ("specialty", choice("Your specialty", "Critical care", "Anesthesiology")),
        ("role", choice("Profesión", "Enfermería", "Medicina", "Terapia")),
        ("unit", choice("Which unit?", "Night float", "Day surgery", "Pool")),
        ("wish_role", choice("My supporter's role should be", "Similar", "Different")),
        ("asks_first", choice("Should we ask you first, before it’s settled?", "Yes", "No")),
        ("safety", choice("Check what is true", "I want to hurt myself", "I am tired")),
        ("safety", choice("Are you in immediate danger?", "Yes", "No")),
    ],
)
def test_a_choice_is_recognized_by_its_question_and_answers(fact: str, question: Question) -> None:
    assert recognize([question], VOCABULARY) == {fact: question}


@pytest.mark.parametrize(
    "text",
    [
        "Was this a patient safety event?",
        "Did you file a safety report?",
        "Is your department involved?",
    ],
)
def test_a_question_about_another_kind_of_safety_is_not_taken_for_safety(text: str) -> None:
    question = choice(text, "Yes", "No")
    assert not looks_like_safety(question)
    assert recognize([question], VOCABULARY) == {}


def test_each_question_serves_the_one_fact_that_fits_best() -> None:
    first = Question("QID1_TEXT", Kind.TEXT, "Your full name")
    second = Question("QID2_TEXT", Kind.TEXT, "E-mail, so that we can write your name correctly")
    assert recognize([second, first], VOCABULARY) == {"name": first, "email": second}


# The body of a workflow task


def the_map(**facts: object) -> SurveyMap:
    given = {"safety": "not asked", "email": "QID2_TEXT"} | facts
    return SurveyMap.model_validate(
        {"id": "SV_1", "name": "A form", "accept_from": TODAY, "facts": given}
    )


@pytest.mark.parametrize(
    ("fact", "source", "pipe"),
    [
        ("name", "QID1_TEXT", "q://QID1/ChoiceTextEntryValue"),
        ("name", "QID37_2", "q://QID37/ChoiceTextEntryValue/2"),
        ("note", "QID8_4_TEXT", "q://QID8/ChoiceTextEntryValue/4"),
        ("note", "2_QID8_TEXT", "q://2_QID8/ChoiceTextEntryValue"),
        ("role", {"key": "QID8", "choices": {"1": "nurse"}}, "q://QID8/SelectedChoicesRecode"),
        (
            "wish_role",
            {"key": "QID10_3", "choices": {"1": "similar"}},
            "q://QID10/ChoiceGroup/SelectedAnswers/3",
        ),
        (
            "contact",
            {"key": "QID4", "choices": {"1": "mail"}},
            "q://QID4/ChoiceGroup/SelectedChoices",
        ),
        ("language", "userLanguage", "e://Field/Q_Language"),
        ("found_at", "source", "e://Field/source"),
    ],
)
def test_each_key_gets_its_piped_text(fact: str, source: Any, pipe: str) -> None:
    key = source if isinstance(source, str) else source["key"]
    body = workflow_body(the_map(**{fact: source}), with_answers=True)
    assert f'"{key}": "${{{pipe}}}"' in body


def test_ids_come_first_then_safety_and_contact_and_the_note_last(tmp_path: Path) -> None:
    survey = the_map(
        note="QID9_TEXT",
        not_wanted="QID11_TEXT",
        unit="QID7_TEXT",
        contact={"key": "QID4", "choices": {"1": "mail"}},
        safety={"key": "QID12", "choices": {"1": "safe", "2": "urgent"}},
    )
    body = workflow_body(survey, with_answers=True)
    order = ["SV_1", "ResponseID", "QID12", "QID4", "QID2_TEXT", "QID7_TEXT", "QID11", "QID9_TEXT"]
    assert sorted(order, key=body.index) == order


def test_labels_with_quotation_marks_are_not_piped() -> None:
    survey = the_map(safety={"key": "QID12", "choices": {"1": "safe", 'I feel "off"': "urgent"}})
    assert '"labels"' not in workflow_body(survey, with_answers=True)


def test_without_answers_the_body_has_only_ids() -> None:
    body = workflow_body(the_map(), with_answers=False)
    assert "QID" not in body
    assert '"responseId": "${rm://Field/ResponseID}"' in body
