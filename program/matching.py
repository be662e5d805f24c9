"""The admins' [matching] table: read and checked."""

from collections.abc import Iterator

from matching.weights import FAIRNESS, Matching, Weights, nearness
from program.draft import Draft
from program.problems import Problem, shown, suggestion
from program.shapes import MatchingShape

FILE = "program.toml"
#: The tables of similar ids, by the wish that they are for.
TABLES = {"role": "roles", "specialty": "specialties", "department": "departments"}


def matching_of(shape: MatchingShape) -> Matching:
    """Return the table as the ranking needs it."""
    near = {
        wish: nearness({group.ids: group.near for group in getattr(shape.similar, table)})
        for wish, table in TABLES.items()
    }
    return Matching(Weights(**dict(shape.weights)), near)


def matching_problems(draft: Draft) -> Iterator[Problem]:
    """Yield unknown ids, and weights that make no sense."""
    shape = draft.shaped("matching", MatchingShape)
    if shape is not None:
        yield from _unknown(draft, shape)
        yield from _weight_problems(Weights(**dict(shape.weights)))


def _unknown(draft: Draft, shape: MatchingShape) -> Iterator[Problem]:
    for table in TABLES.values():
        known = getattr(draft, table)
        for number, group in enumerate(getattr(shape.similar, table), start=1):
            for id in group.ids:
                if known and id not in known:
                    place = f"matching.similar.{table} (no. {number}).ids"
                    what = f"{shown(id)} is not one of [{table}]"
                    yield Problem(FILE, place, what, suggestion(id, known))


def _weight_problems(weights: Weights) -> Iterator[Problem]:
    place = "matching.weights"
    if not weights.smallest_wish:
        yield Problem(FILE, place, "lets no wish count", "give at least one a weight")
        return
    heaviest = max(FAIRNESS, key=lambda key: float(getattr(weights, key)))
    if weights.fairness >= weights.smallest_wish:
        what = (
            f"together with the others it makes out {weights.fairness:g} points, as much as a wish"
        )
        allowed = (
            f"{_listed()} together must stay under {weights.smallest_wish:g}, what the lightest"
            " wish that is met makes out"
        )
        yield Problem(FILE, f"{place}.{heaviest}", what, allowed)
    if weights.caution <= weights.wishes + weights.fairness:
        what = f"is not heavier than all wishes and fairness, {weights.wishes + weights.fairness:g}"
        allowed = "else somebody who should rather not be asked may come first"
        yield Problem(FILE, f"{place}.caution", what, allowed, is_warning=True)


def _listed() -> str:
    return f"{', '.join(FAIRNESS[:-1])} and {FAIRNESS[-1]}"
