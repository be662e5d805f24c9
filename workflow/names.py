"""Recognize people on our lists in names as somebody typed them."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher

#: Similarity of one name word above which two spellings are taken for the same.
SAME_WORD = 0.75


def recognized(typed: str, people: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of people (id -> name) who are probably meant.

    A family name is enough: excluding one colleague too many does less harm than proposing
    somebody whom the person did not want.
    """
    typed_words = _words(typed)
    return tuple(id for id, name in people.items() if _is_meant(_words(name), typed_words))


def _is_meant(name: list[str], typed: list[str]) -> bool:
    return bool(name) and any(_same(name[-1], word) for word in typed)


def _same(one: str, other: str) -> bool:
    if len(one) < 4 or len(other) < 4:
        return one == other
    return SequenceMatcher(None, one, other).ratio() >= SAME_WORD


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower())
    return re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
