"""Questions as the response schema lists them: exact keys, recode values and labels."""

import re
from collections.abc import Iterator

from qualtrics.form.questions import Kind, Question, Table, table, tables, words_of

#: What hangs on a question and is no answer: display order, group of a score, browser.
NOT_ANSWERS = re.compile(r"_(DO|NPS_GROUP|BROWSER|VERSION|OS|RESOLUTION)\Z")
OTHER_KEY = re.compile(r"QID\w+?_\d+_TEXT\Z")


def described(schema: Table, trashed: set[str]) -> Iterator[Question]:
    """Yield every key that a response may have."""
    values = table(table(schema.get("properties")).get("values"))
    for key, property in tables(values.get("properties")):
        kind = property.get("dataType")
        if kind == "embeddedData":
            yield Question(key, Kind.EMBEDDED, text=words_of(property.get("description")))
        elif kind == "metadata":
            yield Question(key, Kind.METADATA)
        elif not NOT_ANSWERS.search(key):
            yield _described_question(key, property, trashed)


def _described_question(key: str, property: Table, trashed: set[str]) -> Question:
    is_multiple = property.get("type") == "array"
    source = table(property.get("items")) if is_multiple else property
    choices = {
        str(option.get("const")): words_of(option.get("label"))
        for _, option in tables(source.get("oneOf"))
    }
    is_other = bool(OTHER_KEY.search(key))
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
