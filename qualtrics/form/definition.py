"""Reads the questions of a survey definition, from the API or an exported file."""

from collections.abc import Iterator
from dataclasses import replace

from qualtrics.form.questions import Kind, Question, Table, entries, table, tables, words_of

#: Selectors of multiple-choice questions that allow several answers.
SEVERAL = {"MAVR", "MAHR", "MACOL", "MSB"}
#: Question types that a person does not answer.
NO_ANSWER = {"DB", "Timing", "Captcha", "Meta"}


def questions_of_definition(definition: Table) -> Iterator[Question]:
    """Yield an entry for each key of each question, including questions in the trash."""
    trash = trashed(definition)
    for id, written in entries(definition.get("Questions")).items():
        question = table(written)
        id = str(question.get("QuestionID") or id)
        kind = str(question.get("QuestionType", ""))
        if kind in NO_ANSWER:
            continue
        whole = Question(
            id,
            Kind.TEXT,
            text=words_of(question.get("QuestionText")),
            question_id=id,
            is_trashed=id in trash,
        )
        yield from _keys_of(whole, kind, question)


def _keys_of(whole: Question, kind: str, question: Table) -> Iterator[Question]:
    selector, rows = str(question.get("Selector", "")), entries(question.get("Choices"))
    id = whole.question_id
    if kind == "MC":
        yield _choice_question(whole, question, "Choices", is_multiple=selector in SEVERAL)
        yield from _texts_beside(whole, rows)
    elif kind == "Matrix" and selector != "TE":
        is_multiple = question.get("SubSelector") == "MultipleAnswer"
        yield from _parts(
            _choice_question(whole, question, "Answers", is_multiple=is_multiple), rows
        )
    elif kind == "TE" and selector == "FORM":
        yield from _parts(whole, rows)
    elif kind == "TE":
        yield replace(whole, key=f"{id}_TEXT")
    else:
        yield whole


def _parts(whole: Question, rows: Table) -> Iterator[Question]:
    for number, row in rows.items():
        part = words_of(table(row).get("Display"))
        yield replace(whole, key=f"{whole.question_id}_{number}", part=part)


def _texts_beside(whole: Question, rows: Table) -> Iterator[Question]:
    for number, row in rows.items():
        if table(row).get("TextEntry") in ("true", "on", True):
            key, part = f"{whole.question_id}_{number}_TEXT", words_of(table(row).get("Display"))
            yield replace(whole, key=key, kind=Kind.OTHER_TEXT, part=part)


def _choice_question(
    whole: Question, question: Table, where: str, *, is_multiple: bool
) -> Question:
    """Return a choice question. A choice without a recode value has its number as value."""
    recodes = entries(question.get("RecodeValues"))

    def labels(written: Table) -> dict[str, str]:
        return {
            str(recodes.get(number, number)): words_of(row.get("Display"))
            for number, row in tables(written.get(where))
        }

    choices = labels(question)
    translated = [labels(language) for _, language in tables(question.get("Language"))]
    return replace(
        whole,
        kind=Kind.CHOICE,
        choices=choices,
        translations={
            value: found
            for value in choices
            if (found := tuple(one[value] for one in translated if one.get(value)))
        },
        is_multiple=is_multiple,
    )


def trashed(definition: Table) -> set[str]:
    """Return the ids of the questions in the trash, which Qualtrics keeps as a block."""
    blocks = map(table, entries(definition.get("Blocks")).values())
    elements = (
        table(element)
        for block in blocks
        if block.get("Type") == "Trash"
        for element in entries(block.get("BlockElements")).values()
    )
    return {str(element.get("QuestionID", "")) for element in elements} - {""}


def embedded_data(flow: Table) -> Iterator[Question]:
    """Yield the embedded_data data that the survey flow declares, at any depth."""
    for one in map(table, entries(flow.get("EmbeddedData")).values()):
        if isinstance(one.get("Field"), str):
            yield Question(one["Field"], Kind.EMBEDDED, text=words_of(one["Field"]))
    for inner in map(table, entries(flow.get("Flow")).values()):
        yield from embedded_data(inner)
