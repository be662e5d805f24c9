"""How far a supporter is what a requester wished for, in points and in words."""

from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Met:
    """How far one wish is met, 0 to 1, and the words for it."""

    what: str
    share: float
    words: str
    is_as_asked: bool


@dataclass(frozen=True)
class Fit:
    """What all wishes together make of a supporter."""

    points: tuple[tuple[str, float], ...]
    reasons: tuple[str, ...]
    unmet: tuple[str, ...]


def fit(supporter: Supporter, facts: Facts, matching: Matching) -> Fit:
    """Measure a supporter against every wish that was stated; the others say nothing."""
    met = (*_graded(supporter, facts, matching), *_stated(supporter, facts))
    return Fit(
        tuple((one.what, getattr(matching.weights, one.what) * one.share) for one in met),
        tuple(one.words for one in met if one.words),
        tuple(one.what for one in met if not one.is_as_asked),
    )


def given_up(what: str, facts: Facts) -> str:
    """Say a wish as something that can be given up: "a similar role"."""
    if what in GRADED:
        return GIVEN_UP[what][getattr(facts, f"wish_{what}")]
    return {"language": "the form’s language", "site": "the same site"}.get(
        what, "their time of the day"
    )


def _graded(supporter: Supporter, facts: Facts, matching: Matching) -> Iterator[Met]:
    """Compare roles, specialties and departments, as far as the requester wished for anything.

    What they did not state themselves nobody can be similar to: it decides nothing.
    """
    for what in GRADED:
        wish: Wish = getattr(facts, f"wish_{what}")
        own, theirs = getattr(facts, what), getattr(supporter, what)
        if wish is Wish.NO_PREFERENCE:
            continue
        likeness = matching.likeness(what, own, theirs)
        if likeness is None:
            # What the requester did not state themselves is nobody's fault.
            yield Met(what, 0.0, f"{what} not stated", is_as_asked=not own)
            continue
        share = likeness if wish is Wish.SIMILAR else 1 - likeness
        is_similar = likeness >= SIMILAR_FROM
        seen = "same" if likeness >= 1 else "similar" if is_similar else "other"
        is_as_asked = is_similar is (wish is Wish.SIMILAR)
        asked = "as asked" if is_as_asked else "not as asked"
        yield Met(what, share, f"{seen} {what}, {asked}", is_as_asked)


def _stated(supporter: Supporter, facts: Facts) -> Iterator[Met]:
    """Compare what counts only once somebody stated it."""
    if facts.language:
        speaks = _speaks(supporter, facts.language)
        words = "" if speaks else "does not speak the language of the form"
        yield Met("language", speaks, words, speaks)
    if facts.wish_site:
        is_there = facts.wish_site.casefold() == supporter.site.casefold()
        words = "at the site, as asked" if is_there else "at another site"
        yield Met("site", is_there, words, is_there)
    if facts.wish_times:
        suits = not supporter.times or not set(facts.wish_times).isdisjoint(supporter.times)
        words = "has time when asked" if suits else "has time at other hours"
        yield Met("times", suits, words, suits)


def _speaks(supporter: Supporter, language: str) -> bool:
    """Compare languages without their regions; nothing stated is nothing to warn of."""
    spoken = {code.partition("-")[0] for code in supporter.languages}
    return not spoken or language.partition("-")[0] in spoken
