"""Matching: who can be proposed to a requester, in which order, and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import blake2s
from operator import attrgetter, itemgetter
from typing import NamedTuple

from matching.exclusions import cautions, is_excluded, is_silent
from matching.fairness import Turn, turn
from matching.weights import Matching
from matching.wishes import Fit, fit, given_up
from people.records import Identity
from people.supporters import Load, Supporter
from workflow.model import Case, Facts

#: With fewer than these who meet every wish, it is said which wish could be given up.
ENOUGH = 2
MOST_SAID, MOST_NAMED = 4, 2
#: Stands for every caution where the reason may not be told.
RATHER_NOT = (
    "should rather not be asked; why stands on the page that this request’s mail leads to",
)

NOTHING_OPEN = Load()
#: Whoever is alike in all this meets the wishes alike.
_profile = attrgetter("role", "specialty", "department", "languages", "site", "times")
#: Whoever is alike also in this, and in their load, has the same points.
_kind_of = attrgetter(
    "role", "specialty", "department", "languages", "site", "times", "capacity", "checks_mail"
)


class Kind(NamedTuple):
    """What is the same for all who are alike in what counts; each kind is measured once."""

    score: float
    reasons: tuple[str, ...]
    unmet: tuple[str, ...]
    points: tuple[tuple[str, float], ...]


class Candidate(NamedTuple):
    """A supporter who may be proposed, with the reasons in words."""

    supporter: Supporter
    score: float
    reasons: tuple[str, ...]
    #: Why they should rather not be asked; choosing them stays possible.
    cautions: tuple[str, ...] = ()
    #: Which wishes ("role", "specialty", "department", …) they do not meet.
    unmet: tuple[str, ...] = ()
    #: What the score is the sum of.
    points: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Ranking:
    candidates: tuple[Candidate, ...]
    excluded_by_wish: int = 0
    unavailable: int = 0
    facts: Facts = field(default_factory=Facts)

    @property
    def choosable(self) -> frozenset[str]:
        return frozenset(c.supporter.id for c in self.candidates)

    @cached_property
    def to_relax(self) -> tuple[str, ...]:
        """Say what to give up to get how many more, when fewer than two meet every wish."""
        by_obstacles: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Candidate]] = {}
        for candidate in self.candidates:
            by_obstacles.setdefault((candidate.unmet, candidate.cautions), []).append(candidate)
        if len(by_obstacles.pop(((), ()), ())) >= ENOUGH:
            return ()
        fewest = min((len(unmet) + len(but) for unmet, but in by_obstacles), default=0)
        found = [
            (-len(more), f"{self._without(unmet, but)}: {_counted(more)}")
            for (unmet, but), more in by_obstacles.items()
            if len(unmet) + len(but) == fewest
        ]
        return tuple(words for _, words in sorted(found)[:MOST_SAID])

    @property
    def untold(self) -> "Ranking":
        """The same, but not why somebody should rather not be asked: that may tell the unit."""
        candidates = (c._replace(cautions=RATHER_NOT) if c.cautions else c for c in self.candidates)
        return replace(self, candidates=tuple(candidates))

    def _without(self, unmet: tuple[str, ...], but: tuple[str, ...]) -> str:
        wishes = " and ".join(given_up(what, self.facts) for what in unmet)
        told = " and ".join(f"“{words}”" for words in but)
        both = [f"without the wish for {wishes}"] if wishes else []
        both += [f"in spite of {told}"] if told else []
        return ", ".join(both).capitalize()


def rank(
    case: Case,
    identity: Identity | None,
    supporters: Iterable[Supporter],
    loads: Mapping[str, Load],
    matching: Matching,
    today: date,
) -> Ranking:
    """Rank the supporters who may be asked; what was asked before on this case counts too."""
    measure = Measure(case.facts, matching)
    by_score = defaultdict[float, list[tuple[bytes, Candidate]]](list)
    not_wanted = unavailable = 0
    drawn_for = f"{case.reference} ".encode()
    for one in supporters:
        if identity is not None and one.id in identity.not_wanted_ids:
            not_wanted += 1
        elif is_excluded(one, identity, today):
            unavailable += 1
        else:
            load = loads.get(one.id, NOTHING_OPEN)
            but = tuple(cautions(one, case, identity, load, today))
            score, reasons, unmet, points = measure(one, load, len(but))
            if case.offers and is_silent(one, case):
                reasons = (*reasons, "was asked for this request, and has not answered")
            # Equals are drawn: anew for each request, and alike for everybody who looks at it.
            draw = blake2s(drawn_for + one.id.encode()).digest()
            candidate = Candidate(one, score, reasons, but, unmet, points)
            by_score[score].append((draw, candidate))
    ordered = [
        candidate
        for score in sorted(by_score, reverse=True)
        for _, candidate in sorted(by_score[score], key=itemgetter(0))
    ]
    return Ranking(tuple(ordered), not_wanted, unavailable, case.facts)


class Measure:
    """Measures each kind of supporter once: many are alike in all that counts."""

    def __init__(self, facts: Facts, matching: Matching) -> None:
        self._fits: dict[object, Fit] = {}
        self._turns: dict[object, Turn] = {}
        self._kinds: dict[object, Kind] = {}
        self._facts, self._matching = facts, matching

    def __call__(self, supporter: Supporter, load: Load, cautions: int) -> Kind:
        key = (_kind_of(supporter), load, cautions)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._of(supporter, load, cautions)
        return kind

    def _of(self, supporter: Supporter, load: Load, cautions: int) -> Kind:
        weights = self._matching.weights
        profile, state = _profile(supporter), (load, supporter.capacity)
        if profile not in self._fits:
            self._fits[profile] = fit(supporter, self._facts, self._matching)
        if state not in self._turns:
            self._turns[state] = turn(*state, weights)
        wished, due = self._fits[profile], self._turns[state]
        points = wished.points + due.points
        if cautions:
            points += (("cautions", -weights.caution * cautions),)
        # Rounded, so that what is equal on paper is equal here, and drawn.
        score = round(sum([number for _, number in points]), 6)
        reads = f"reads mail {supporter.checks_mail.value}"
        return Kind(score, (*wished.reasons, *due.reasons, reads), wished.unmet, points)


def _counted(more: Sequence[Candidate]) -> str:
    """Say how many, and who they are while it is easy to find them by name."""
    names = " and ".join(candidate.supporter.name for candidate in more[:MOST_NAMED])
    return f"{len(more)} more" + (f" ({names})" if len(more) <= MOST_NAMED else "")
