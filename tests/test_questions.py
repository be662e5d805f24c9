"""Forms as Qualtrics describes them: one entry for each key of a response."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.qualtrics.api import definition as qualtrics_survey
from demo.qualtrics.api.schema import response_schema
from demo.qualtrics.survey import PEER_SUPPORT
from qualtrics.form.form import form_of, form_of_export
from qualtrics.form.questions import Form, Kind, NotAForm, Question, words_of
from tests.qualtrics_shapes import FLOW, SURVEY_ID, blocks, definition, exported, questions


def by_key(form: Form) -> dict[str, Question]:
    return {one.key: one for one in form.questions if one.kind is not Kind.METADATA}


def test_a_form_has_one_entry_for_each_key_of_a_response() -> None:
    form = form_of(definition())
    assert (form.id, form.name, form.language) == (SURVEY_ID, "Talk to a colleague", "en")
    keys = by_key(form)
    assert list(keys) == [
        *("QID1_1", "QID1_2", "QID1_3", "QID2", "QID3", "QID4", "QID4_4_TEXT"),
        *("QID5_1", "QID5_2", "QID5_3", "QID6", "QID7_TEXT", "QID9", "QID10", "QID11"),
        *("QID12", "utm_source"),
    ]
    assert keys["QID1_2"].wording == "How can we reach you? – E-mail address"
    assert keys["QID4_4_TEXT"].kind is Kind.OTHER_TEXT
    assert keys["QID5_3"].choices["2"] == "A different one"
    assert keys["utm_source"].kind is Kind.EMBEDDED
    assert "userLanguage" in {one.key for one in form.questions}


def test_markup_is_taken_out_of_texts_and_labels() -> None:
    question = by_key(form_of(definition()))["QID3"]
    assert question.text == "What is your department?"
    assert question.choices["10"] == "Emergency Medicine"
    assert question.choices["20"] == "Obstetrics & Gynecology"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("A &lt;b&gt;bold&lt;/b&gt; word", "A bold word"),
        ("younger than 5 < 6\nor <br/>not", "younger than 5 < 6 or not"),
        ('Yes <video controls="true"><source src="x"></video>', "Yes"),
        (None, ""),
        (7, ""),
        ("a\u202eb\x00c", "abc"),
    ],
)
def test_only_words_are_left_of_a_text(written: object, words: str) -> None:
    assert words_of(written) == words


def test_the_value_of_an_answer_is_its_recode_value_or_else_its_number() -> None:
    keys = by_key(form_of(definition()))
    assert list(keys["QID3"].choices) == ["10", "20", "30", "99"]
    assert list(keys["QID4"].choices) == ["1", "2", "3", "4"]
    assert next(iter(keys["QID10"].choices)) == "0"


def test_it_knows_what_lies_in_the_trash_and_where_several_answers_are_allowed() -> None:
    keys = by_key(form_of(definition()))
    assert {key for key, one in keys.items() if one.is_trashed} == {"QID11"}
    assert {key for key, one in keys.items() if one.is_multiple} == {"QID2"}


def test_an_exported_file_says_the_same_as_the_definition() -> None:
    assert form_of_export(exported()) == form_of(definition())


def test_the_schema_and_the_definition_of_the_demo_say_the_same() -> None:
    defined = qualtrics_survey.define(PEER_SUPPORT, "example", "https://example.org")
    assert form_of(defined, response_schema(PEER_SUPPORT)) == form_of(defined)


def test_the_schema_counts_for_keys_and_values_and_the_definition_for_words() -> None:
    schema = _schema(
        QID3={
            "dataType": "question",
            "type": "number",
            "questionId": "QID3",
            "description": "department",
            "oneOf": [{"const": 11, "label": "<b>Emergency</b>"}],
        },
        QID2={
            "dataType": "question",
            "type": "array",
            "questionId": "QID2",
            "items": {"oneOf": [{"const": "1", "label": "Call me"}]},
        },
        QID3_DO={"dataType": "question", "type": "array", "questionId": "QID3"},
        QID11={"dataType": "question", "type": "number", "questionId": "QID11"},
        site={"dataType": "embeddedData", "description": "site"},
        extra={"dataType": "metadata"},
    )
    form = form_of(definition(), schema)
    keys = by_key(form)
    assert keys["QID3"].text == "What is your department?"
    assert keys["QID3"].choices == {"11": "Emergency"}
    assert keys["QID2"].is_multiple
    assert keys["QID11"].is_trashed
    assert "QID3_DO" not in keys
    assert keys["site"].kind is Kind.EMBEDDED
    assert "QID7_TEXT" in keys
    assert "extra" in {one.key for one in form.questions}


def _schema(**properties: Any) -> dict[str, Any]:
    return {"properties": {"values": {"properties": properties}}}


@pytest.mark.parametrize(
    "changed",
    [
        {"Questions": []},
        {"Questions": list(questions().values()), "Blocks": list(blocks().values())},
        {"Blocks": []},
        {"Blocks": {"BL_1": {"Type": "Trash", "BlockElements": None}}},
        {"SurveyFlow": []},
        {"SurveyFlow": FLOW | {"Flow": {"1": {"EmbeddedData": [{"Field": 7}, None, "x"]}}}},
        {"SurveyOptions": []},
        {"SurveyOptions": {"SurveyLanguage": 7}},
        {"Questions": {"QID1": None, "QID2": {"QuestionType": "MC", "Choices": "x"}}},
        {"Questions": {"QID1": {"QuestionType": "MC", "Choices": [None, {"Display": None}]}}},
    ],
)
def test_odd_shapes_are_read_as_far_as_they_go(changed: dict[str, Any]) -> None:
    form = form_of(definition(**changed), {"properties": []})
    assert form.id == SURVEY_ID
    assert form.language == "en"


@pytest.mark.parametrize("content", [None, [], {}, {"SurveyEntry": {"SurveyID": "SV_1"}}, "x"])
def test_what_is_no_exported_survey_is_said_to_be_none(content: object) -> None:
    with pytest.raises(NotAForm):
        form_of_export(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
PLACES = [
    *("Questions", "Blocks", "SurveyFlow", "SurveyOptions", "SurveyID", "SurveyName"),
    *("Choices", "Answers", "RecodeValues", "Language", "QuestionText", "Selector", "QuestionID"),
    *("QuestionType", "SubSelector"),
]


@given(st.sampled_from(PLACES), JSON)
def test_no_shape_breaks_the_reading(place: str, junk: object) -> None:
    form = definition()
    for table in (form, *form["Questions"].values()):
        if place in table:
            table[place] = junk
    read = form_of(form, {"properties": {"values": {"properties": junk}}})
    assert all(isinstance(question.key, str) for question in read.questions)
    elements = exported() | {"SurveyElements": [{"Element": junk, "Payload": junk}]}
    with pytest.raises(NotAForm):
        form_of_export(elements)
