"""Saving rare supporters: the fuller the roster, the less it is the turn of one of few."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lib.languages.said import for_staff
from matching.exclusions import Exclusions
from people.supporters import Load, Supporter

NOTHING_OPEN = Load()
#: From this share on, the page says so.
NOTABLE = 0.25
FEW = for_staff("few supporters like them are free, and other requesters may ask for one")


@dataclass(frozen=True)
class Saving:
    """How many supporters have a free place, by role and by role and specialty."""

    #: The share of all places that are taken.
    taken: float
    roles: Mapping[str, int]
    kinds: Mapping[tuple[str, str], int]
    weight: float

    def share(self, supporter: Supporter, load: Load) -> float:
        """Return how much of a supporter's turn is kept back, 0 to 1; only free places are."""
        if load.open_count >= supporter.capacity:
            return 0.0
        alike = self.roles.get(supporter.role, 0)
        same = self.kinds.get((supporter.role, supporter.specialty), 0)
        # Measured: a specialty within a role runs out before the role does (`make compare`).
        rarity = (1 / max(1, alike) + 3 / max(1, same)) / 4
        return min(1.0, self.weight * self.taken * rarity)


def saving(
    supporters: Iterable[Supporter], loads: Mapping[str, Load], today: date, weight: float
) -> Saving:
    """Count free places.

    It is the same for every request: whom one requester does not want must not show in the order.
    """
    exclusions = Exclusions(None, today)
    roles, kinds = Counter[str](), Counter[tuple[str, str]]()
    places = taken = 0
    for one in supporters:
        if exclusions.exclude(one):
            continue
        count = loads.get(one.id, NOTHING_OPEN).open_count
        places, taken = places + one.capacity, taken + min(count, one.capacity)
        if count < one.capacity:
            roles[one.role] += 1
            kinds[one.role, one.specialty] += 1
    return Saving(taken / places if places else 0.0, roles, kinds, weight)
