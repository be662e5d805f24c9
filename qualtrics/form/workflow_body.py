"""Writes the JSON body of a workflow task, with piped text, ready to paste into Qualtrics."""

import json
import re

from qualtrics.survey import FROM_THE_LINK, FactSources, Source, SurveyMap

#: A question (perhaps in a loop), its statement, field or choice, and whether people type it.
KEY = re.compile(r"(?P<question>(?:\d+_)?QID[A-Za-z0-9]+)(?:_(?P<part>\d+))?(?P<typed>_TEXT)?")
#: A quotation mark in an answer breaks the JSON only from there on. So the most important facts
#: come first and free text comes last. After it stands only what the form's link says, which is
#: not of the requester's making.
FIRST = ("safety", "contact", "email", "phone", "name")
LAST = ("unit", "not_wanted", "note", *FROM_THE_LINK)
#: Metadata whose piped text has a different name.
FIELDS = {"userLanguage": "Q_Language"}
#: Facts with several answers. Piped recode values have no clear separator, so labels are sent.
SEVERAL = ("contact", "wish_times")


def workflow_body(survey: SurveyMap, *, with_answers: bool) -> str:
    """Return the body for a survey: ids alone, or ids and every answer that its map names."""
    body: dict[str, object] = {
        "surveyId": survey.id,
        "responseId": "${rm://Field/ResponseID}",
        "endDate": "${rm://Field/EndDate}",
    }
    if with_answers:
        body |= {"labels": _labels(survey), "answers": _answers(survey)}
    return json.dumps({key: value for key, value in body.items() if value}, indent=2)


def _answers(survey: SurveyMap) -> dict[str, str]:
    sources = {fact: _source(survey, fact) for fact in _ordered_facts()}
    return {
        source.key: piped(source.key, source, is_label=fact in SEVERAL)
        for fact, source in sources.items()
        if source is not None and source.key is not None
    }


def _labels(survey: SurveyMap) -> dict[str, str]:
    """Send the safety answer a second time, as a label, in case its recode value is not piped."""
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


def _ordered_facts() -> list[str]:
    middle = [fact for fact in FactSources.model_fields if fact not in (*FIRST, *LAST)]
    return [*FIRST, *middle, *LAST]


def _source(survey: SurveyMap, fact: str) -> Source | None:
    source: Source | None = getattr(survey.facts, fact)
    return source
