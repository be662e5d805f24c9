"""How matches are shared among supporters, quarter by quarter, for coordinators.

Only quarters that are over count. Repeated reports of the current one would reveal on which day
someone supported someone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matching.fairness import Use, gini, quarter_of
from people.supporters import Supporter


@dataclass(frozen=True)
class Share:
    """One supporter's share of all matches, and their share of the total capacity."""

    supporter: Supporter
    of_capacity: float
    #: By quarter; only quarters that had matches.
    of_matches: Mapping[str, float]
    is_used: bool


@dataclass(frozen=True)
class Sharing:
    """The shares of all supporters, and how uneven they are."""

    quarters: tuple[str, ...]
    #: The number of matches in each quarter.
    matches: Mapping[str, int]
    gini: Mapping[str, float]
    shares: tuple[Share, ...]

    @property
    def never_used(self) -> tuple[Supporter, ...]:
        return tuple(share.supporter for share in self.shares if not share.is_used)


def sharing(
    roster: Iterable[Supporter], uses: Mapping[str, Use], today: date, most: int, least: int = 1
) -> Sharing:
    """Compare matches with capacity in the last `most` quarters that are over.

    Quarters with fewer matches than `least` are left out: they would tell of single requests.
    It covers the whole roster: leaving someone out would show that they are not available now.
    """
    supporters = list(roster)
    known = {one.id: uses.get(one.id, Use()).matches for one in supporters}
    running = quarter_of(today)
    over = {q for matches in known.values() for q in matches if q < running}
    all_matches = {q: sum(one.get(q, 0) for one in known.values()) for q in sorted(over)}
    totals = dict([(q, n) for q, n in all_matches.items() if n >= least][-most:])
    places = sum(one.capacity for one in supporters)
    shares = tuple(
        Share(
            one,
            one.capacity / places,
            {q: known[one.id].get(q, 0) / totals[q] for q in totals},
            any(quarter < running for quarter in known[one.id]),
        )
        for one in supporters
    )
    loads = {q: [known[one.id].get(q, 0) / one.capacity for one in supporters] for q in totals}
    uneven = {q: gini(load) for q, load in loads.items()}
    return Sharing(tuple(totals), totals, uneven, shares)
