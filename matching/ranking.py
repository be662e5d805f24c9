"""Matching: who can be proposed to a requester, in which order, and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import blake2s
from typing import NamedTuple

from lib.languages.said import for_staff, joined
from matching.exclusions import Cautions, Exclusions, is_silent, refused
from matching.fairness import Turn, turn
from matching.saving import FEW, NOTABLE, NOTHING_OPEN, Saving, saving
from matching.weights import Matching
from matching.wishes import Met, Wishes, given_up, unmeetable
from people.records import Identity
from people.supporters import Load, Supporter
from workflow.model import Case, Facts, Wish

#: With fewer supporters than this who meet every wish, we say which wish could be given up.
ENOUGH = 2
SILENT = for_staff("was asked for this request, and has not answered")
#: No caution: no one has to give a reason, which other reviewers of the case would read.
SAME_EVENT = for_staff("has a request after the same event")
MOST_SAID, MOST_NAMED = 4, 2


class Ranked(NamedTuple):
    """A supporter in the ranking, without reasons in words."""

    supporter: Supporter
    load: Load
    #: Why they should rather not be asked.
    cautions: tuple[str, ...]


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
    #: How far each wish is met, when they were asked, and what else there is: also in the reasons.
    wishes: tuple[Met, ...] = ()
    asked: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    open_count: int = 0


@dataclass(frozen=True)
class Ranking:
    """Everyone who may be asked, in order; only candidates on the page get reasons in words."""

    ranked: tuple[Ranked, ...]
    measure: "Measure" = field(compare=False, repr=False)
    excluded_by_wish: int = 0
    unavailable: int = 0
    facts: Facts = field(default_factory=Facts)
    #: Which wishes no one on the roster can meet, and why, in sentences.
    unmeetable: tuple[str, ...] = ()

    @property
    def choosable(self) -> frozenset[str]:
        return frozenset(one.supporter.id for one in self.ranked)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        return tuple(map(self._explained, self.ranked))

    def first(self, number: int) -> list[Candidate]:
        """Return the first candidates without writing the reasons of all."""
        return [self._explained(one) for one in self.ranked[:number]]

    def _explained(self, one: Ranked) -> Candidate:
        return self.measure.explained(one)

    @cached_property
    def to_relax(self) -> tuple[str, ...]:
        """If too few meet all wishes, say which to give up, and how many candidates that adds."""
        by_obstacles: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Candidate]] = {}
        for candidate in self.candidates:
            by_obstacles.setdefault((candidate.unmet, candidate.cautions), []).append(candidate)
        if len(by_obstacles.pop(((), ()), ())) >= ENOUGH:
            return ()
        fewest = min((len(unmet) + len(cautions) for unmet, cautions in by_obstacles), default=0)
        found = [
            (-len(more), joined(": ", (self._without(unmet, cautions), _counted(more))))
            for (unmet, cautions), more in by_obstacles.items()
            if len(unmet) + len(cautions) == fewest
        ]
        return tuple(words for _, words in sorted(found)[:MOST_SAID])

    def _without(self, unmet: tuple[str, ...], cautions: tuple[str, ...]) -> str:
        wishes = joined(" and ", (given_up(what, self.facts) for what in unmet))
        quoted = joined(" and ", (joined("", ("“", words, "”")) for words in cautions))
        both = [for_staff("without the wish for %(wishes)s", wishes=wishes)] if wishes else []
        both += [for_staff("despite %(cautions)s", cautions=quoted)] if quoted else []
        return joined(", ", both).capitalize()


def rank(
    case: Case,
    identity: Identity | None,
    supporters: Iterable[Supporter],
    loads: Mapping[str, Load],
    matching: Matching,
    today: date,
    after_same_event: Collection[str] = frozenset(),
    own: Identity | None = None,
) -> Ranking:
    """Rank the supporters who may be asked about a case; earlier offers of the case count too.

    Those in `after_same_event` are lowered as by a caution. `own` is the identity without what no
    one has confirmed: that excludes, but lowers no one.
    """
    supporters = tuple(supporters)
    kept_back = saving(supporters, loads, today, matching.weights.rare)
    measure = Measure(case, matching, kept_back, after_same_event)
    by_score = defaultdict[float, list[Ranked]](list)
    not_wanted = unavailable = 0
    unwanted = {*(identity.not_wanted_ids if identity is not None else ()), *refused(case)}
    exclusions = Exclusions(identity, today)
    advice = Cautions(case, own or identity, today)
    for one in supporters:
        if one.id in unwanted:
            not_wanted += 1
        elif exclusions.exclude(one):
            unavailable += 1
        else:
            load = loads.get(one.id, NOTHING_OPEN)
            cautions = advice.about(one, load)
            ranked = Ranked(one, load, cautions)
            by_score[measure.score(ranked)].append(ranked)
    ordered = (
        one for score in sorted(by_score, reverse=True) for one in _shuffled(case, by_score[score])
    )
    nobody_like = unmeetable(case.facts, matching)
    return Ranking(tuple(ordered), measure, not_wanted, unavailable, case.facts, nobody_like)


def _shuffled(case: Case, equals: list[Ranked]) -> list[Ranked]:
    """Shuffle equals, differently for each case but the same for everyone who looks at it."""
    if len(equals) > 1:
        seed = f"{case.reference} "
        equals.sort(key=lambda one: blake2s(f"{seed}{one.supporter.id}".encode()).digest())
    return equals


class Measure:
    """Scores supporters for one case; supporters who are alike in all that counts share a score."""

    def __init__(
        self,
        case: Case,
        matching: Matching,
        kept_back: Saving,
        after_same_event: Collection[str] = frozenset(),
    ) -> None:
        self._case, self._weights, self._kept_back = case, matching.weights, kept_back
        self._after_same_event = after_same_event
        self._wishes = Wishes(case.facts, matching)
        self._turns: dict[tuple[Load, int], Turn] = {}
        self._scores: dict[tuple[object, Load, int], float] = {}

    def score(self, ranked: Ranked) -> float:
        supporter, load, _ = ranked
        lowered = self._lowered(ranked)
        key = (supporter.kind, load, lowered)
        score = self._scores.get(key)
        if score is None:
            points = self._wishes.points(supporter) + self._turn(supporter, load).total
            points += self._rarity(supporter, load)
            # Rounded, so that scores that are equal on paper are equal here, and shuffled.
            score = self._scores[key] = round(points - self._weights.caution * lowered, 6)
        return score

    def _lowered(self, ranked: Ranked) -> int:
        """Return how many times the points of a caution are taken away."""
        return len(ranked.cautions) + (ranked.supporter.id in self._after_same_event)

    def explained(self, ranked: Ranked) -> Candidate:
        """Return a ranked supporter as a candidate, with reasons in words."""
        one, load, cautions = ranked
        wished, due = self._wishes.fit(one), self._turn(one, load)
        remarks = self._remarks(one, load, "role" in wished.unmet)
        reads = f"reads mail {one.checks_mail.value}"
        reasons = (*wished.reasons, *due.reasons, reads, *remarks)
        points = (*wished.points, *due.points, ("rare", self._rarity(one, load)))
        if lowered := self._lowered(ranked):
            points += (("cautions", -self._weights.caution * lowered),)
        score, unmet = self.score(ranked), wished.unmet
        return Candidate(
            one, score, reasons, cautions, unmet, points,
            wished.met, due.asked, remarks, load.open_count,
        )  # fmt: skip

    def _remarks(self, one: Supporter, load: Load, is_other_role: bool) -> tuple[str, ...]:
        """Give reasons: an unanswered offer, another request, and few supporters like this one."""
        found: tuple[str, ...] = ()
        if one.id in self._after_same_event:
            found += (SAME_EVENT,)
        if self._case.offers and is_silent(one, self._case):
            found += (SILENT,)
        is_asked_for = self._case.facts.wish_role is Wish.SIMILAR and not is_other_role
        if self._kept_back.share(one, load) >= NOTABLE and not is_asked_for:
            found += (FEW,)
        return found

    def _rarity(self, supporter: Supporter, load: Load) -> float:
        """Return the points taken away to save a supporter for people who ask for one like them."""
        share = self._kept_back.share(supporter, load)
        return 0.0 - share * self._turn(supporter, load).total

    def _turn(self, supporter: Supporter, load: Load) -> Turn:
        key = (load, supporter.capacity)
        found = self._turns.get(key)
        if found is None:
            found = self._turns[key] = turn(load, supporter.capacity, self._weights)
        return found


def _counted(more: Sequence[Candidate]) -> str:
    """Say how many there are, and name them if they are few."""
    names = " and ".join(candidate.supporter.name for candidate in more[:MOST_NAMED])
    if len(more) > MOST_NAMED:
        return for_staff("%(number)s more", number=len(more))
    return for_staff("%(number)s more (%(names)s)", number=len(more), names=names)
