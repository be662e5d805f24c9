"""Reads the answers of one response fact by fact, and keeps those that are not readable."""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from lib.text import as_shown, as_text, is_answer, one_line, paragraphs
from qualtrics.survey import FormMap, Source

MOST_CHOICES, LONGEST_CHOICES = 50, 2000
UNREAD_LIMIT = 500


class Reader:
    """Reads one response's answers in the words of its survey's map."""

    def __init__(
        self, survey: FormMap, values: Mapping[str, object], labels: Mapping[str, object]
    ) -> None:
        self.survey = survey
        self.values = values
        self.labels = labels
        #: Facts whose answers we do not understand, with those answers.
        self.unread: dict[str, str] = {}

    def line(self, fact: str, limit: int) -> str:
        """Return a text on one line; set it aside as well if it is too long."""
        text = one_line(self.raw(fact), limit + 1)
        if len(text) > limit:
            self.set_aside(fact)
        return text[:limit].rstrip()

    def paragraphs(self, fact: str, limit: int) -> str:
        """Return a text with its line breaks."""
        return paragraphs(self.raw(fact), limit)

    def raw(self, fact: str) -> str:
        """Return a text unchanged; "" if there is no answer or it is not a text."""
        value, label = self._answer(fact)
        answer = value if is_answer(value) else label
        text = as_text(answer)
        if text is None and is_answer(answer):
            self.set_aside(fact)
        return text or ""

    def line_or_word(self, fact: str, limit: int) -> str:
        """Return a text, or our word where the map gives choices."""
        source = self._source(fact)
        return self.word(fact) if source and source.words else self.line(fact, limit)

    def word(self, fact: str) -> str:
        """Return our word for a single choice; "" if it is not stated or not readable."""
        words = self.words_of_one(fact)
        if not words and self.is_answered(fact):
            self.set_aside(fact)
        return words[0] if words else ""

    def words_of_one(self, fact: str) -> list[str]:
        """Return our words for the recode value and for the label, leaving out unknown ones."""
        source = self._source(fact)
        if source is None:
            return []
        if source.always is not None:
            return [source.always]
        texts = (as_text(_only(answer)) for answer in self._answer(fact))
        words = (source.word_for(text) for text in texts if text is not None)
        return [word for word in words if word is not None]

    def words_of_many(self, fact: str) -> set[str] | None:
        """Return our words for several choices; None if one of them is not readable."""
        source = self._source(fact)
        if source is None or source.always is not None:
            return source.words if source else set()
        values, labels = (_split(source, answer) for answer in self._answer(fact))
        values = values or self._in_columns(source)
        if len(values) != len(labels):
            values, labels = values or labels, []
        words = {_first_known(source, texts) for texts in zip_longest(values, labels)}
        if None in words:
            self.set_aside(fact)
            return None
        return {word for word in words if word is not None}

    def _in_columns(self, source: Source) -> list[str | None]:
        """Return the labels of an answer that a file splits into one column per choice.

        A number is None, not readable: its meaning there differs from export to export.
        """
        column = re.compile(rf"{re.escape(source.key or '')}_\d+")
        answers = (v for key, v in self.values.items() if column.fullmatch(key) and is_answer(v))
        cells = map(as_text, answers)
        return [None if cell is None or cell.strip().isdigit() else cell for cell in cells]

    def is_answered(self, fact: str) -> bool:
        """Tell whether there is any answer, readable or not."""
        return any(is_answer(answer) for answer in self._answer(fact))

    def set_aside(self, fact: str) -> None:
        """Keep an answer that we do not understand, for people to read."""
        shown = filter(None, (as_shown(answer) for answer in self._answer(fact)))
        self.unread[fact] = " / ".join(dict.fromkeys(shown))[:UNREAD_LIMIT].rstrip()

    def _answer(self, fact: str) -> tuple[object, object]:
        source = self._source(fact)
        if source is None or source.key is None:
            return None, None
        return self.values.get(source.key), self.labels.get(source.key)

    def _source(self, fact: str) -> Source | None:
        return self.survey.source(fact)


def _only(answer: object) -> object:
    return answer[0] if isinstance(answer, list) and len(answer) == 1 else answer


def _first_known(source: Source, texts: tuple[str | None, ...]) -> str | None:
    words = (source.word_for(text) for text in texts if text is not None)
    return next((word for word in words if word is not None), None)


def _split(source: Source, answer: object) -> list[str | None]:
    """Return the single choices of a list, or of one text with commas."""
    if not is_answer(answer):
        return []
    if isinstance(answer, list) and len(answer) <= MOST_CHOICES:
        return [as_text(item) for item in answer if is_answer(item)]
    text = as_text(answer)
    if text is None or len(text) > LONGEST_CHOICES:
        return [None]
    return list(_choices_in(source, text))


def _choices_in(source: Source, text: str) -> Iterator[str]:
    parts = re.split(r"[,;\n]", text, maxsplit=MOST_CHOICES)
    while parts:
        # A label may contain commas: take the longest one that we know.
        wholes = (",".join(parts[:n]) for n in range(len(parts), 0, -1))
        choice = next((whole for whole in wholes if source.word_for(whole) is not None), parts[0])
        parts = parts[choice.count(",") + 1 :]
        if is_answer(choice):
            yield choice
