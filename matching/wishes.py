"""How far a supporter is what a requester wished for, in points and in words."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from matching.weights import GRADED, SIMILAR_FROM, Matching
from people.supporters import Supporter
from workflow.model import Facts, Wish

#: A wish that was stated and is given up, for the reviewers' page.
GIVEN_UP = {
    "role": {Wish.SIMILAR: "a similar role", Wish.DIFFERENT: "a different role"},
    "specialty": {Wish.SIMILAR: "a similar specialty", Wish.DIFFERENT: "a different specialty"},
    "department": {
        Wish.SIMILAR: "their own department",
        Wish.DIFFERENT: "another department",
    },
}


#: What of a supporter is compared with each wish.
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


class Fit(NamedTuple):
    """What all wishes together make of a supporter."""

    points: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]
    unmet: tuple[str, ...]


class Wishes:
    """The wishes of one request that were stated; the others say nothing.

    Each is compared once with what many supporters have in common.
    """

    def __init__(self, facts: Facts, matching: Matching) -> None:
        self._facts, self._matching = facts, matching
        self._met: dict[tuple[str, object], Met] = {}
        self._stated = tuple((what, COMPARED[what]) for what in _stated(facts))

    def fit(self, supporter: Supporter) -> Fit:
        met = [self._compared(what, getattr(supporter, name)) for what, name in self._stated]
        return Fit(
            tuple([(one.what, one.points) for one in met]),
            tuple([one.words for one in met if one.words]),
            tuple([one.what for one in met if not one.is_as_asked]),
        )

    def points(self, supporter: Supporter) -> float:
        """Return what all wishes together make of somebody, without a word."""
        total = 0.0
        for what, name in self._stated:
            total += self._compared(what, getattr(supporter, name)).points
        return total

    def _compared(self, what: str, theirs: object) -> Met:
        found = self._met.get((what, theirs))
        if found is None:
            share, words, is_as_asked = (
                _graded(what, str(theirs), self._facts, self._matching)
                if what in GRADED
                else STATED[what](theirs, self._facts)
            )
            points = getattr(self._matching.weights, what) * share
            found = self._met[what, theirs] = Met(what, points, words, is_as_asked)
        return found


def given_up(what: str, facts: Facts) -> str:
    """Say a wish as something that can be given up: "a similar role"."""
    if what in GRADED:
        return GIVEN_UP[what][getattr(facts, f"wish_{what}")]
    return {"language": "the form’s language", "site": "the same site"}.get(
        what, "their time of the day"
    )


def _stated(facts: Facts) -> Iterator[str]:
    yield from (w for w in GRADED if getattr(facts, f"wish_{w}") is not Wish.NO_PREFERENCE)
    values = (facts.language, facts.wish_site, facts.wish_times)
    yield from (what for what, value in zip(STATED, values, strict=True) if value)


#: The share of a wish that is met, 0 to 1, the words for it, and whether it is as asked.
Share = tuple[float, str, bool]


def _graded(what: str, theirs: str, facts: Facts, matching: Matching) -> Share:
    """Compare roles, specialties or departments.

    What the requester did not state themselves nobody can be similar to: it decides nothing.
    """
    wish: Wish = getattr(facts, f"wish_{what}")
    own = getattr(facts, what)
    likeness = matching.likeness(what, own, theirs)
    if likeness is None:
        # What the requester did not state themselves is nobody's fault.
        return 0.0, f"{what} not stated", not own
    share = likeness if wish is Wish.SIMILAR else 1 - likeness
    is_similar = likeness >= SIMILAR_FROM
    seen = "same" if likeness >= 1 else "similar" if is_similar else "other"
    is_as_asked = is_similar is (wish is Wish.SIMILAR)
    asked = "as asked" if is_as_asked else "not as asked"
    return share, f"{seen} {what}, {asked}", is_as_asked


def _language(spoken: tuple[str, ...], facts: Facts) -> Share:
    """Compare languages without their regions; nothing stated is nothing to warn of."""
    known = {code.partition("-")[0] for code in spoken}
    speaks = not known or facts.language.partition("-")[0] in known
    return speaks, "" if speaks else "does not speak the language of the form", speaks


def _site(site: str, facts: Facts) -> Share:
    is_there = facts.wish_site.casefold() == site.casefold()
    return is_there, "at the site, as asked" if is_there else "at another site", is_there


def _times(times: tuple[str, ...], facts: Facts) -> Share:
    suits = not times or not set(facts.wish_times).isdisjoint(times)
    return suits, "has time when asked" if suits else "has time at other hours", suits


#: What counts only once somebody stated it.
STATED: dict[str, Callable[..., Share]] = {"language": _language, "site": _site, "times": _times}
