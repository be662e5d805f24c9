"""Questions as the editor of a survey keeps them, in a definition or an exported file."""

from collections.abc import Iterator
from dataclasses import replace

from qualtrics.form.questions import Kind, Question, Table, entries, table, tables, words_of

#: Selectors of multiple choice that allow several answers.
SEVERAL = {"MAVR", "MAHR", "MACOL", "MSB"}
#: Types that ask nothing, or nothing that a person answers.
NO_ANSWER = {"DB", "Timing", "Captcha", "Meta"}


def defined(definition: Table) -> Iterator[Question]:
    """Yield the keys of all questions, those in the trash included."""
    gone = trashed(definition)
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
            is_trashed=id in gone,
        )
        yield from _keys_of(whole, kind, question)


def _keys_of(whole: Question, kind: str, question: Table) -> Iterator[Question]:
    selector, rows = str(question.get("Selector", "")), entries(question.get("Choices"))
    id = whole.question_id
    if kind == "MC":
        yield _chosen(whole, question, "Choices", is_multiple=selector in SEVERAL)
        yield from _texts_beside(whole, rows)
    elif kind == "Matrix" and selector != "TE":
        is_multiple = question.get("SubSelector") == "MultipleAnswer"
        yield from _parts(_chosen(whole, question, "Answers", is_multiple=is_multiple), rows)
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


def _chosen(whole: Question, question: Table, where: str, *, is_multiple: bool) -> Question:
    """Without recode values the number of a choice is its value."""
    recodes = entries(question.get("RecodeValues"))

    def labels(written: Table) -> dict[str, str]:
        return {
            str(recodes.get(number, number)): words_of(row.get("Display"))
            for number, row in tables(written.get(where))
        }

    choices = labels(question)
    elsewhere = [labels(language) for _, language in tables(question.get("Language"))]
    return replace(
        whole,
        kind=Kind.CHOICE,
        choices=choices,
        translations={
            value: found
            for value in choices
            if (found := tuple(told[value] for told in elsewhere if told.get(value)))
        },
        is_multiple=is_multiple,
    )


def trashed(definition: Table) -> set[str]:
    """Return the ids of the questions in the trash, which is a block of its own."""
    blocks = map(table, entries(definition.get("Blocks")).values())
    elements = (
        table(element)
        for block in blocks
        if block.get("Type") == "Trash"
        for element in entries(block.get("BlockElements")).values()
    )
    return {str(element.get("QuestionID", "")) for element in elements} - {""}


def embedded(flow: Table) -> Iterator[Question]:
    """Yield the embedded data that the survey flow declares, however deep."""
    for one in map(table, entries(flow.get("EmbeddedData")).values()):
        if isinstance(one.get("Field"), str):
            yield Question(one["Field"], Kind.EMBEDDED, text=words_of(one["Field"]))
    for inner in map(table, entries(flow.get("Flow")).values()):
        yield from embedded(inner)
