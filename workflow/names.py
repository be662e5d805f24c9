"""Recognize people on our lists in names as somebody typed them."""

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher

#: Similarity of two long words above which they are taken for one.
SAME_LONG_WORD = 0.75
#: Letters that Unicode does not take apart into a letter and an accent.
UNACCENTED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe"})
BETWEEN_NAMES = re.compile(r"[,;:/&+()\n]|\b(?:and|or|und|oder|et|ou|y|o)\b")
AFTER_NAMES = {"jr", "sr", "ii", "iii", "iv", "md", "phd", "rn", "np"}


def recognized(typed: str, people: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of people (id -> name) who are probably meant.

    A family name is enough, and so is a given name that stands alone: excluding one colleague
    too many does less harm than proposing somebody whom the person did not want.
    """
    entries = [_words(entry) for entry in BETWEEN_NAMES.split(folded(typed))]
    return tuple(id for id, name in people.items() if _is_meant(_name_words(name), entries))


def folded(text: str) -> str:
    """Return a text without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(UNACCENTED))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _is_meant(name: list[str], entries: list[list[str]]) -> bool:
    if not name:
        return False
    typed = [word for entry in entries for word in entry]
    alone = [entry[0] for entry in entries if len(entry) == 1]
    # The last name counts however short it is; before it stand particles and initials.
    family = name[-1:] + [word for word in name[1:-1] if len(word) > 3]
    has_given_name = any(_same(name[0], word) for word in typed)
    surely_names = typed if has_given_name else alone
    return (
        (has_given_name and any(word[0] in typed for word in family))
        or any(_same(word, other) for word in family for other in typed)
        or any(_same(word, other, slips=1) for word in family for other in surely_names)
        or any(_same(word, other, slips=1) for word in name[:1] for other in alone)
    )


def _same(one: str, other: str, slips: int = 0) -> bool:
    """Allow slips in long names; in short ones, which look like many words, only as told."""
    letters = (len(one) + len(other)) / 2
    if letters >= 7:
        return SequenceMatcher(None, one, other).ratio() >= SAME_LONG_WORD
    if letters >= 5 or (slips and letters >= 4):
        return _is_one_slip(one, other)
    return one == other


def _is_one_slip(one: str, other: str) -> bool:
    """Tell whether one letter is too many, missing or another one, or two have changed places."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _name_words(name: str) -> list[str]:
    """Return the words of a name on our lists without what people write after it."""
    words = _words(folded(name.partition(",")[0]))
    while len(words) > 2 and (words[-1] in AFTER_NAMES or len(words[-1]) == 1):
        words.pop()
    return words


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)
