"""Compares a form with survey.toml, and reports what changed and whether requests suffer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.text import plain
from qualtrics.form.questions import Kind, Question
from qualtrics.form.recognition import Vocabulary, looks_like_safety, recognize
from qualtrics.survey import NEEDS_CHOICES, ONLY_TEXT, FactSources, FormMap, Source, SurveyMap

#: Without these facts a person is reached late, or not at all.
ESSENTIAL = ("safety", "email", "phone", "name", "contact")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Drift:
    """One difference between a form and its survey.toml."""

    is_error: bool
    place: str
    what: str
    allowed: str = ""


def drift(survey: FormMap, questions: Sequence[Question]) -> list[Drift]:
    """Return the differences between a survey's map and its form."""
    by_key = {question.key: question for question in questions}
    found: list[Drift] = []
    for fact in type(survey.facts).model_fields:
        source = survey.source(fact)
        if source is not None and source.key is not None:
            found += _fact_drift(fact, source, by_key.get(source.key), questions)
    if isinstance(survey, SurveyMap):
        found += _unmapped_safety(survey, questions)
    return found


def _fact_drift(
    fact: str, source: Source, question: Question | None, questions: Sequence[Question]
) -> Iterator[Drift]:
    place, is_essential = f"facts.{fact}", fact in ESSENTIAL
    if question is None:
        what = f'"{source.key}" is no longer in the form'
        yield Drift(is_essential, place, what, _suggestion(fact, questions))
    elif question.is_trashed:
        what = f'"{source.key}" ({_shown(question)}) is in the trash of the form'
        yield Drift(is_essential, place, what, _suggestion(fact, questions))
    elif source.choices and question.kind is Kind.CHOICE:
        yield from _choice_drift(fact, source, question)
    elif source.choices and question.kind in (Kind.TEXT, Kind.OTHER_TEXT):
        what = f'"{source.key}" ({_shown(question)}) is typed now, not chosen'
        yield Drift(
            is_essential or fact in NEEDS_CHOICES, place, what, _suggestion(fact, questions)
        )
    elif not source.choices and question.kind is Kind.CHOICE:
        what = f'"{source.key}" ({_shown(question)}) is chosen now, and its answers are numbers'
        allowed = (
            _suggestion(fact, questions)
            if fact in ONLY_TEXT
            else "say under choices what each means"
        )
        yield Drift(is_essential, place, what, allowed)


def _choice_drift(fact: str, source: Source, question: Question) -> Iterator[Drift]:
    place, is_safety = f"facts.{fact}.choices", fact == "safety"
    maps_labels = not all(NUMBER.fullmatch(plain(choice)) for choice in source.choices)
    for value, label in question.choices.items():
        by_value, by_label = source.word_for(value), source.word_for(label)
        shown = f'answer {value} ("{label}")'
        if by_value is None and by_label is None:
            allowed = f'add {_toml_key(value)} = "…"{_allowed_words(fact)}'
            yield Drift(is_safety, place, f"the {shown} is not known", allowed)
        elif by_value is None:
            what = f'"{label}" has the recode value {value} now'
            yield Drift(is_safety, place, what, f'add {_toml_key(value)} = "{by_label}"')
        elif by_label is None and label and maps_labels:
            what = f'the answer {value} is now called "{label}"'
            allowed = f'if it still means "{by_value}", add "{label}" = "{by_value}"'
            yield Drift(is_safety, place, what, allowed)
        elif by_label is not None and by_value != by_label:
            what = f'the {shown} means "{by_value}" by its number and "{by_label}" by its words'
            yield Drift(True, place, what, "compare the numbers with the form's recode values")
    if question.is_multiple and fact not in ("contact", "safety", "wish_times"):
        what = "several answers may be chosen, and two at once are read as none"
        yield Drift(False, f"facts.{fact}", what, "let the form allow only one")


def _unmapped_safety(survey: SurveyMap, questions: Sequence[Question]) -> Iterator[Drift]:
    """Yield the safety questions that no fact reads: the most dangerous drift."""
    sources = (getattr(survey.facts, fact) for fact in FactSources.model_fields)
    keys = {source.key for source in sources if source is not None}
    for question in questions:
        if looks_like_safety(question) and question.key not in keys:
            what = f'"{question.key}" ({_shown(question)}) looks as if it asks for safety, unread'
            if survey.facts.safety is None:
                allowed = "map it, instead of saying that the form does not ask"
                yield Drift(True, "facts.safety", what, allowed)
            else:
                allowed = f'only "{survey.facts.safety.key}" is read; ask once'
                yield Drift(False, "facts.safety", what, allowed)


def _suggestion(fact: str, questions: Sequence[Question]) -> str:
    found = recognize(questions, Vocabulary()).get(fact)
    return f'is it "{found.key}" ({_shown(found)})?' if found else "map the question that asks it"


def _allowed_words(fact: str) -> str:
    words = NEEDS_CHOICES.get(fact)
    return f"; allowed is {', '.join(sorted(words))}" if words else ""


def _toml_key(value: str) -> str:
    return value if re.fullmatch(r"[A-Za-z0-9_-]+", value) else f'"{value}"'


def _shown(question: Question) -> str:
    return f'"{question.wording}"' if question.wording else question.key
