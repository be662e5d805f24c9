"""Recognize people on our lists in names that somebody typed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from lib.text import folded
from people.records import Unclear
from people.wording import AFTER_A_NAME, AFTER_NAMES, AROUND_NAMES, is_polite, says_nobody

#: Two long words at least this alike (0 to 100) count as the same word.
SAME_LONG_WORD = 75
#: Below this likeness, two words have nothing to do with each other.
NEAR_WORD = 65
BETWEEN_NAMES = re.compile(
    r"([,;:&+()\n]|(?<!\bn)/|\b(?:and|or|nor|und|oder|et|ou|y|o)\b)", flags=re.IGNORECASE
)
#: How many words before and after a family name may hold its given name.
REACH = 4
#: How much of an entry is shown to the reviewer who must say who is meant.
LONGEST_SHOWN = 200
#: The first letter of the scripts that often have no spaces between words, or attach particles.
UNSPACED = "\u0590"


Words = tuple[str, ...]


class Likeness(IntEnum):
    NONE = 0
    NEAR = 1
    #: One typo in a word so short that many words are that near.
    SHORT_SLIP = 2
    SLIP = 3
    SAME = 4


@dataclass(frozen=True)
class Recognized:
    """Who is certainly meant, who could be, and the names of nobody on our lists."""

    certain: tuple[str, ...]
    unclear: tuple[Unclear, ...]
    rest: str


@dataclass(frozen=True)
class _Name:
    ids: tuple[str, ...]
    words: Words

    @property
    def given(self) -> str:
        return self.words[0]

    @property
    def family(self) -> set[str]:
        """Return the family name and its parts; short middle words are particles or initials."""
        middle = {word for word in self.words[1:-1] if len(word) > 3}
        return {self.words[-1], "".join(self.words[1:]) or self.given, *middle}


def recognize(typed: str, people: Mapping[str, str]) -> Recognized:
    """Find which people (id -> name) the typed text means.

    A family name is enough, and so is a given name by itself: excluding one colleague too many
    does less harm than proposing somebody whom the requester did not want.
    """
    ids = defaultdict[Words, list[str]](list)
    for id, name in people.items():
        ids[_name_words(name)].append(id)
    # A coordinator who is also a supporter has two ids.
    known = _Known([_Name(tuple(theirs), words) for words, theirs in ids.items() if words])
    certain, unclear, rest = dict[str, None](), [], []
    entries = [] if says_nobody(typed) else _entries(typed, known)
    spoken = [entry for entry in entries if not is_polite(entry)] or entries
    for entry in dict.fromkeys(one for one in spoken if not says_nobody(one)):
        groups = list(known.meant_by(entry))
        for is_certain, meant in groups:
            if is_certain:
                certain |= dict.fromkeys(meant)
            else:
                unclear.append(Unclear(entry[:LONGEST_SHOWN], meant))
        rest += [] if groups else [entry]
    return Recognized(tuple(certain), without(unclear, certain), ", ".join(rest))


def without(unclear: Iterable[Unclear], settled: Iterable[str]) -> tuple[Unclear, ...]:
    """Return the unclear names without the people who are already settled."""
    gone = set(settled)
    left = {(one.typed, tuple(id for id in one.could_mean if id not in gone)) for one in unclear}
    return tuple(Unclear(typed, ids) for typed, ids in sorted(left) if ids)


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two entries on our lists have the same name, titles and suffixes aside."""
    return _name_words(one) == _name_words(other)


_Index = defaultdict[str, set[_Name]]


class _Known:
    """The people on our lists, found by the words of their names."""

    def __init__(self, names: list[_Name]) -> None:
        self.names = names
        self.unspaced = [(own, n.ids) for n in names if max(own := "".join(n.words)) >= UNSPACED]
        self.by_given, self.by_family = _Index(set), _Index(set)
        for name in names:
            self.by_given[name.given].add(name)
            for word in name.family:
                self.by_family[word].add(name)

    def meant_by(self, entry: str) -> Iterator[tuple[bool, tuple[str, ...]]]:
        """Yield (is it certain, ids) for each name in an entry."""
        words = _words(folded(entry))
        alone = self._alone(words)
        # The same place twice adds nothing.
        for word, before, after in dict.fromkeys(_places(words)):
            found = self._likely(word, before + after, is_alone=word in alone)
            if not found:
                continue
            closest = [name for name, how in found.items() if how is max(found.values())]
            named = [n for n in closest if _has_given(n, before + after)]
            is_other = not named and word not in alone and _is_after_other(closest, before)
            meant = named or closest
            is_near = max(found.values()) is Likeness.NEAR
            ids = tuple(sorted(id for name in meant for id in name.ids))
            yield len(meant) == 1 and not is_near and not is_other, ids
        glued = "".join(words)
        for own, ids in self.unspaced:
            if own in glued and own not in words:
                yield True, ids

    def is_one_name(self, family: str, given: str) -> bool:
        """Tell whether a family name and the words after its comma name one person."""
        first, then = _words(folded(family)), _words(folded(given))
        if not first or not 1 <= len(then) <= 2:
            return False
        return any(_has_given(name, then) for name in self.by_family.get(first[-1], ()))

    def _alone(self, words: list[str]) -> list[str]:
        """Return the words that may each be a whole name: a single word, or only given names."""
        candidates = list[str]()
        for word in words:
            if word in AFTER_A_NAME and candidates:
                break
            if word not in AROUND_NAMES | AFTER_A_NAME:
                candidates.append(word)
        return (
            candidates
            if len(candidates) == 1 or all(word in self.by_given for word in candidates)
            else []
        )

    def _likely(self, word: str, around: Words, is_alone: bool) -> dict[_Name, Likeness]:
        found = dict[_Name, Likeness]()
        for likeness, names in _like(word, self.by_family):
            for name in names:
                has_given = _has_given(name, around)
                if word in AROUND_NAMES and not has_given:
                    continue
                if likeness >= Likeness.SLIP or is_alone or has_given:
                    found[name] = max(likeness, found.get(name, likeness))
        for likeness, names in _like(word, self.by_given) if is_alone else ():
            for name in names if likeness > Likeness.NEAR else ():
                found[name] = max(likeness, found.get(name, likeness))
        for name in self.by_given.get(word, ()):
            if name.words[-1][0] in _without_usual_words(around):  # "Esther K."
                found[name] = max(Likeness.SLIP, found.get(name, Likeness.SLIP))
        if is_alone and not found and len(word) >= 3:
            short_for = (n for n in self.names if n.given.startswith(word))
            found = dict.fromkeys(short_for, Likeness.NEAR)
        return found


def _like(word: str, index: Mapping[str, set[_Name]]) -> Iterator[tuple[Likeness, set[_Name]]]:
    close = process.extract(
        word, index.keys(), scorer=fuzz.ratio, limit=None, score_cutoff=NEAR_WORD
    )
    for other, ratio, _ in close:
        if (likeness := _likeness(word, other, ratio)) > Likeness.NONE:
            yield likeness, index[other]


def _likeness(one: str, other: str, ratio: float) -> Likeness:
    """Compare two words; long ones may have typos, short ones resemble too many others."""
    if one == other:
        return Likeness.SAME
    letters = (len(one) + len(other)) / 2
    if letters >= 7 and ratio >= SAME_LONG_WORD:
        return Likeness.SLIP
    if letters >= 4 and OSA.distance(one, other) <= 1:
        return Likeness.SLIP if letters >= 5 else Likeness.SHORT_SLIP
    return Likeness.NEAR if letters >= 4 and one[0] == other[0] else Likeness.NONE


def _places(words: list[str]) -> Iterator[tuple[str, Words, Words]]:
    """Yield each word with the words around it that may hold its given name."""
    for place, word in enumerate(words):
        before, after = words[max(0, place - REACH) : place], words[place + 1 : place + 1 + REACH]
        yield word, tuple(before), tuple(after)


def _has_given(name: _Name, around: Iterable[str]) -> bool:
    """Tell whether the given name is among these words, perhaps as an initial or short form."""
    return any(_is_given(name.given, word) for word in _without_usual_words(around, name.given))


def _without_usual_words(around: Iterable[str], exactly: str = "") -> tuple[str, ...]:
    """Leave out usual words: "a" is no initial in "I saw a Cole", but it is in "A. Cole" alone."""
    words = tuple(around)
    usual = AROUND_NAMES | AFTER_A_NAME if len(words) > 1 else set[str]()
    return tuple(word for word in words if word == exactly or word not in usual)


def _is_given(given: str, word: str) -> bool:
    if len(word) == 1:
        return word == given[0]
    is_short = len(word) >= 3 and given.startswith(word)
    return is_short or _likeness(given, word, fuzz.ratio(given, word)) >= Likeness.SLIP


def _is_after_other(names: list[_Name], before: Words) -> bool:
    """Tell whether another person's given name or initial comes before the family name."""
    own = {word for name in names for word in name.words}
    return bool(before) and before[-1] not in AROUND_NAMES | AFTER_A_NAME | own


def _entries(typed: str, known: _Known) -> list[str]:
    """Split typed text into names; "Cole, Amara" stays one name if it is somebody on our lists."""
    entries, separator = list[str](), ""
    for number, part in enumerate(BETWEEN_NAMES.split(typed)):
        if number % 2:
            separator = part
        elif entries and separator == "," and known.is_one_name(entries[-1], part):
            entries[-1] = f"{part.strip()} {entries[-1]}"
        elif part.strip():
            entries.append(part.strip())
    return entries


@lru_cache(maxsize=20_000)
def _name_words(name: str) -> tuple[str, ...]:
    """Return the words of a listed name without titles, suffixes and trailing initials."""
    words = _words(folded(name.partition(",")[0]))
    while len(words) > 2 and (words[-1] in AFTER_NAMES or len(words[-1]) == 1):
        words.pop()
    return tuple(words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)
