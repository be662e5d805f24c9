"""Live through the requests with one way of choosing, and measure what became of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from random import Random

from matching.fairness import Use, gini, load_of, month_of, quarter_of
from matching.ranking import Candidate, rank
from matching.weights import GRADED, Matching
from matching.wishes import Wishes
from people.supporters import Load, Supporter, SupporterStatus
from program import Program
from tests.comparison.asking import FIRST_DAY, Asked
from workflow.model import Case, Offer, OfferState, State

#: Given the candidates and the request's luck, say whom to ask.
Choice = Callable[[tuple[Candidate, ...], Random], Candidate]

SAYS_NO = 0.15
SUPPORT_DAYS = (7, 60)
#: The wishes that count; site and times are not asked here.
COUNTED = (*GRADED, "language")
#: Everybody is away for three weeks a year, each at their own time.
AWAY_DAYS, YEAR = 21, 365


def ours(candidates: tuple[Candidate, ...], luck: Random) -> Candidate:
    """The first one proposed."""
    return candidates[0]


def says_yes(request: Asked, supporter: Supporter) -> bool:
    """Tell what somebody would answer to this request, whenever they are asked."""
    return Random(f"{request.luck} {supporter.id}").random() >= SAYS_NO


def ends_on(request: Asked) -> date:
    """Return until when whoever supports this person is busy."""
    return request.day + timedelta(days=Random(request.luck).randint(*SUPPORT_DAYS))


def wishes_of(request: Asked, matching: Matching) -> list[str]:
    """Return the wishes that count for this request."""
    stated = Wishes(request.facts, matching).stated
    return [what for what in stated if what in COUNTED]


def is_away(supporter: Supporter, day: date) -> bool:
    since = (day.toordinal() - Random(supporter.id).randrange(YEAR)) % YEAR
    return since < AWAY_DAYS


@dataclass(frozen=True)
class Outcome:
    """What one way of choosing made of the same requests."""

    requests: int
    unmatched: int
    #: Of the wishes that were stated, those that the supporter who said yes meets.
    wishes: float
    gini: float
    never_used: float


@dataclass
class Years:
    """A roster as the years go by: who has what open, who was matched how often."""

    program: Program
    choose: Choice
    open_until: dict[str, list[date]] = field(default_factory=dict)
    matched: Counter[str] = field(default_factory=Counter)
    quarters: dict[str, Counter[str]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    stated: int = 0
    met: int = 0
    unmatched: int = 0

    def live(self, requests: Iterable[Asked]) -> Outcome:
        known = list(requests)
        for request in known:
            self._match(request)
            self.stated += len(wishes_of(request, self.program.matching))
        roster = self.eligible
        shares = [self.matched[one.id] / one.capacity for one in roster]
        return Outcome(
            len(known),
            self.unmatched,
            self.met / self.stated if self.stated else 1.0,
            gini(shares),
            sum(1 for share in shares if not share) / len(roster),
        )

    @cached_property
    def eligible(self) -> list[Supporter]:
        known = self.program.supporters.values()
        # All are trained, refreshers are held in time, and nobody pauses for ten years.
        return [
            replace(one, trained_on=FIRST_DAY, refresher_due=None, status=SupporterStatus.ACTIVE)
            for one in known
        ]

    def _match(self, request: Asked) -> None:
        """Ask one after the other until somebody says yes, as coordinators would."""
        offers: tuple[Offer, ...] = ()
        supporters, loads = self._roster(request.day), self._loads(request.day)
        while len(offers) < len(supporters):
            case = self._case(request, offers)
            ranking = rank(case, None, supporters, loads, self.program.matching, request.day)
            at_ease = tuple(c for c in ranking.candidates if not c.cautions)
            if not at_ease:
                break
            chosen = self.choose(at_ease, Random(f"{request.luck} {len(offers)}"))
            self.asked[chosen.supporter.id] = month_of(request.day)
            if says_yes(request, chosen.supporter):
                return self._accepted(request, chosen)
            said_no = (len(offers) + 1, chosen.supporter.id, OfferState.DECLINED, case.opened_at)
            offers = (*offers, Offer(*said_no))
        self.unmatched += 1

    def _accepted(self, request: Asked, chosen: Candidate) -> None:
        id, quarter = chosen.supporter.id, quarter_of(request.day)
        self.matched[id] += 1
        self.quarters.setdefault(id, Counter())[quarter] += 1
        self.open_until.setdefault(id, []).append(ends_on(request))
        wishes = [what for what, _ in chosen.points if what in COUNTED]
        self.met += sum(1 for what in wishes if what not in chosen.unmet)

    def _roster(self, day: date) -> list[Supporter]:
        """Return everybody as they are on a day: each is away at their own time of the year."""
        return [
            replace(s, status=SupporterStatus.PAUSED) if is_away(s, day) else s
            for s in self.eligible
        ]

    def _loads(self, day: date) -> dict[str, Load]:
        found = {}
        for one in self.eligible:
            still_open = [until for until in self.open_until.get(one.id, ()) if until > day]
            self.open_until[one.id] = still_open
            use = Use(self.quarters.get(one.id, {}), self.asked.get(one.id, ""))
            found[one.id] = load_of(len(still_open), use, day)
        return found

    def _case(self, request: Asked, offers: tuple[Offer, ...]) -> Case:
        at = datetime.combine(request.day, time(12), UTC)
        return Case(request.reference, State.IN_REVIEW, 1, at, at, request.facts, offers=offers)
