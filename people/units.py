"""Units as our lists and requesters write them: who works where, and who leads whom."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from lib.text import folded
from people.records import Identity

Words = tuple[str, ...]

#: Left out of the name of a unit when it is compared.
SMALL = {"and", "the", "of", "for", "und", "la", "el", "los", "las", "de", "del"}
#: Words that name no unit by themselves.
ANY_UNIT = {
    "unit", "ward", "department", "dept", "floor", "team", "service", "area", "level", "shift",
    "night", "day", "evening", "weekend", "unidad", "planta", "piso", "servicio", "turno",
}  # fmt: skip
#: Words beside a unit's name that make it no other unit: who works there, and where it stands.
#: Without the s at their end, as `unit_words` has them.
BESIDE = {
    "hospital", "campu", "main", "building", "bldg", "room", "bed", "inpatient", "staff", "nurse",
    "nursing", "rn", "lpn", "cna", "md", "np", "pa", "resident", "in", "on", "at", "my", "our", "a",
    "i", "work", "usually", "mostly", "currently", "now", "full", "part", "time", "am", "pm",
    "to", "is", "it", "as", "by", "an", "or", "so", "no", "we", "with", "y", "e", "o", "u", "es",
    "edificio", "cama", "habitacion", "enfermera", "enfermero", "enfermeria", "en", "noche", "dia",
    "tarde",
}  # fmt: skip
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    "uno dos tres cuatro cinco seis siete ocho nueve diez",
)
#: One word for what people write differently.
SAME = {
    **{word: str(number) for words in NUMBERS for number, word in enumerate(words.split(), 1)},
    "north": "n.", "south": "s.", "east": "e.", "west": "w.",
    "department": "dept", "centre": "center",
}  # fmt: skip
#: How people write directions beside a number: "4E".
DIRECTIONS = {"n": "n.", "s": "s.", "e": "e.", "w": "w."}
#: Roman numerals at the end of a name: "Medicine IV".
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
ORDINALS = {"st", "nd", "rd", "th"}
#: Words this long may have one typing error.
LONG = 5
#: A short form has at least this many letters of the whole word: "Med".
SHORTEST = 3
#: Capitals this short are words, too: "OR".
SHORT = 2
#: The unit of a request that names none.
NO_UNIT = ""
#: What a reviewer says where no one can tell which unit it is. No unit has this name.
NOT_SAID = "?"


@dataclass(frozen=True)
class Unit:
    """A unit that our lists know, and how else people write it."""

    name: str
    also: tuple[str, ...] = ()

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        return (self.name, *self.also)


class Units:
    """The units that our lists know, found by what people type."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.by_name: Mapping[str, Unit] = {unit.name: unit for unit in units}
        self._spelled: dict[Words, tuple[str, ...]] = {}
        for unit in self.by_name.values():
            for words in filter(None, {unit_words(one) for one in unit.spellings}):
                self._spelled[words] = (*self._spelled.get(words, ()), unit.name)

    def meant_by(self, typed: str) -> tuple[str, ...]:
        """Return the names of the units that a text may mean; () if we know none of them."""
        if found := self._spelled.get(_typed(typed)):  # The usual case, kept fast.
            return found
        whole = [name for name, unit in self.by_name.items() if _is_said(unit, typed)]
        if whole and not self._has_another_number(typed, whole):
            return tuple(whole)
        part = [name for name, unit in self.by_name.items() if _is_part(unit, typed)]
        return tuple(part) if len(part) == 1 else ()

    def is_certain(self, typed: str, found: Collection[str]) -> bool:
        """Tell whether a text names these units and nothing besides: "Night Float Pool" does not.

        A longer name may be another unit, of which our lists know nothing. "Night Float, 4 East"
        may name a second one: a number counts if it is that of another unit.
        """
        units = [self.by_name[name] for name in found]
        spelled = [one for unit in units for one in unit.spellings]
        known = {word for one in spelled for word in listed_words(one)}
        known |= {word for one in spelled for word in initials(one)}
        return bool(found) and not any(
            (word in self._numbers if word.isdecimal() else _tells_apart(word))
            and not any(is_same_word(word, one) for one in known)
            for word in (*_typed(typed), *_abbreviations(typed))
        )

    def spellings(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return every way in which our lists write these units."""
        known = (self.by_name.get(name, Unit(name)) for name in names)
        return tuple(dict.fromkeys(one for unit in known for one in unit.spellings))

    def spellings_of_texts(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return texts that name units, with every other way in which our lists write these."""
        several = tuple(texts)
        names = (name for text in several for name in self.meant_by(text))
        return tuple(dict.fromkeys((*several, *self.spellings(names))))

    def read_otherwise(self, before: "Units") -> tuple[str, ...]:
        """Return spellings by which what people typed may mean a unit that it did not before.

        A new one does. One that is gone does when it was why another was not meant for certain.
        """
        old, new = before.texts_by_words, self.texts_by_words
        added = [text for words, text in new.items() if words not in old]
        gone = [text for words, text in old.items() if words not in new]
        return (*added, *(one for one in gone if self._explains_parts_of(one, before)))

    @cached_property
    def texts_by_words(self) -> dict[Words, str]:
        """All spellings by the words that are compared."""
        spelled = (one for unit in self.by_name.values() for one in unit.spellings)
        return {words: one for one in spelled if (words := unit_words(one))}

    def _explains_parts_of(self, gone: str, before: "Units") -> bool:
        """Tell whether a part of a text, with this or another number, was unknown before."""
        words = gone.split()
        ends = range(1, len(words) + 1)
        runs = [" ".join(words[first:end]) for end in ends for first in range(end)]
        parts = {*runs, *(re.sub(r"\d+", "0", run) for run in runs)}
        return any(self.meant_by(one) and not before.meant_by(one) for one in parts)

    @cached_property
    def _numbers(self) -> frozenset[str]:
        """The numbers in the names of units."""
        spelled = (one for unit in self.by_name.values() for one in unit.spellings)
        return frozenset(number for one in spelled for number in _numbers(listed_words(one)))

    def _has_another_number(self, typed: str, found: Collection[str]) -> bool:
        """Tell whether "Medicine 5" would be taken for "Medicine" beside a "Medicine 4"."""
        if not _numbers(_typed(typed)) or any(_numbers(listed_words(one)) for one in found):
            return False
        numbered = [words for one in self.by_name if _numbers(words := listed_words(one))]
        return any(_contains(words, listed_words(one)) for one in found for words in numbered)


def with_units(identity: Identity, units: Units) -> Identity:
    """Return the identity with what our lists know of the requester's units, and do not know.

    What may be a known unit counts as that one until a reviewer says which it is.
    """
    settled, names, unknown = dict(identity.settled_units), list[str](), list[str]()
    for typed in _stated(identity):
        found = units.meant_by(typed)
        is_certain = units.is_certain(typed, found)
        if typed in settled and not is_certain:
            found = tuple(name for name in [settled[typed]] if name not in ("", NOT_SAID))
        names += found
        unknown += [] if is_certain or typed in settled else [typed]
    known_as = units.spellings(names)
    return replace(identity, known_as=known_as, unknown_units=tuple(unknown))


def may_be_any(identity: Identity) -> bool:
    """Tell whether the requester's unit may be any: no one knows it, or has said which it is.

    Whoever names none must not be shown to the person who leads it. So silence keeps out as many
    people as a unit that no one knows.
    """
    settled = dict(identity.settled_units)
    is_left_open = any(settled.get(typed) == NOT_SAID for typed in _stated(identity))
    return bool(identity.unknown_units) or is_left_open


def _stated(identity: Identity) -> tuple[str, ...]:
    """Return the units of a request as they were typed, NO_UNIT if it names none now."""
    unit = identity.unit if unit_words(identity.unit) else NO_UNIT
    return tuple(dict.fromkeys((unit, *filter(unit_words, identity.former_units))))


def _tells_apart(word: str) -> bool:
    """Tell whether a word beside a unit's name may make it another unit, or name a second one."""
    return not (word.endswith(".") or word in ANY_UNIT or word in BESIDE)


def with_settled_unit(identity: Identity, typed: str, name: str) -> Identity:
    """Return the identity after a reviewer said which listed unit a typed one is; "" for none."""
    others = (one for one in identity.settled_units if one[0] != typed)
    left = tuple(one for one in identity.unknown_units if one != typed)
    return replace(identity, settled_units=(*others, (typed, name)), unknown_units=left)


def leads_them(units: tuple[str, ...], identity: Identity) -> bool:
    """Tell whether one of these units is the requester's, now or before a correction."""
    if not units:
        return False
    typed = (identity.unit, *identity.former_units, *identity.known_as)
    return any(supervises(units, unit) for unit in typed)


def supervises(units: Collection[str], unit: str) -> bool:
    """Tell whether a unit that the requester typed is one of these.

    Ignores case, accents, punctuation, plurals, typing errors and short forms; the typed text may
    have more words. Another number is another unit.
    """
    if not units:
        return False
    return any(_has(unit, known) for known in units)


def unit_words(text: str) -> Words:
    """Return the words by which a unit is compared."""
    plain = re.sub(r"['’]", "", folded(text))
    # Letters and digits are split: "4E" is "4 East".
    raw = re.findall(r"[^\W\d_]+|\d+", plain)
    words = list[str]()
    for place, word in enumerate(raw):
        beside_number = place > 0 and raw[place - 1].isdecimal()
        if word in SMALL or (beside_number and word in ORDINALS):
            continue
        if beside_number and word in DIRECTIONS:
            words.append(DIRECTIONS[word])
        elif place and place == len(raw) - 1 and word in ROMAN:
            words.append(ROMAN[word])
        else:
            word = word.removesuffix("s") or word
            words.append(SAME.get(word, word.lstrip("0") or word))
    return tuple(words)


#: The same for what our lists say, which is compared again and again.
listed_words = lru_cache(maxsize=1 << 14)(unit_words)
# Texts of a requester are forgotten with the next one.
_typed = lru_cache(maxsize=8)(unit_words)


def words_of_unit(text: str) -> str:
    """Return the words of a unit; "" when there are none."""
    return " ".join(unit_words(text))


def is_same_word(one: str, other: str) -> bool:
    """Tell whether two words of a unit's name are the same: typing errors, short forms."""
    if one == other:
        return True
    if not (one.isalpha() and other.isalpha()):
        return False
    from rapidfuzz.distance import OSA

    short, long = sorted((one, other), key=len)
    if len(short) >= LONG and OSA.distance(one, other, score_cutoff=1) <= 1:
        return True
    return SHORTEST <= len(short) <= len(long) - 2 and long.startswith(short)


def span_of(words: Sequence[str], known: Sequence[str]) -> tuple[int, int] | None:
    """Return where the words of a unit stand in a text, as a slice; None if they do not."""
    if not known:
        return None
    for first in range(len(words) - len(known) + 1):
        last = first + len(known)
        if all(map(is_same_word, words[first:last], known)):
            return first, last
    return None


def _contains(words: Sequence[str], known: Sequence[str]) -> bool:
    return span_of(words, known) is not None


def _has(typed: str, spelling: str) -> bool:
    """Tell whether a text has the name of a unit; "OR" counts alone or in capitals."""
    words, known = _typed(typed), listed_words(spelling)
    if spelling.isupper() and len(known) == 1 and len(known[0]) <= SHORT:
        own = tuple(word for word in words if word not in ANY_UNIT)
        return known in (words, own) or spelling.lower() in _capitals(typed)
    if _contains(words, known):
        return True
    # "Mother/Baby" is the "Mother and Baby Unit".
    own = tuple(word for word in known if word not in ANY_UNIT)
    return 2 <= len(own) < len(known) and _contains(words, own)


def _is_said(unit: Unit, typed: str) -> bool:
    """Tell whether a text has the name of a unit, or its initials as the whole or in capitals."""
    if any(_has(typed, one) for one in unit.spellings):
        return True
    spoken = {"".join(_typed(typed)), *_capitals(typed)}
    if any(spoken & initials(one) for one in unit.spellings):
        return True
    return any("".join(listed_words(one)) in _initials(typed) for one in unit.spellings)


def _is_part(unit: Unit, typed: str) -> bool:
    """Tell whether a text with a number is part of the name: "4 East" for "Surgery 4 East"."""
    words = tuple(word for word in _typed(typed) if word not in ANY_UNIT)
    if not _numbers(words) or len(words) < 2:
        return False
    return any(
        _contains(known, words) and _numbers(known) == _numbers(words)
        for known in map(listed_words, unit.spellings)
    )


@lru_cache(maxsize=1 << 14)
def initials(name: str) -> frozenset[str]:
    """Return how the initials of a unit of several words are written: "ld", "ed", "sicu"."""
    words = [word for word in unit_words(name) if word.isalpha()]
    own = [word for word in words if word not in ANY_UNIT]
    found = {"".join(word[0] for word in some) for some in (words, own) if len(some) > 1}
    # "Surgical Intensive Care" is a unit, too: "SICU".
    return frozenset(found | ({f"{some}u" for some in found} if words[-1:] == ["care"] else set()))


@lru_cache(maxsize=8)
def _capitals(typed: str) -> frozenset[str]:
    """Return what is written in capitals, single letters joined: "L & D", "L&D", "ED"."""
    joined = re.sub(r"\b([A-Z])\s*(?:[&+/]|\band\b|\by\b)\s*(?=[A-Z]\b)", r"\1", typed)
    return frozenset(word.lower() for word in re.findall(r"\b[A-Z]{2,6}\b", joined))


def _abbreviations(typed: str) -> frozenset[str]:
    """Return the abbreviations that no word of a text is, as "ae" in "Night Float, A&E"."""
    return _capitals(typed) - {word.lower() for word in re.findall(r"\w+", typed)}


_initials = lru_cache(maxsize=8)(initials.__wrapped__)


def drop_cached() -> None:
    """Drop the units of the person who was compared last."""
    for cached in (_typed, _capitals, _initials):
        cached.cache_clear()


def _numbers(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word.isdecimal())
