"""Reads the questions of a response schema: exact keys, recode values and labels."""

import re
from collections.abc import Iterator

from qualtrics.form.questions import Kind, Question, Table, table, tables, words_of

#: Keys of a question that hold no answer: display order, score group, browser.
NOT_ANSWERS = re.compile(r"_(DO|NPS_GROUP|BROWSER|VERSION|OS|RESOLUTION)\Z")
OTHER_TEXT_KEY = re.compile(r"QID\w+?_\d+_TEXT\Z")


def questions_of_schema(schema: Table, trashed: set[str]) -> Iterator[Question]:
    """Yield an entry for every key that a response may have."""
    values = table(table(schema.get("properties")).get("values"))
    for key, property in tables(values.get("properties")):
        kind = property.get("dataType")
        if kind == "embeddedData":
            yield Question(key, Kind.EMBEDDED, text=words_of(property.get("description")))
        elif kind == "metadata":
            yield Question(key, Kind.METADATA)
        elif not NOT_ANSWERS.search(key):
            yield _question(key, property, trashed)


def _question(key: str, property: Table, trashed: set[str]) -> Question:
    is_multiple = property.get("type") == "array"
    source = table(property.get("items")) if is_multiple else property
    choices = {
        str(option.get("const")): words_of(option.get("label"))
        for _, option in tables(source.get("oneOf"))
    }
    is_other = bool(OTHER_TEXT_KEY.search(key))
    id = str(property.get("questionId", ""))
    return Question(
        key,
        Kind.CHOICE if choices else Kind.OTHER_TEXT if is_other else Kind.TEXT,
        text=words_of(property.get("description")),
        choices=choices,
        question_id=id,
        is_multiple=is_multiple,
        is_trashed=id in trashed,
    )
