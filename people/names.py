"""Recognize people on our lists in names that someone typed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lib.text import folded
from people.known_names import KnownNames, Name
from people.lists import Lists, shown
from people.records import Identity, Unclear
from people.wording import AROUND_WHOLE_ENTRY, is_polite, says_nobody
from people.words_of_names import Words, is_name_here, name_words, words_of

BETWEEN_NAMES = re.compile(
    r"([,;:&+()\n]|(?<!\bn)/|\b(?:and|(?-i:[Oo]r)|nor|ni|und|oder|et|ou|y|o)\b)",
    flags=re.IGNORECASE,
)
#: How much of a text is read word by word.
MOST_READ = 2_000
#: How much of an entry is shown to the reviewer who must say who is meant.
LONGEST_SHOWN = 200
NOBODY_KNOWN = Identity()


@dataclass(frozen=True)
class Recognized:
    """The people who are certainly meant or could be, the units meant, and the rest of the text."""

    certain: tuple[str, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    rest: str = ""
    units: tuple[str, ...] = ()


def recognize(typed: str, lists: Lists, identity: Identity = NOBODY_KNOWN) -> Recognized:
    """Find which people, and which units, the typed text means.

    A family name is enough, and so is a given name, which asks in a sentence: excluding one
    colleague too many does less harm than proposing someone whom the requester did not want.
    `identity` says what "my unit" is.
    """
    if says_nobody(typed):
        return Recognized()
    typed, beyond = _as_far_as_read(typed)
    typed = lists.joined(typed)
    known = KnownNames(_names_of(lists))
    entries = _entries(typed, known)
    entries = [entry for entry in entries if not is_polite(entry)] or entries
    certain, unclear, units, rest = dict[str, None](), list[Unclear](), dict[str, None](), []
    for entry in dict.fromkeys(one for one in entries if not says_nobody(one)):
        found = _group(entry, known, lists, identity) or _in_entry(entry, known, lists)
        certain |= dict.fromkeys(found.certain)
        units |= dict.fromkeys(found.units)
        unclear += found.unclear
        rest += [found.rest] if found.rest else []
    is_read = rest or any(re.search(r"\w", entry) for entry in entries)
    rest += [] if is_read else [shown(typed)]
    rest += [beyond] if beyond else []
    return Recognized(tuple(certain), without(unclear, certain), ", ".join(rest), tuple(units))


def _as_far_as_read(typed: str) -> tuple[str, str]:
    """Return what is read word by word, and what lies beyond, which is asked about as a whole."""
    if len(typed) <= MOST_READ:
        return typed, ""
    cut = typed.rfind(" ", 0, MOST_READ) + 1 or MOST_READ
    return typed[:cut], typed[cut:]


def _group(entry: str, known: KnownNames, lists: Lists, identity: Identity) -> Recognized | None:
    if not (group := lists.group_in(entry, identity)):
        return None
    called = known.called_by_usual_word(entry, lists.one_word_units)
    return Recognized(group.ids, _unclear(entry, called), units=group.units)


def _unclear(entry: str, could_mean: Iterable[str]) -> tuple[Unclear, ...]:
    ids = tuple(sorted({*could_mean}))
    return (Unclear(shown(entry)[:LONGEST_SHOWN], ids),) if ids else ()


def _in_entry(entry: str, known: KnownNames, lists: Lists) -> Recognized:
    """Find the people meant by one part of the text; anything beyond a name is left to ask."""
    reached, words = lists.without_contacts(entry)
    groups = [(True, reached), *known.meant_by(lists.without_units(words))]
    certain = dict.fromkeys(id for is_certain, meant in groups if is_certain for id in meant)
    typed = shown(entry)
    maybe = [id for is_certain, meant in groups if not is_certain for id in meant]
    called = known.called_by_usual_word(words, lists.one_word_units, certain)
    unclear = _unclear(entry, (*maybe, *called))
    is_asked = bool(unclear) and len(typed) <= LONGEST_SHOWN
    is_whole = is_asked or (bool(certain) and known.says_only(words, certain))
    return Recognized(tuple(certain), unclear, "" if is_whole else typed)


def _names_of(lists: Lists) -> list[Name]:
    """Return everyone's names; a coordinator who is also a supporter has two ids."""
    ids = defaultdict[Words, list[str]](list)
    for id, name in lists.names.items():
        words = name_words(name)
        for one in dict.fromkeys((words, *_other_names(words, lists.also.get(id, ())))):
            ids[one].append(id)
    return [Name(tuple(theirs), words) for words, theirs in ids.items() if words]


def _other_names(words: Words, also: Iterable[str]) -> Iterator[Words]:
    """Yield former names and nicknames; one word may stand for the given or the family name."""
    for other in map(name_words, also):
        if len(other) == 1 and words:
            yield from ((words[0], *other), (*other, words[-1]))
        yield other


def without(unclear: Iterable[Unclear], settled: Iterable[str]) -> tuple[Unclear, ...]:
    """Return the unclear names without the people who are already settled."""
    gone = set(settled)
    left = {(one.typed, tuple(id for id in one.could_mean if id not in gone)) for one in unclear}
    return tuple(Unclear(typed, ids) for typed, ids in sorted(left) if ids)


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two entries on our lists have the same name, titles and suffixes aside."""
    return name_words(one) == name_words(other)


def _entries(typed: str, known: KnownNames) -> list[str]:
    """Split typed text into names; "Cole, Amara" stays one name if it is someone on our lists."""
    entries, separator = list[str](), ""
    parts = BETWEEN_NAMES.split(typed)
    for number, part in enumerate(parts):
        if number % 2:
            separator = part
            if known.called(folded(part)) and _is_name(part, parts[number - 1], parts[number + 1]):
                title = entries.pop() if entries and _is_around_name(entries[-1]) else ""
                entries.append(f"{title} {part}".strip())
        elif entries and separator == "," and known.is_one_name(entries[-1], part):
            entries[-1] = f"{part.strip()} {entries[-1]}"
        elif part.strip():
            entries.append(part.strip())
    return entries


def _is_name(separator: str, before: str, after: str) -> bool:
    """Tell whether a word that usually joins names is one itself: "Dr. Ni"."""
    is_alone = _is_around_name(before) and _is_around_name(after)
    return is_name_here(separator, "".join(words_of(folded(before))[-1:]), is_alone)


def _is_around_name(text: str) -> bool:
    return {*words_of(folded(text))} <= AROUND_WHOLE_ENTRY
