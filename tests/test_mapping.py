"""A form becomes a proposal for survey.toml; a person decides what is not clear."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from program import Program
from program.problems import ProgramError
from qualtrics.form.drift import drift
from qualtrics.form.form import form_of
from qualtrics.form.mapping import propose
from qualtrics.form.questions import Form, Kind, Question
from qualtrics.form.recognition import Vocabulary, meanings
from qualtrics.survey import SurveyMap
from tests.mapping import TODAY, VOCABULARY, choice
from tests.qualtrics_shapes import definition, questions
from tests.world import example_config


def proposed(form: Form) -> dict[str, Any]:
    (survey,) = tomllib.loads(propose(form, VOCABULARY, TODAY))["survey"]
    facts: dict[str, Any] = survey["facts"]
    return facts


def only(*questions: Question) -> Form:
    return Form("SV_1", "A form", "en", questions)


def test_the_vocabulary_comes_from_program_toml() -> None:
    assert VOCABULARY.roles["nurse-practitioner"] == "Nurse practitioner"
    assert VOCABULARY.of("department") == VOCABULARY.departments
    assert VOCABULARY.of("contact") == {}


def test_another_form_is_recognized_where_it_is_clear() -> None:
    facts = proposed(form_of(definition()))
    assert facts == {
        "name": "QID1_1",
        "email": "QID1_2",
        "phone": "QID1_3",
        "found_at": "utm_source",
        "language": "userLanguage",
        "note": "QID7_TEXT",
        "contact": {
            "key": "QID2",
            "choices": _twice(
                {"1": "call", "2": "text", "3": "mail", "4": "voicemail"},
                {"Call me": "call", "Text (SMS)": "text", "E-mail": "mail"},
                {"Leave a voice mail": "voicemail"},
            ),
        },
        "department": {
            "key": "QID3",
            "choices": _twice(
                {"10": "emergency", "20": "obstetrics", "99": ""},
                {"Emergency Medicine": "emergency", "Obstetrics & Gynecology": "obstetrics"},
                {"Another one": ""},
            ),
        },
        "role": {
            "key": "QID4",
            "choices": _twice(
                {"2": "physician", "4": "other"}, {"Physician": "physician", "Other": "other"}
            ),
        },
        **{
            f"wish_{fact}": {"key": key, "choices": WISHES}
            for fact, key in (("role", "QID5_1"), ("specialty", "QID5_2"), ("department", "QID5_3"))
        },
        "safety": {
            "key": "QID6",
            "choices": _twice(
                {"1": "urgent", "2": "safe", "3": "urgent"},
                {"Yes": "urgent", "No": "safe", "I would rather not say": "urgent"},
            ),
        },
    }


def _twice(*tables: dict[str, str]) -> dict[str, str]:
    return {key: word for table in tables for key, word in table.items()}


WISHES = _twice(
    {"1": "similar", "2": "different", "3": "no_preference"},
    {
        "The same as mine": "similar",
        "A different one": "different",
        "I don't mind": "no_preference",
    },
)


def test_an_unclear_answer_becomes_a_comment_with_the_allowed_words() -> None:
    text = propose(form_of(definition()), VOCABULARY, TODAY)
    assert '# 5 = ""   # "No calls": which of mail, text, call, voicemail?' in text
    assert '# 30 = ""   # "Surgical services": which of emergency, surgery,' in text
    assert '# 1 = "nurse"   # "Registered nurse": which of nurse, physician,' in text
    assert '# "Chaplain" = ""   # "Chaplain": which of nurse,' in text
    assert '99 = ""   # "Another one": not stated, or one of emergency, surgery,' in text


def test_unused_questions_are_listed_at_the_end_and_trashed_ones_nowhere() -> None:
    text = propose(form_of(definition()), VOCABULARY, TODAY)
    rest = text.partition("# What no fact uses:")[2]
    assert re.findall(r"^#   (\w+)", rest, re.M) == ["QID4_4_TEXT", "QID9", "QID10", "QID12"]
    assert '1 = "Yes", 2 = "No"' in rest
    assert "QID11" not in text


def test_the_program_accepts_a_proposal_as_survey_toml(tmp_path: Path) -> None:
    folder = example_config(tmp_path)
    text = propose(form_of(definition()), VOCABULARY, TODAY)
    (folder / "survey.toml").write_text(text, encoding="utf-8")
    survey = Program.load(folder).surveys["SV_2anotherForm01x"]
    assert survey.accept_from == TODAY
    assert survey.name == "Talk to a colleague"


def test_without_a_safety_question_the_check_fails_until_a_person_decides(tmp_path: Path) -> None:
    folder = example_config(tmp_path)
    text = propose(only(Question("QID2_TEXT", Kind.TEXT, "E-mail")), VOCABULARY, TODAY)
    assert 'safety = "undecided"' in text
    (folder / "survey.toml").write_text(text)
    with pytest.raises(ProgramError, match="say which question asks for safety"):
        Program.load(folder)

    (folder / "survey.toml").write_text(text.replace('"undecided"', '"not asked"'))
    assert Program.load(folder).surveys["SV_1"].facts.safety is None


def test_a_safety_question_without_a_safe_answer_is_pointed_out() -> None:
    asked = choice("Tick what is true", "I do not feel safe right now")
    text = propose(only(asked), VOCABULARY, TODAY)
    assert 'No answer is clearly "safe", so whoever answers is urgent' in text
    assert '"I do not feel safe right now" = "urgent"' in text


def test_without_an_address_the_proposal_says_so_and_the_check_fails(tmp_path: Path) -> None:
    folder = example_config(tmp_path)
    text = propose(only(choice("Do you feel safe?", "Yes", "No")), VOCABULARY, TODAY)
    assert '# email = "QID…_TEXT"' in text
    (folder / "survey.toml").write_text(text)
    with pytest.raises(ProgramError, match="map email or phone"):
        Program.load(folder)


@pytest.mark.parametrize(
    "label",
    [
        'before "ten"',
        "after\\noon",
        "after = 4 # pm",
        "tab\there",
        "1",
        "ünïcode",
        "x" * 250,
        "]]",
        "'",
    ],
)
def test_a_proposal_is_valid_toml_whatever_the_form_contains(label: str) -> None:
    asked = choice('When may we call "you"? \\ #', label, "1", "Before noon", "before  NOON")
    strange = Question("a key]\n\x7f", Kind.EMBEDDED, text='"\n"')
    facts = proposed(only(asked, strange, Question("QID9_TEXT", Kind.TEXT, "E-mail\n")))
    assert facts["not_before"]["key"] == "QID1"
    assert facts["not_before"]["choices"]["3"] == "Before noon"
    facts |= {"safety": "not asked"}
    assert SurveyMap.model_validate(
        {"id": "SV_1", "name": "A form", "accept_from": TODAY, "facts": facts}
    )


def test_answers_in_other_languages_of_the_form_mean_the_same() -> None:
    asked = questions()["QID6"]
    asked["Language"] = {
        "ES": {"Choices": {"1": {"Display": "Sí"}, "2": {"Display": "<b>No</b>"}, "3": {}}},
        "DE": {"Choices": {"1": {"Display": "Ja"}, "2": {"Display": "Nein"}}},
    }
    facts = proposed(form_of(definition(Questions={"QID6": asked})))
    known = facts["safety"]["choices"]
    assert (known["Sí"], known["Ja"], known["Nein"], known["No"]) == ("urgent",) * 2 + ("safe",) * 2


def test_a_proposal_has_no_drift_except_where_a_person_must_decide() -> None:
    form = form_of(definition())
    survey = SurveyMap.model_validate(tomllib.loads(propose(form, VOCABULARY, TODAY))["survey"][0])
    found = drift(survey, form.questions)
    assert [(one.place, one.is_error) for one in found] == [
        ("facts.contact.choices", False),
        ("facts.department.choices", False),
        *[("facts.role.choices", False)] * 2,
    ]
    assert found[0].what == 'the answer 5 ("No calls") is not known'


# What answers mean


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("Do you feel safe right now?", "Yes, I feel safe"),
        ("Do you feel safe right now?", "Yes"),
        ("Are you safe?", "Yes, I am."),
        ("Are you thinking of hurting yourself or somebody else?", "No"),
        ("Are you in danger?", "No, not at all"),
        ("Do you feel safe, or might you harm yourself?", "I feel safe"),
        ("¿Se siente seguro en este momento?", "Sí"),
        ("¿Está en peligro?", "No"),
        ("¿Se siente seguro en este momento?", "Sí, me siento seguro"),
    ],
)
def test_an_answer_is_safe_only_when_it_cannot_be_misread(asked: str, label: str) -> None:
    assert _safety_of(asked, label) == "safe"


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("Do you feel safe right now?", "No"),
        ("Do you feel safe right now?", "I am not sure"),
        ("Do you feel safe right now?", "Yes, mostly"),
        ("Do you feel safe right now?", "Yes, but not at home"),
        ("Do you feel safe right now?", "Prefer not to say"),
        ("Do you feel safe right now?", "I do not feel safe"),
        ("Do you feel unsafe?", "Yes"),
        ("Do you not feel safe?", "No"),
        ("Do you not feel safe?", "Yes"),
        ("Do you feel safe, or might you harm yourself?", "Yes"),
        ("Do you feel safe, or might you harm yourself?", "No"),
        ("Are you thinking of hurting yourself?", "Yes"),
        ("Are you thinking of hurting yourself?", "Not today"),
        ("Are you thinking of hurting yourself?", "Sometimes"),
        ("Do you feel safe right now?", ""),
        ("¿Se siente seguro, o se siente mal?", "Sí"),
        ("¿No se siente seguro?", "No"),
        ("¿Se siente seguro en este momento?", "No sé"),
        ("Fühlen Sie sich im Moment sicher?", "Ja"),
        ("Vous sentez-vous en sécurité ?", "Oui, je suis en sécurité"),
    ],
)
def test_every_other_answer_about_safety_is_urgent(asked: str, label: str) -> None:
    assert _safety_of(asked, label) == "urgent"


def _safety_of(asked: str, label: str) -> str | None:
    return meanings("safety", choice(asked, label), Vocabulary())[0].word


@pytest.mark.parametrize(
    ("fact", "label", "word"),
    [
        ("contact", "Email", "mail"),
        ("contact", "Voicemail is fine", "voicemail"),
        ("contact", "Phone call", "call"),
        ("contact", "SMS", "text"),
        ("contact", "Please do not call", None),
        ("contact", "No voicemail", None),
        ("contact", "Text or phone", None),
        ("contact", "Pigeon", None),
        ("contact", "Llamada telefónica", "call"),
        ("contact", "Sin mensajes de texto", None),
        ("contact", "Keine E-Mail", None),
        ("contact", "Ne pas envoyer de SMS", None),
        ("wish_role", "Someone in a similar role", "similar"),
        ("wish_role", "Different from mine", "different"),
        ("wish_role", "No preference", "no_preference"),
        ("wish_role", "Doesn't matter", "no_preference"),
        ("wish_role", "Not the same", None),
        ("wish_role", "Me da igual", "no_preference"),
        ("wish_role", "De otro puesto", "different"),
        ("wish_role", "Blue", None),
        ("not_before", "Anytime", ""),
        ("not_before", "Any time is fine", ""),
        ("not_before", "After 4 pm", "After 4 pm"),
        ("department", "Surgery", "surgery"),
        ("department", "surgery (all sites)", "surgery"),
        ("department", "Emergency", "emergency"),
        ("department", "Radiology", None),
        ("department", "Prefer not to say", ""),
        ("role", "Other (please specify)", "other"),
        ("role", "Nurse Practitioner", "nurse-practitioner"),
        ("role", "Certified nurse midwife", None),
    ],
)
def test_an_answer_means_one_of_our_words_or_is_left_open(
    fact: str, label: str, word: str | None
) -> None:
    assert meanings(fact, choice("", label), VOCABULARY)[0].word == word
