"""The admins' settings for matching: how much each thing counts, and which ids are similar."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import permutations

#: Someone at least this alike counts as similar.
SIMILAR_FROM = 0.5
WISHES = ("role", "specialty", "department", "language", "site", "times")
GRADED = ("role", "specialty", "department")
FAIRNESS = ("room", "recent", "rest", "never")


@dataclass(frozen=True)
class Weights:
    """Points for each thing in a supporter's favor; a caution takes points away."""

    role: float = 10
    specialty: float = 10
    department: float = 10
    #: Heavier than all other wishes together: a talk needs a language that both speak.
    language: float = 50
    site: float = 6
    times: float = 6
    #: Free capacity now.
    room: float = 1
    #: Few matches in the last year, relative to capacity.
    recent: float = 2
    #: No match for a while.
    rest: float = 1
    #: No known match at all.
    never: float = 0.5
    #: How much of these a supporter loses when few like them are free; 0 takes nothing.
    rare: float = 1
    #: Heavier than all wishes together, so that supporters with a caution come last.
    caution: float = 100

    @property
    def fairness(self) -> float:
        """Return the largest difference that fairness can make between two supporters."""
        return self.room + self.recent + self.rest + self.never

    @property
    def smallest_wish(self) -> float:
        """Return the fewest points that meeting one wish earns; unweighted ones are left out."""
        points = {what: float(getattr(self, what)) for what in WISHES}
        least = (n * SIMILAR_FROM if what in GRADED else n for what, n in points.items() if n)
        return min(least, default=0.0)

    @property
    def wishes(self) -> float:
        """Return the points of all wishes together."""
        return sum(float(getattr(self, what)) for what in WISHES)


Nearness = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Matching:
    """How candidates are scored; without a table of what is near, only equal ids are similar."""

    weights: Weights = Weights()
    #: By wish ("role", "specialty", "department"): how near two ids are, 0 to 1, in both orders.
    near: Mapping[str, Nearness] = field(default_factory=dict)
    #: By wish: the ids for all that is not on the list, such as "other".
    catch_all: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: The language that everyone in the program speaks.
    language: str = "en"

    def is_catch_all(self, what: str, id: str) -> bool:
        return id in self.catch_all.get(what, ())

    def likeness(self, what: str, one: str, other: str) -> float | None:
        """Return how alike two ids are, 0 to 1; None when no one can tell.

        Two people who both chose "other" may be anything.
        """
        if not one or not other:
            return None
        if one == other:
            return None if self.is_catch_all(what, one) else 1.0
        return self.near.get(what, {}).get((one, other), 0.0)


def nearness(groups: Mapping[tuple[str, ...], float]) -> dict[tuple[str, str], float]:
    """Return how near each pair in a group is; where groups overlap, the nearer value counts."""
    near: dict[tuple[str, str], float] = {}
    for ids, how_near in groups.items():
        for pair in permutations(ids, 2):
            near[pair] = max(how_near, near.get(pair, 0.0))
    return near
