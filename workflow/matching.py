"""Matching: who can be proposed to a requester, in which order, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from operator import attrgetter
from typing import NamedTuple

from workflow.exclusions import cautions, is_excluded
from workflow.fairness import Turn, turn
from workflow.model import Case, Facts, Identity
from workflow.supporters import Load, Supporter
from workflow.weights import Matching
from workflow.wishes import Fit, fit, given_up

#: With fewer than these who meet every wish, it is said which wish could be given up.
ENOUGH = 2
MOST_SAID, MOST_NAMED = 4, 2

NOTHING_OPEN = Load()
#: Whoever is alike in all this is alike in how far they meet a wish.
_profile = attrgetter("role", "specialty", "department", "languages", "site", "times")


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
    fits: dict[object, Fit] = {}
    turns: dict[object, Turn] = {}
    drawn: list[tuple[float, bytes, Candidate]] = []
    not_wanted = unavailable = 0
    for one in supporters:
        if identity is not None and one.id in identity.not_wanted_ids:
            not_wanted += 1
        elif is_excluded(one, identity, today):
            unavailable += 1
        else:
            load = loads.get(one.id, NOTHING_OPEN)
            # Many are alike in what counts: each kind is measured once.
            profile, state = _profile(one), (load, one.capacity)
            if profile not in fits:
                fits[profile] = fit(one, case.facts, matching)
            if state not in turns:
                turns[state] = turn(load, one.capacity, matching.weights)
            but = tuple(cautions(one, case, identity, load, today))
            candidate = _candidate(one, fits[profile], turns[state], but, matching)
            drawn.append((-candidate.score, _draw(case, one), candidate))
    drawn.sort(key=lambda one: one[:2])
    return Ranking(tuple(one[2] for one in drawn), not_wanted, unavailable, case.facts)


def _candidate(
    supporter: Supporter, fit: Fit, turn: Turn, but: tuple[str, ...], matching: Matching
) -> Candidate:
    points = fit.points + turn.points
    if but:
        points += (("cautions", -matching.weights.caution * len(but)),)
    score = round(sum([number for _, number in points]), 6)
    reasons = (*fit.reasons, *turn.reasons, f"reads mail {supporter.checks_mail.value}")
    return Candidate(supporter, score, reasons, but, fit.unmet, points)


def _counted(more: Sequence[Candidate]) -> str:
    """Say how many, and who they are while it is easy to find them by name."""
    names = " and ".join(candidate.supporter.name for candidate in more[:MOST_NAMED])
    return f"{len(more)} more" + (f" ({names})" if len(more) <= MOST_NAMED else "")


def _draw(case: Case, supporter: Supporter) -> bytes:
    """Order equals by a draw that is the same for everybody who looks at this case."""
    return sha256(f"{case.reference} {supporter.id}".encode()).digest()
