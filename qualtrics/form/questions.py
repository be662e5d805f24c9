"""A form: one Question for each key that the values of a response may have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from typing import Any

from lib.text import one_line

UNSEEN = re.compile(r"<(script|style|video|audio)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
BREAK = re.compile(r"</?(br|div|p|li|ul|ol|tr|td|th|h[1-6])\b[^>]*>|\n", re.IGNORECASE)
TAG = re.compile(r"</?[a-z!][^>]*>", re.IGNORECASE)
LONGEST_MARKUP, LONGEST_TEXT = 20_000, 300

Table = Mapping[str, Any]


class NotAForm(ValueError):
    """The data does not describe a survey."""


class Kind(StrEnum):
    """What a key of a response holds."""

    CHOICE = "choice"
    TEXT = "text"
    OTHER_TEXT = "text beside a choice"
    EMBEDDED = "embedded data"
    METADATA = "metadata"


@dataclass(frozen=True)
class Question:
    """One key of a response's values, and the question that it answers."""

    key: str
    kind: Kind
    text: str = ""
    #: The statement of a matrix, the field of a form, or the choice that a text belongs to.
    part: str = ""
    #: Recode value to label.
    choices: Mapping[str, str] = field(default_factory=dict)
    #: Recode value to its labels in other languages of the form.
    translations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    question_id: str = ""
    is_multiple: bool = False
    is_trashed: bool = False

    @property
    def wording(self) -> str:
        """Return the question as people read it, on one line."""
        return " – ".join(filter(None, (self.text, self.part)))


@dataclass(frozen=True)
class Form:
    """A survey as its owner made it."""

    id: str
    name: str
    language: str
    questions: tuple[Question, ...]
    #: A browser shows a half-filled form to the next person who opens it there.
    is_finished_later: bool = False


def words_of(written: object) -> str:
    """Return a text, which may be HTML, as plain text on one line."""
    text = written[:LONGEST_MARKUP] if isinstance(written, str) else ""
    # Twice, because markup may itself be escaped.
    text = _without_markup(unescape(_without_markup(text)))
    return one_line(text, LONGEST_TEXT)


def _without_markup(text: str) -> str:
    return TAG.sub("", BREAK.sub(" ", UNSEEN.sub(" ", text)))


def tables(written: object) -> Iterator[tuple[str, Table]]:
    """Yield the entries of a table of tables."""
    yield from ((key, table(value)) for key, value in entries(written).items())


def table(value: object) -> Table:
    """Return the value if it is a table, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def entries(value: object) -> dict[str, Any]:
    """Return a table's entries. PHP writes an empty or a 0-numbered table as a list."""
    if isinstance(value, list):
        return {str(number): item for number, item in enumerate(value)}
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else {}
