"""Coverage: which wishes of a department's people fewer than two supporters could meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from lib.languages.said import for_staff, joined, language_named
from matching.exclusions import Exclusions
from matching.weights import Matching
from matching.wishes import Wishes
from people.supporters import Supporter
from workflow.model import Facts, Wish

#: A single supporter could never decline, rest or be away.
ENOUGH = 2
IN, OUTSIDE = "in", "outside"
AT = {IN: for_staff("in %(department)s"), OUTSIDE: for_staff("outside %(department)s")}
NONE, ONE = for_staff("no %(kind)s at all"), for_staff("1 %(kind)s in all")
HERE = for_staff("%(number)s %(kind)s %(where)s")
EACH = for_staff("%(number)s %(kind)s each %(where)s")

PLURAL = {"department": "departments", "role": "roles", "specialty": "specialties"}

#: A department and which side of it to look on: in it or outside it.
Place = tuple[str, str]


@dataclass(frozen=True)
class Vocabulary:
    """What the program's departments, roles and specialties are called, by id."""

    departments: Mapping[str, str]
    roles: Mapping[str, str]
    specialties: Mapping[str, str]
    #: The languages of the forms.
    languages: Iterable[str] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of supporter that people wish for, who that is, and where to look for them."""

    noun: str
    ids: frozenset[str]
    places: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Roster:
    """The supporters on the roster, with what tells which wishes each of them meets."""

    supporters: tuple[Supporter, ...]
    vocabulary: Vocabulary
    matching: Matching
    today: date

    def fitting(self, facts: Facts) -> frozenset[str]:
        """Return the supporters who can be asked and meet every wish in these facts."""
        wishes = Wishes(facts, self.matching)
        return frozenset(s.id for s in self.askable if not wishes.fit(s).unmet)

    def listed(self, what: str) -> dict[str, str]:
        """Return what departments, roles or specialties are called, without "other"."""
        names: Mapping[str, str] = getattr(self.vocabulary, PLURAL[what])
        return {id: name for id, name in names.items() if not self.matching.is_catch_all(what, id)}

    @cached_property
    def askable(self) -> tuple[Supporter, ...]:
        exclusions = Exclusions(None, self.today)
        return tuple(s for s in self.supporters if not exclusions.exclude(s))

    def homes(self, specialty: str) -> frozenset[Place]:
        """Return the departments where someone has this specialty."""
        return frozenset((IN, s.department) for s in self.supporters if s.specialty == specialty)


def gaps(roster: Roster) -> list[str]:
    """Say what the roster lacks, broadest gaps first; gaps that follow from those are left out."""
    names, at = roster.listed("department"), dict[Place, frozenset[str]]()
    for side, wish in ((IN, Wish.SIMILAR), (OUTSIDE, Wish.DIFFERENT)):
        for id in names:
            at[side, id] = roster.fitting(Facts(department=id, wish_department=wish))
    anybody = Kind(for_staff("supporter"), roster.fitting(Facts()), frozenset(at))
    found = list(_missing(anybody, at, names))
    if len(anybody.ids) >= ENOUGH:
        covered = {place: ids for place, ids in at.items() if len(ids) >= ENOUGH}
        for kind in _merged(_kinds(roster, frozenset(at))):
            found += _missing(kind, covered, names)
    return found


def _kinds(roster: Roster, everywhere: frozenset[Place]) -> Iterator[Kind]:
    """Yield the kinds of supporters that people wish for.

    A specialty is looked for only in its own departments: no other could have it.
    """
    fitting = roster.fitting
    for id, noun in _nouns(roster.listed("role")):
        yield Kind(noun, fitting(Facts(role=id, wish_role=Wish.SIMILAR)), everywhere)
    for id, noun in _nouns(roster.listed("role")):
        others = fitting(Facts(role=id, wish_role=Wish.DIFFERENT))
        yield Kind(
            for_staff("supporter with a role other than %(role)s", role=noun), others, everywhere
        )
    for id, noun in _nouns(roster.listed("specialty")):
        alike = fitting(Facts(specialty=id, wish_specialty=Wish.SIMILAR))
        yield Kind(for_staff("%(specialty)s supporter", specialty=noun), alike, roster.homes(id))
        others = fitting(Facts(specialty=id, wish_specialty=Wish.DIFFERENT))
        yield Kind(
            for_staff("supporter with a specialty other than %(specialty)s", specialty=noun), others
        )
    for language in roster.vocabulary.languages:
        yield Kind(
            for_staff("supporter who speaks %(language)s", language=language_named(language)),
            fitting(Facts(language=language)),
        )


def _merged(kinds: Iterable[Kind]) -> Iterator[Kind]:
    """Merge kinds that are the same people, so that one gap is reported once."""
    same = defaultdict[tuple[object, ...], list[Kind]](list)
    for kind in kinds:
        same[kind.ids or kind.noun, kind.places].append(kind)
    for alike in same.values():
        yield replace(alike[0], noun=joined(" or ", (kind.noun for kind in alike)))


def _missing(
    kind: Kind, at: Mapping[Place, frozenset[str]], names: Mapping[str, str]
) -> Iterator[str]:
    """Say where there are too few of a kind, or only that there are too few in all."""
    if len(kind.ids) < ENOUGH:
        yield for_staff(ONE if kind.ids else NONE, kind=kind.noun)
        return
    few = defaultdict[tuple[str, int], list[str]](list)
    for side, id in at:
        if (side, id) in kind.places:
            few[side, len(kind.ids & at[side, id])].append(
                for_staff(AT[side], department=names[id])
            )
    for (_, number), where in sorted(few.items()):
        if number == 0:
            yield for_staff("no %(kind)s %(where)s", kind=kind.noun, where=joined(" or ", where))
        elif number < ENOUGH:
            told = EACH if len(where) > 1 else HERE
            yield for_staff(told, number=number, kind=kind.noun, where=joined(" and ", where))


def _nouns(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Write names as inside a sentence: "nurse practitioner", but "RN"."""
    for id, name in names.items():
        yield id, name if name[1:2].isupper() else name[:1].lower() + name[1:]
