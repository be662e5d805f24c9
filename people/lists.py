"""Everyone on our lists, by what requesters call them: names, units, who leads whom."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from lib.phones import digits_of
from people.records import Identity, Person
from people.same_person import contacts_among, is_requester, traits_of_listed, traits_of_requester
from people.supporters import Supporter
from people.units import (
    ANY_UNIT,
    Units,
    is_same_word,
    leads_them,
    listed_words,
    span_of,
    supervises,
    unit_words,
)

Words = tuple[str, ...]

#: Words around a whole group: "nobody from Medicine 4, please".
AROUND_A_GROUP = {
    "1", "a", "able", "alguien", "all", "an", "any", "anybody", "anyone", "anything", "are", "at",
    "avoid", "be", "belong", "but", "colleague", "companero", "con", "coworker", "de", "del",
    "do", "don", "dont", "el", "else", "en", "everybody", "everyone", "favor", "from", "gente",
    "hablar", "i", "in", "is", "la", "me", "meet", "mi", "mine", "my", "nadie", "ningun", "no",
    "nobody", "none", "not", "on", "one", "other", "our", "own", "people", "person", "personal",
    "please", "por", "que", "quiero", "rather", "same", "see", "somebody", "someone", "speak",
    "staff", "t", "talk", "thank", "that", "to", "todo", "trabaja", "trabaje", "want", "who",
    "whoever", "whole", "with", "work", "would", "you",
}  # fmt: skip
OWN = {"my", "our", "own", "mi", "nuestra", "same"}
OWN_UNIT = {"unit", "ward", "floor", "team", "unidad", "planta", "piso"}
LEADERS = {
    "boss", "manager", "supervisor", "head", "chief", "leader", "lead", "director", "jefe", "jefa",
    "supervisora", "gerente",
}  # fmt: skip
#: Words beside "manager" that still mean who leads the unit.
AROUND_A_LEADER = {"nurse", "direct", "line", "immediate", "current", "enfermeria"}
#: How people write "and" inside the name of a unit.
INNER_AND = re.compile(
    r"(?<![^\W_])([^\W_]+)\s*(?:[&+/]|\b(?:and|y|n)\b)\s*(?=([^\W_]+))", flags=re.IGNORECASE
)
#: A phone number or an address, however it is written.
CONTACT = re.compile(r"\+?[(\d][\d\s().+/-]{5,}\d|[^\s,;:<>()]+@[^\s,;:<>()]+")
#: The most words that the name of a unit has.
LONGEST = 6
#: An "and" that does not end a name; no one types it.
JOINT = "＆"


@dataclass(frozen=True)
class Group:
    """Several people at once, as someone typed them: whole units, or who leads one."""

    units: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lists:
    """The people on our lists, and the units."""

    names: Mapping[str, str]
    #: Former names and nicknames, by id.
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: tuple[Person | Supporter, ...] = ()
    units: Units = field(default_factory=lambda: Units(()))

    def people_of(self, units: Collection[str]) -> tuple[str, ...]:
        """Return the ids of everyone who works in one of these listed units, or leads it."""
        spellings = self.units.spellings(units)
        return tuple(
            one.id
            for one in self.people
            if any(supervises(spellings, text) for text in (one.unit, *one.supervises))
        )

    def leaders_of(self, identity: Identity) -> tuple[str, ...]:
        """Return the ids of everyone who leads the requester's unit."""
        return tuple(one.id for one in self.people if leads_them(one.supervises, identity))

    def own_units(self, identity: Identity) -> tuple[str, ...]:
        """Return the names of the requester's units, as far as our lists know them."""
        found = (name for text in identity.known_as for name in self.units.meant_by(text))
        return tuple(dict.fromkeys(found))

    def group_in(self, entry: str, identity: Identity) -> Group | None:
        """Return the whole group that an entry means; None if it says more, or something else."""
        words = unit_words(entry)
        for name, unit in self.units.by_name.items():
            for spelling in unit.spellings:
                if (rest := _without(words, spelling, entry)) is not None and _is_filler(rest):
                    return Group(units=(name,))
        own = self.own_units(identity)
        is_own = bool(OWN & {*words}) and own
        if is_own and OWN_UNIT & {*words} and _is_filler(words):
            return Group(units=own)
        beside = tuple(word for word in words if word not in LEADERS | AROUND_A_LEADER)
        if is_own and LEADERS & {*words} and _is_filler(beside):
            leaders = self.leaders_of(identity)
            return Group(ids=leaders) if leaders else None
        return None

    def without_units(self, entry: str) -> str:
        """Return an entry without the names of units: "Medicine" is not Ms. Medina."""
        words = list(re.finditer(r"[^\W\d_]+|\d+", entry))
        for first in range(len(words)):
            for last in range(min(len(words), first + LONGEST), first, -1):
                begin, end = words[first].start(), words[last - 1].end()
                if unit_words(entry[begin:end]) in self._spelled:
                    entry = entry[:begin] + " " * (end - begin) + entry[end:]
        return entry

    def without_contacts(self, typed: str) -> tuple[tuple[str, ...], str]:
        """Return whose phone numbers and addresses stand in a text, and the text without these."""
        found = [(one[0], ids) for one in CONTACT.finditer(typed) if (ids := self._whose(one[0]))]
        for contact, _ in found:
            typed = typed.replace(contact, " ")
        return tuple(sorted({id for _, ids in found for id in ids})), typed

    def _whose(self, contact: str) -> set[str]:
        traits = traits_of_requester(Identity(email=contact.strip(".")))
        return {id for one in traits for id in self._by_contact.get(one, ())}

    def joined(self, typed: str) -> str:
        """Return a text in which no unit's name and no listed phone holds what separates people."""
        typed = CONTACT.sub(
            lambda found: (
                digits_of(found[0]) if "@" not in found[0] and self._whose(found[0]) else found[0]
            ),
            typed,
        )
        return INNER_AND.sub(
            lambda found: f"{found[1]}{JOINT}" if self._is_pair(found[1], found[2]) else found[0],
            typed,
        )

    def _is_pair(self, left: str, right: str) -> bool:
        two = (left.casefold(), right.casefold())
        return any(all(map(is_same_word, two, pair)) for pair in self._pairs)

    @cached_property
    def others(self) -> Mapping[str, tuple[Person | Supporter, ...]]:
        """Return the other entries of people who have two ids, one in each of the two files, by id.

        They share an address, a phone or a name. In one file, two entries are two people.
        """
        found = defaultdict[str, list[Person | Supporter]](list)
        by_trait = defaultdict[str, list[Person | Supporter]](list)
        for one in self.people:
            for trait in traits_of_listed(one):
                by_trait[trait].append(one)
        for one in self.people:
            for other in (o for trait in traits_of_listed(one) for o in by_trait[trait]):
                if type(other) is not type(one) and other not in found[one.id]:
                    found[one.id].append(other)
        return {id: tuple(theirs) for id, theirs in found.items() if theirs}

    def other_ids(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the other ids of these people."""
        return frozenset(other.id for id in ids for other in self.others.get(id, ()))

    def kept_apart_as_others(self, identity: Identity) -> tuple[str, ...]:
        """Return the ids of everyone who is kept from a request under another id."""
        # A reviewer who may lead an unknown unit is asked about it if no one else is left.
        certain = replace(identity, perhaps_leading=(), kept_apart_ids=())
        return tuple(
            id
            for id, theirs in self.others.items()
            if any(is_requester(one, certain) or is_kept_apart(one, certain) for one in theirs)
        )

    @cached_property
    def _by_contact(self) -> Mapping[str, set[str]]:
        """The ids of everyone on our lists, by their addresses and phones."""
        found = defaultdict[str, set[str]](set)
        for one in self.people:
            for trait in contacts_among(traits_of_listed(one)):
                found[trait].add(one.id)
        return found

    @property
    def _spellings(self) -> Iterator[str]:
        return (one for unit in self.units.by_name.values() for one in unit.spellings)

    @cached_property
    def _spelled(self) -> frozenset[Words]:
        return frozenset(words for one in self._spellings if (words := unit_words(one)))

    @cached_property
    def one_word_units(self) -> frozenset[str]:
        return frozenset(words[0] for words in self._spelled if len(words) == 1)

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        """The words on both sides of an "and" inside the names of units."""
        found = (pair for one in self._spellings for pair in INNER_AND.findall(one))
        return [(left.casefold(), right.casefold()) for left, right in found]


def is_kept_apart(listed: Person | Supporter, identity: Identity) -> bool:
    """Tell whether a person on our lists is not wanted, too close at work, or the referrer."""
    return (
        listed.id in identity.not_wanted_ids
        or listed.id in identity.referrer_ids
        or listed.id in identity.perhaps_leading
        or listed.id in identity.kept_apart_ids
        or (bool(listed.supervises) and leads_them(listed.supervises, identity))
    )


def _without(words: Words, spelling: str, entry: str) -> Words | None:
    """Return the words beside the name of a unit; None if it does not stand there."""
    known = listed_words(spelling)
    if spelling.isupper() and spelling.isalpha():  # "ED" is a unit, "Ed" is not.
        is_there = re.search(rf"\b{spelling}\b", entry) is not None
    else:
        is_there = len(known) > 1 or known in [(word,) for word in words]
    span = span_of(words, known) if is_there else None
    return words[: span[0]] + words[span[1] :] if span else None


def _is_filler(words: Iterable[str]) -> bool:
    return all(word in AROUND_A_GROUP or word in ANY_UNIT for word in words)


def shown(entry: str) -> str:
    """Return an entry as people read it."""
    return entry.replace(JOINT, " & ")
