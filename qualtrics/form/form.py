"""A whole form, put together from what Qualtrics says about a survey."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qualtrics.form.definition import defined, embedded, trashed
from qualtrics.form.questions import Form, Kind, NotAForm, Question, Table, entries, table, words_of
from qualtrics.form.response_schema import described

#: What every response carries besides its answers, as the API names it.
METADATA = (
    *("startDate", "endDate", "status", "ipAddress", "progress", "duration", "finished"),
    *("recordedDate", "_recordId", "recipientLastName", "recipientFirstName", "recipientEmail"),
    *("externalReference", "locationLatitude", "locationLongitude", "distributionChannel"),
    "userLanguage",
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]+)?")


def form_of(definition: Table, schema: Table | None = None) -> Form:
    """Read a survey definition; the response schema, if there, knows keys and values better."""
    options = table(definition.get("SurveyOptions"))
    language = str(options.get("SurveyLanguage", "")).lower().replace("_", "-")
    edited = [*defined(definition), *embedded(table(definition.get("SurveyFlow")))]
    listed = list(described(schema or {}, trashed(definition)))
    return Form(
        id=str(definition.get("SurveyID", "")),
        name=words_of(definition.get("SurveyName"))[:200],
        language=language if LANGUAGE.fullmatch(language) else "en",
        questions=(*_together(listed, edited), *_metadata(listed)),
    )


def form_of_export(exported: object) -> Form:
    """Read a .qsf file: the same parts as a definition's, as a list of elements."""
    entry, found = table(table(exported).get("SurveyEntry")), _elements(exported)
    questions = {str(table(payload).get("QuestionID", key)): payload for key, payload in found.SQ}
    if not entry or not questions:
        raise NotAForm("There is no survey in it")
    return form_of(
        {
            "SurveyID": entry.get("SurveyID"),
            "SurveyName": entry.get("SurveyName"),
            "SurveyOptions": {"SurveyLanguage": entry.get("SurveyLanguage")},
            "Questions": questions,
            "Blocks": next((payload for _, payload in found.BL), []),
            "SurveyFlow": next((payload for _, payload in found.FL), {}),
        }
    )


@dataclass(frozen=True)
class _Elements:
    SQ: list[tuple[str, object]]
    BL: list[tuple[str, object]]
    FL: list[tuple[str, object]]


def _elements(exported: object) -> _Elements:
    found: dict[str, list[tuple[str, object]]] = {"SQ": [], "BL": [], "FL": []}
    for element in map(table, entries(table(exported).get("SurveyElements")).values()):
        kind = str(element.get("Element"))
        if kind in found:
            named = (str(element.get("PrimaryAttribute", "")), element.get("Payload"))
            found[kind].append(named)
    return _Elements(**found)


def _together(listed: Sequence[Question], edited: Sequence[Question]) -> Iterator[Question]:
    """The schema names keys and values, the definition what people read."""
    by_key = {question.key: question for question in edited}
    keys, ids = {q.key for q in listed}, {q.question_id for q in listed} - {""}
    for question in listed:
        known = by_key.get(question.key)
        if known is not None:
            question = replace(
                question, text=known.text, part=known.part, translations=known.translations
            )
        if question.kind is not Kind.METADATA:
            yield question
    yield from (q for q in edited if q.key not in keys and q.question_id not in ids)


def _metadata(listed: Sequence[Question]) -> Iterator[Question]:
    found = [question.key for question in listed if question.kind is Kind.METADATA]
    yield from (Question(key, Kind.METADATA) for key in dict.fromkeys([*METADATA, *found]))
