"""Builds a Form from a survey definition, a response schema, or an exported file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lib.text import one_line
from qualtrics.form.definition import embedded_data, questions_of_definition, trashed
from qualtrics.form.questions import Form, Kind, NotAForm, Question, Table, entries, table, words_of
from qualtrics.form.response_schema import questions_of_schema

#: Metadata of every response, under the names of the API.
METADATA = (
    *("startDate", "endDate", "status", "ipAddress", "progress", "duration", "finished"),
    *("recordedDate", "_recordId", "recipientLastName", "recipientFirstName", "recipientEmail"),
    *("externalReference", "locationLatitude", "locationLongitude", "distributionChannel"),
    "userLanguage",
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]+)?")


def form_of(definition: Table, schema: Table | None = None) -> Form:
    """Return a survey's form. Keys and values come from the schema if there is one."""
    options = table(definition.get("SurveyOptions"))
    language = str(options.get("SurveyLanguage", "")).lower().replace("_", "-")
    in_definition = [
        *questions_of_definition(definition),
        *embedded_data(table(definition.get("SurveyFlow"))),
    ]
    in_schema = list(questions_of_schema(schema or {}, trashed(definition)))
    return Form(
        id=str(definition.get("SurveyID", "")),
        name=words_of(definition.get("SurveyName"))[:200],
        language=language if LANGUAGE.fullmatch(language) else "en",
        questions=(*_merged(in_schema, in_definition), *_metadata(in_schema)),
        is_finished_later=str(options.get("SaveAndContinue")).lower() == "true",
    )


def form_of_export(exported: object) -> Form:
    """Return the form in a .qsf file, which lists the parts of a definition as elements."""
    entry, found = table(table(exported).get("SurveyEntry")), _elements(exported)
    questions = {
        str(table(payload).get("QuestionID", key)): payload for key, payload in found.SQ if payload
    }
    if not entry or not questions:
        raise NotAForm(_what_is_missing(exported))
    return form_of(
        {
            "SurveyID": entry.get("SurveyID"),
            "SurveyName": entry.get("SurveyName"),
            "SurveyOptions": {
                "SaveAndContinue": next((table(one) for _, one in found.SO), {}).get(
                    "SaveAndContinue"
                ),
                "SurveyLanguage": entry.get("SurveyLanguage"),
            },
            "Questions": questions,
            "Blocks": next((payload for _, payload in found.BL), []),
            "SurveyFlow": next((payload for _, payload in found.FL), {}),
        }
    )


def _what_is_missing(exported: object) -> str:
    """Return which part of a .qsf file is missing, or has another shape."""
    parts = table(exported)
    for name, shape in (("SurveyEntry", Mapping), ("SurveyElements", Mapping | Sequence)):
        if name not in parts:
            return f"{name} is missing"
        if not isinstance(parts[name], shape) or isinstance(parts[name], str) or not parts[name]:
            return f"{name} is empty, or has another shape"
    elements = [table(one) for one in entries(parts["SurveyElements"]).values()]
    kinds = sorted({one_line(str(one.get("Element", "")), 20) for one in elements} - {""})
    if "SQ" in kinds:
        return "the questions (elements SQ of SurveyElements) have no Payload"
    only = f"only {', '.join(kinds[:10])}" if kinds else "and no element says what it is"
    return f"SurveyElements has no questions (elements SQ), {only}"


@dataclass(frozen=True)
class _ElementsByKind:
    SQ: list[tuple[str, object]]
    BL: list[tuple[str, object]]
    FL: list[tuple[str, object]]
    SO: list[tuple[str, object]]


def _elements(exported: object) -> _ElementsByKind:
    found: dict[str, list[tuple[str, object]]] = {"SQ": [], "BL": [], "FL": [], "SO": []}
    for element in map(table, entries(table(exported).get("SurveyElements")).values()):
        kind = str(element.get("Element"))
        if kind in found:
            named = (str(element.get("PrimaryAttribute", "")), element.get("Payload"))
            found[kind].append(named)
    return _ElementsByKind(**found)


def _merged(in_schema: Sequence[Question], in_definition: Sequence[Question]) -> Iterator[Question]:
    """Merge the two: keys and values come from the schema, wording from the definition."""
    by_key = {question.key: question for question in in_definition}
    keys, ids = {q.key for q in in_schema}, {q.question_id for q in in_schema} - {""}
    for question in in_schema:
        known = by_key.get(question.key)
        if known is not None:
            question = replace(
                question, text=known.text, part=known.part, translations=known.translations
            )
        if question.kind is not Kind.METADATA:
            yield question
    yield from (q for q in in_definition if q.key not in keys and q.question_id not in ids)


def _metadata(in_schema: Sequence[Question]) -> Iterator[Question]:
    found = [question.key for question in in_schema if question.kind is Kind.METADATA]
    yield from (Question(key, Kind.METADATA) for key in dict.fromkeys([*METADATA, *found]))
