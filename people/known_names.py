"""The people on our lists, found by the words of their names."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lib.text import folded
from people.nicknames import whole_names
from people.wording import AFTER_A_NAME, ALSO_WORDS, AROUND_NAMES, AROUND_WHOLE_ENTRY
from people.words_of_names import (
    Likeness,
    Words,
    is_given,
    is_like,
    is_name_here,
    is_short_form,
    is_usual,
    likeness_of,
    name_in,
    without_usual_words,
    words_of,
)

#: Below this likeness, two words have nothing to do with each other.
NEAR_WORD = 65
#: How many words before and after a family name may hold its given name.
REACH = 4
#: How many words of an entry may be unknown names of a person whom we know.
LONGEST_NAME = 3
#: Shorter words are a given name in a sentence only if they begin with a capital: "Jo".
SHORTEST = 3
#: What may come before a name that is alone in an entry.
ANYBODY_BUT = re.compile(
    r"^\W*(?:any|every)(?:one|body)(?: else)? (?:but|except)|^cualquiera (?:menos|excepto)",
    flags=re.IGNORECASE,
)
#: Begins another group of people behind a description.
MORE = re.compile(
    r"\b(any(one|body)|every(one|body)|all|plus|people|whoever|also)\b", flags=re.IGNORECASE
)
#: The first letter of the scripts that often have no spaces between words, or attach particles.
UNSPACED = "\u0590"


@dataclass(frozen=True)
class Name:
    ids: tuple[str, ...]
    words: Words

    @property
    def given(self) -> str:
        return self.words[0]

    @property
    def every_word(self) -> set[str]:
        return {*self.words, *self.family}

    @property
    def family(self) -> set[str]:
        """Return the family name and its parts; short middle words are particles or initials."""
        middle = {word for word in self.words[1:-1] if len(word) > 3}
        return {self.words[-1], "".join(self.words[1:]) or self.given, *middle}


_Index = defaultdict[str, set[Name]]


class KnownNames:
    """The people on our lists, found by the words of their names."""

    def __init__(self, names: list[Name]) -> None:
        self.names = names
        self.unspaced = [(own, n.ids) for n in names if max(own := "".join(n.words)) >= UNSPACED]
        self.by_given, self.by_family = _Index(set), _Index(set)
        for name in names:
            self.by_given[name.given].add(name)
            for word in name.family:
                self.by_family[word].add(name)

    def meant_by(self, entry: str) -> Iterator[tuple[bool, tuple[str, ...]]]:
        """Yield (is it certain, ids) for each name in an entry."""
        words = words_of(folded(entry))
        alone = self._alone(words)
        is_anybody, certain = False, list[Name]()
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
            ids, is_anybody = tuple(sorted({id for name in meant for id in name.ids})), True
            is_certain = len(_people(meant)) == 1 and not is_near and not is_other
            certain += meant if is_certain else []
            yield is_certain, ids
        glued = "".join(words)
        for own, ids in self.unspaced:
            if own in glued and own not in words:
                is_anybody = True
                yield True, ids
        if not is_anybody and (perhaps := self._formerly(words)):
            yield False, perhaps
        if mentioned := self._mentioned(entry, certain):
            yield False, mentioned

    def called_by_usual_word(
        self, entry: str, units: Collection[str], certain: Collection[str] = ()
    ) -> Iterator[str]:
        """Yield the ids of everyone whose name is a usual word or a unit's: "Dr. Young", "Ed"."""
        theirs = {word for one in self.names if {*certain} & {*one.ids} for word in one.every_word}
        written = words_of(entry)
        words = [folded(word) for word in written]
        others = {*words} - AROUND_WHOLE_ENTRY
        for before, own, word in zip(["", *words], written, words, strict=False):
            is_unit, is_alone = word in units, others <= {word}
            is_word = word in AROUND_NAMES | AFTER_A_NAME or is_unit
            if is_word and word not in theirs and is_name_here(own, before, is_alone, is_unit):
                yield from (id for name in self.called(word) for id in name.ids)

    def called(self, word: str) -> set[Name]:
        """Return everyone whose given or family name is exactly this word."""
        return self.by_given.get(word, set()) | self.by_family.get(word, set())

    def says_only(self, entry: str, meant: Iterable[str]) -> bool:
        """Tell whether an entry says nothing but the names of these people, and who they are."""
        theirs = {word for one in self.names if {*meant} & {*one.ids} for word in one.every_word}
        is_named, chunks = False, ANYBODY_BUT.sub("", entry).split()
        for place, chunk in enumerate(chunks):
            words = words_of(folded(chunk))
            if is_named and words and words[0] in AFTER_A_NAME:
                return not MORE.search(" ".join(chunks[place:]))
            if any(is_like(word, theirs) for word in words) or self._has_unspaced(chunk):
                is_named = True
            elif re.search(r"\d", chunk) or any(not is_usual(word) for word in words):
                return False
        return True

    def _has_unspaced(self, chunk: str) -> bool:
        glued = "".join(words_of(folded(chunk)))
        return any(own in glued for own, _ in self.unspaced)

    def _mentioned(self, entry: str, certain: list[Name]) -> tuple[str, ...]:
        """Return everyone whose given name stands anywhere in an entry, besides who is certain."""
        capital = [chunk for chunk in entry.split() if chunk != chunk.lower()]
        large = {*words_of(folded(" ".join(capital)))}
        titled = {*words_of(folded(" ".join(one for one in capital if not one.isupper())))}
        usual = AROUND_NAMES | AFTER_A_NAME
        other_words, found = usual | ALSO_WORDS, set[str]()
        for word in dict.fromkeys(words_of(folded(entry))):
            is_short = len(word) < SHORTEST
            if (is_short or word in other_words) and word not in large:
                continue
            if is_short and (word in usual or word not in titled):
                continue
            if not any(word in one.every_word or is_given(one.given, word) for one in certain):
                called = self._called(word, may_slip=word in large - other_words)
                found |= {id for name in called for id in name.ids}
        return tuple(sorted(found))

    def _called(self, word: str, may_slip: bool) -> Iterator[Name]:
        """Yield whose given name a word is: as it is, as a usual short form, or with a slip.

        A slip counts with a capital letter only: "files" is not Miles.
        """
        for likeness, names in _like(word, self.by_given) if may_slip else ():
            yield from names if likeness >= Likeness.SLIP else ()
        for whole in whole_names(word):
            yield from self._by_whole_name.get(whole, ())

    @cached_property
    def _by_whole_name(self) -> Mapping[str, set[Name]]:
        found = _Index(set)
        for given, names in self.by_given.items():
            for whole in whole_names(given):
                found[whole] |= names
        return found

    def _formerly(self, words: list[str]) -> tuple[str, ...]:
        """Return who may have had this name before: the given name fits, the family is unknown."""
        if 2 <= len(words) <= LONGEST_NAME and all(len(word) == 1 for word in words):
            return self._with_initials(words)
        own = list(name_in(words))
        if not 2 <= len(own) <= LONGEST_NAME or len(own[0]) < 3:
            return ()
        fitting = (name for name in self.names if is_given(name.given, own[0]))
        return tuple(sorted({id for name in fitting for id in name.ids}))

    def _with_initials(self, letters: list[str]) -> tuple[str, ...]:
        """Return everyone whose first and last initials these are, in either order."""
        ends = ({letters[0], letters[-1]},)
        fitting = (n for n in self.names if {n.words[0][0], n.words[-1][0]} in ends)
        return tuple(sorted({id for name in fitting for id in name.ids}))

    def is_one_name(self, family: str, given: str) -> bool:
        """Tell whether a family name and the words after its comma name one person."""
        first, then = words_of(folded(family)), words_of(folded(given))
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

    def _likely(self, word: str, around: Words, is_alone: bool) -> dict[Name, Likeness]:
        found = dict[Name, Likeness]()
        for likeness, names in _like(word, self.by_family):
            for name in names:
                has_given = _has_given(name, around)
                if word in AROUND_NAMES | AFTER_A_NAME and not has_given:
                    continue
                if likeness >= Likeness.SLIP or is_alone or has_given:
                    found[name] = max(likeness, found.get(name, likeness))
        for likeness, names in _like(word, self.by_given) if is_alone else ():
            for name in names if likeness > Likeness.NEAR else ():
                found[name] = max(likeness, found.get(name, likeness))
        for name in self.by_given.get(word, ()):
            if name.words[-1][0] in without_usual_words(around):  # "Esther K."
                found[name] = max(Likeness.SLIP, found.get(name, Likeness.SLIP))
        if is_alone and not found and len(word) >= 3:
            short_for = (n for n in self.names if is_short_form(n.given, word))
            found = dict.fromkeys(short_for, Likeness.NEAR)
        return found


def _like(word: str, index: Mapping[str, set[Name]]) -> Iterator[tuple[Likeness, set[Name]]]:
    from rapidfuzz import fuzz, process

    close = process.extract(
        word, index.keys(), scorer=fuzz.ratio, limit=None, score_cutoff=NEAR_WORD
    )
    for other, ratio, _ in close:
        if (likeness := likeness_of(word, other, ratio)) > Likeness.NONE:
            yield likeness, index[other]


def _places(words: list[str]) -> Iterator[tuple[str, Words, Words]]:
    """Yield each word with the words around it that may hold its given name."""
    for place, word in enumerate(words):
        before, after = words[max(0, place - REACH) : place], words[place + 1 : place + 1 + REACH]
        yield word, tuple(before), tuple(after)


def _has_given(name: Name, around: Iterable[str]) -> bool:
    """Tell whether the given name is among these words, perhaps as an initial or short form."""
    return any(is_given(name.given, word) for word in without_usual_words(around, name.given))


def _is_after_other(names: list[Name], before: Words) -> bool:
    """Tell whether another person's given name or initial comes before the family name."""
    own = {word for name in names for word in name.words}
    return bool(before) and before[-1] not in AROUND_NAMES | AFTER_A_NAME | own


def _people(names: Iterable[Name]) -> set[str]:
    """Return one id for each person: all names of one person have the same first id."""
    return {name.ids[0] for name in names}
