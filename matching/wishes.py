"""How far a supporter meets a requester's wishes, in points and in words."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lib.languages.said import for_staff
from matching.weights import GRADED, SIMILAR_FROM, Matching
from people.supporters import Supporter
from workflow.model import Facts, Wish

#: Words on the reviewers' page for a stated wish that could be given up.
GIVEN_UP = {
    "role": {
        Wish.SIMILAR: for_staff("a similar role"),
        Wish.DIFFERENT: for_staff("a different role"),
    },
    "specialty": {
        Wish.SIMILAR: for_staff("a similar specialty"),
        Wish.DIFFERENT: for_staff("a different specialty"),
    },
    "department": {
        Wish.SIMILAR: for_staff("their own department"),
        Wish.DIFFERENT: for_staff("another department"),
    },
}


#: Words on the reviewers' page for a wish when we cannot tell whether anyone meets it.
NOBODY_LIKE = {
    "role": for_staff(
        "They’d like someone with a similar role. Theirs isn’t on our list, so we can’t say who has"
        " it."
    ),
    "specialty": for_staff(
        "They’d like someone with a similar specialty. Theirs isn’t on our list, so we can’t say"
        " who has it."
    ),
    "department": for_staff(
        "They’d like someone from their own department. It isn’t on our list, so no one from there"
        " takes part."
    ),
}
GIVEN_UP_OTHERWISE = {
    "language": for_staff("the form’s language"),
    "site": for_staff("the same site"),
    "times": for_staff("their time of day"),
}
#: What a supporter has where a wish looks, in a word or two.
SAME, SIMILAR, OTHER = for_staff("same"), for_staff("similar"), for_staff("other")
ANY, NOT_STATED = for_staff("may be any"), for_staff("not stated")
SPEAKS, SPEAKS_NOT = for_staff("speaks it"), for_staff("doesn’t speak it")
AS_ASKED, ANOTHER = for_staff("as asked"), for_staff("another")
OTHER_HOURS = for_staff("other hours")
#: Which attribute of a supporter each wish is compared with.
COMPARED = {
    **{what: what for what in GRADED},
    "language": "languages",
    "site": "site",
    "times": "times",
}


class Met(NamedTuple):
    """How far one wish is met, in points and in words."""

    what: str
    points: float
    words: str
    is_as_asked: bool
    #: What the supporter has there, in a word or two: "same".
    found: str
    #: No one can tell, since one side is not stated or may be anything.
    is_unclear: bool = False


class Fit(NamedTuple):
    """How far a supporter meets all wishes of a case."""

    points: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]
    unmet: tuple[str, ...]
    met: tuple[Met, ...]


class Wishes:
    """The stated wishes of one case.

    Each comparison is cached, since many supporters have the same attributes.
    """

    def __init__(self, facts: Facts, matching: Matching) -> None:
        self._facts, self._matching = facts, matching
        self._met: dict[tuple[str, object], Met] = {}
        self._stated = tuple((what, COMPARED[what]) for what in _stated(facts, matching))

    @property
    def stated(self) -> tuple[str, ...]:
        return tuple(what for what, _ in self._stated)

    def fit(self, supporter: Supporter) -> Fit:
        met = [self._compared(what, getattr(supporter, name)) for what, name in self._stated]
        return Fit(
            tuple([(one.what, one.points) for one in met]),
            tuple([one.words for one in met if one.words]),
            tuple([one.what for one in met if not one.is_as_asked]),
            tuple(met),
        )

    def points(self, supporter: Supporter) -> float:
        """Return the points of all wishes together, without reasons in words."""
        total = 0.0
        for what, name in self._stated:
            total += self._compared(what, getattr(supporter, name)).points
        return total

    def _compared(self, what: str, theirs: object) -> Met:
        found = self._met.get((what, theirs))
        if found is None:
            share = (
                _graded(what, str(theirs), self._facts, self._matching)
                if what in GRADED
                else STATED[what](theirs, self._facts)
            )
            points = getattr(self._matching.weights, what) * share.share
            found = self._met[what, theirs] = Met(what, points, *share[1:])
        return found


def given_up(what: str, facts: Facts) -> str:
    """Name a wish as something to give up: "a similar role"."""
    if what in GRADED:
        return GIVEN_UP[what][getattr(facts, f"wish_{what}")]
    return GIVEN_UP_OTHERWISE[what]


def unmeetable(facts: Facts, matching: Matching) -> tuple[str, ...]:
    """Say which wishes no one on the roster can meet, since the requester's own side is "other"."""
    return tuple(
        NOBODY_LIKE[what]
        for what in GRADED
        if getattr(facts, f"wish_{what}") is Wish.SIMILAR
        and matching.is_catch_all(what, getattr(facts, what))
    )


def _stated(facts: Facts, matching: Matching) -> Iterator[str]:
    """Yield the wishes that count; the language that everyone speaks is none."""
    yield from (w for w in GRADED if getattr(facts, f"wish_{w}") is not Wish.NO_PREFERENCE)
    is_main = _base(facts.language) == _base(matching.language)
    values = ("" if is_main else facts.language, facts.wish_site, facts.wish_times)
    yield from (what for what, value in zip(STATED, values, strict=True) if value)


class Share(NamedTuple):
    """How much of a wish is met (0 to 1), and what `Met` says of it."""

    share: float
    words: str
    is_as_asked: bool
    found: str
    is_unclear: bool = False


def _graded(what: str, theirs: str, facts: Facts, matching: Matching) -> Share:
    """Compare roles, specialties or departments.

    A wish has no effect while the requester's own side is not stated.
    """
    wish: Wish = getattr(facts, f"wish_{what}")
    own = getattr(facts, what)
    likeness = matching.likeness(what, own, theirs)
    if likeness is None:
        is_stated = bool(own and theirs)
        words = f"{what} not {'on the list, may be any' if is_stated else 'stated'}"
        return Share(0.0, words, not own, ANY if is_stated else NOT_STATED, True)
    share = likeness if wish is Wish.SIMILAR else 1 - likeness
    is_similar = likeness >= SIMILAR_FROM
    seen = SAME if likeness >= 1 else SIMILAR if is_similar else OTHER
    is_as_asked = is_similar is (wish is Wish.SIMILAR)
    asked = "as asked" if is_as_asked else "not as asked"
    return Share(share, f"{seen} {what}, {asked}", is_as_asked, seen)


def _language(spoken: tuple[str, ...], facts: Facts) -> Share:
    """Compare languages without their regions."""
    speaks = _base(facts.language) in map(_base, spoken)
    says = "speaks" if speaks else "doesn't speak"
    return Share(speaks, f"{says} the form's language", speaks, SPEAKS if speaks else SPEAKS_NOT)


def _base(code: str) -> str:
    return code.partition("-")[0]


def _site(site: str, facts: Facts) -> Share:
    is_there = facts.wish_site.casefold() == site.casefold()
    words = "at the site, as asked" if is_there else "at another site"
    return Share(is_there, words, is_there, AS_ASKED if is_there else ANOTHER)


def _times(times: tuple[str, ...], facts: Facts) -> Share:
    suits = not times or not set(facts.wish_times).isdisjoint(times)
    words = "has time when asked" if suits else "has time at other hours"
    return Share(suits, words, suits, AS_ASKED if suits else OTHER_HOURS)


#: Wishes that count only when stated, and how each is compared.
STATED: dict[str, Callable[..., Share]] = {"language": _language, "site": _site, "times": _times}
