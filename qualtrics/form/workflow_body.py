"""The JSON that a workflow task sends, with Qualtrics' piped text in it, ready to paste."""

import json
import re

from qualtrics.survey import FactSources, Source, SurveyMap

#: A question, in a loop or not, its statement or field or choice, and whether it is typed.
KEY = re.compile(r"(?P<question>(?:\d+_)?QID[A-Za-z0-9]+)(?:_(?P<part>\d+))?(?P<typed>_TEXT)?")
#: A stray quotation mark in an answer harms nothing before it: what matters most comes first,
#: what is picked from a list before what is typed, and free text last.
FIRST = ("safety", "contact", "email", "phone", "name")
LAST = ("unit", "not_wanted", "note")
#: Metadata whose piped text has another name.
FIELDS = {"userLanguage": "Q_Language"}
#: One answer may be several of these, and their recode values come without a clear separator.
SEVERAL = ("contact", "wish_times")


def workflow_body(survey: SurveyMap, *, with_answers: bool) -> str:
    """Return the body for a survey: ids alone, or with every answer that its map names."""
    body: dict[str, object] = {
        "surveyId": survey.id,
        "responseId": "${rm://Field/ResponseID}",
        "endDate": "${rm://Field/EndDate}",
    }
    if with_answers:
        body |= {"labels": _labels(survey), "answers": _answers(survey)}
    return json.dumps({key: value for key, value in body.items() if value}, indent=2)


def _answers(survey: SurveyMap) -> dict[str, str]:
    sources = {fact: _source(survey, fact) for fact in _facts()}
    return {
        source.key: piped(source.key, source, is_label=fact in SEVERAL)
        for fact, source in sources.items()
        if source is not None and source.key is not None
    }


def _labels(survey: SurveyMap) -> dict[str, str]:
    """The safety answer comes twice, so that neither way of piping it can hide it."""
    source = survey.facts.safety
    if source is None or source.key is None or any(set(c) & set('"\\') for c in source.choices):
        return {}
    return {source.key: piped(source.key, source, is_label=True)}


def piped(key: str, source: Source, *, is_label: bool) -> str:
    """Return the piped text that becomes a key's answer."""
    found = KEY.fullmatch(key)
    if not found:
        return f"${{e://Field/{FIELDS.get(key, key)}}}"
    question, part = f"q://{found['question']}", found["part"]
    if not source.words or found["typed"]:
        return f"${{{question}/ChoiceTextEntryValue{f'/{part}' if part else ''}}}"
    if part:
        return f"${{{question}/ChoiceGroup/SelectedAnswers/{part}}}"
    return (
        f"${{{question}/{'ChoiceGroup/SelectedChoices' if is_label else 'SelectedChoicesRecode'}}}"
    )


def _facts() -> list[str]:
    middle = [fact for fact in FactSources.model_fields if fact not in (*FIRST, *LAST)]
    return [*FIRST, *middle, *LAST]


def _source(survey: SurveyMap, fact: str) -> Source | None:
    source: Source | None = getattr(survey.facts, fact)
    return source
