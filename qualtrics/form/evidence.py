"""Tells how strongly a question and its answers speak for a fact."""

import re
from collections.abc import Iterable
from enum import StrEnum

from lib.text import plain
from qualtrics.form import wording
from qualtrics.form.questions import Kind, Question

#: Words of a sentence that still asks for one thing, and of one that asks for nothing else.
LONGEST_ASKING, LONGEST_PLAIN = 14, 8
#: Words of an answer that may be the name of something.
LONGEST_NAME = 6
SENTENCE_END = re.compile(r"[.?!:;] |\s[–—]\s")


class Certainty(StrEnum):
    """How sure it is that a question asks for a fact."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "not sure"


def asks(pattern: str, text: str) -> re.Match[str] | None:
    """Return where a text asks for something; a long sentence may only mention it."""
    match = re.search(pattern, text)
    if match is None or re.search(wording.OPINION, text):
        return None
    before, after = _words_around(match, text)
    return match if before + after <= LONGEST_ASKING else None


def asks_early(pattern: str, text: str) -> re.Match[str] | None:
    """Return where a text asks for something, whatever reasons its sentence goes on to give."""
    match = re.search(pattern, text)
    if match is None or re.search(wording.OPINION, text):
        return None
    before, _ = _words_around(match, text)
    return match if before <= LONGEST_PLAIN else None


def certainty_of_text(question: Question) -> Certainty:
    """Return how sure a typed fact is, by how little else its question says."""
    words = len((question.part or question.text).split())
    return Certainty.SURE if words <= LONGEST_PLAIN else Certainty.LIKELY


def certainty_of_choice(words: Iterable[str | None], guesses: Iterable[str]) -> Certainty:
    """Return how sure a fact is whose answers mean these words, or perhaps these guesses."""
    known = [word for word in words if word != ""]
    number = sum(word is not None for word in known)
    if number and 2 * number >= len(known):
        return Certainty.SURE
    return Certainty.LIKELY if number or any(guesses) else Certainty.UNSURE


def is_scale(question: Question) -> bool:
    """Tell whether the answers are numbers, spans, or degrees of something."""
    labels = [plain(label).rstrip(".!") for label in question.choices.values()]
    degrees = sum(bool(re.fullmatch(wording.DEGREE, label)) for label in labels)
    return question.kind is Kind.CHOICE and 2 * degrees >= len(labels)


def may_be_names(question: Question) -> bool:
    """Tell whether a plain question offers names to choose from, whatever they mean."""
    lengths = [len(label.split()) for label in question.choices.values()]
    is_plain = len((question.part or question.text).split()) <= LONGEST_PLAIN
    return is_plain and len(lengths) > 2 and max(lengths) <= LONGEST_NAME


def _words_around(match: re.Match[str], text: str) -> tuple[int, int]:
    """Return how many words of its sentence stand before a match, and from it on."""
    ends = [end.end() for end in SENTENCE_END.finditer(text)]
    start = max((end for end in ends if end <= match.start()), default=0)
    stop = min((end for end in ends if end > match.start()), default=len(text))
    return len(text[start : match.start()].split()), len(text[match.start() : stop].split())
