"""The words of names: which are the same, which are short for another, which say nothing."""

import re
from collections.abc import Collection, Iterable, Iterator
from enum import IntEnum
from functools import lru_cache

from lib.text import folded
from people.nicknames import is_nickname
from people.wording import AFTER_A_NAME, AFTER_NAMES, AROUND_NAMES, GROUPS, TITLES, says_nobody

Words = tuple[str, ...]

#: Two long words at least this alike (0 to 100) count as the same word.
SAME_LONG_WORD = 75


class Likeness(IntEnum):
    NONE = 0
    NEAR = 1
    #: One typo in a word so short that many words are that near.
    SHORT_SLIP = 2
    SLIP = 3
    SAME = 4


def likeness_of(one: str, other: str, ratio: float) -> Likeness:
    """Compare two words; long ones may have typos, short ones resemble too many others."""
    if one == other:
        return Likeness.SAME
    from rapidfuzz.distance import OSA

    letters = (len(one) + len(other)) / 2
    if letters >= 7 and ratio >= SAME_LONG_WORD:
        return Likeness.SLIP
    if letters >= 4 and OSA.distance(one, other) <= 1:
        return Likeness.SLIP if letters >= 5 else Likeness.SHORT_SLIP
    return Likeness.NEAR if letters >= 4 and one[0] == other[0] else Likeness.NONE


def is_short_form(given: str, word: str) -> bool:
    return (len(word) >= 3 and given.startswith(word)) or is_nickname(word, given)


def is_given(given: str, word: str) -> bool:
    if len(word) == 1:
        return word == given[0]
    from rapidfuzz import fuzz

    return (
        is_short_form(given, word)
        or likeness_of(given, word, fuzz.ratio(given, word)) >= Likeness.SLIP
    )


def is_like(word: str, theirs: Collection[str]) -> bool:
    from rapidfuzz import fuzz

    return any(
        word == other
        or is_short_form(other, word)
        or likeness_of(word, other, fuzz.ratio(word, other)) >= Likeness.NEAR
        for other in theirs
    )


def is_usual(word: str) -> bool:
    """Tell whether a word beside a name says nothing more: "Dr.", not "team"."""
    return len(word) == 1 or (word in AROUND_NAMES | AFTER_A_NAME and word not in GROUPS)


def is_name_here(own: str, before: str, is_alone: bool, is_unit: bool = False) -> bool:
    """Tell whether a usual word that is also somebody's name is that name, not the word.

    It is after a title, alone, or with a capital letter. A unit is often in capitals: "ED" is not
    Ed.
    """
    is_large = own.istitle() if is_unit else own != own.lower()
    has_capital = is_large and len(own) > 1 and not says_nobody(own)
    return before in TITLES or is_alone or has_capital


def name_in(words: Iterable[str]) -> Iterator[str]:
    """Yield the words that may be a name: none of the usual ones, up to a description."""
    for word in words:
        if word in AFTER_A_NAME:
            return
        if word not in AROUND_NAMES:
            yield word


def without_usual_words(around: Iterable[str], exactly: str = "") -> tuple[str, ...]:
    """Leave out usual words: "a" is no initial in "I saw a Cole", but it is in "A. Cole" alone."""
    words = tuple(around)
    usual = AROUND_NAMES | AFTER_A_NAME if len(words) > 1 else set[str]()
    return tuple(word for word in words if word == exactly or word not in usual)


@lru_cache(maxsize=20_000)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a listed name without titles, suffixes and trailing initials."""
    words = words_of(folded(name.partition(",")[0]))
    while len(words) > 2 and (words[-1] in AFTER_NAMES or len(words[-1]) == 1):
        words.pop()
    return tuple(words)


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)
