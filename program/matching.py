"""The admins' [matching] table: read and checked."""

from collections.abc import Iterator, Mapping

from lib.text import plain_words
from matching.weights import FAIRNESS, Matching, Weights, nearness
from program.draft import Draft, Table, words_used
from program.problems import Problem, shown, suggestion
from program.shapes import MatchingShape, ProgramShape

FILE = "program.toml"
#: The tables of similar ids, by the wish that they are for.
TABLES = {"role": "roles", "specialty": "specialties", "department": "departments"}


#: A name that begins or ends with one of these stands for all that is not on its list.
OTHERS = {"other", "another", "elsewhere", "unlisted", "otro", "otra"}


def matching_of(file: ProgramShape) -> Matching:
    """Return the table as the ranking needs it."""
    shape = file.matching
    near = {
        wish: nearness({group.ids: group.near for group in getattr(shape.similar, table)})
        for wish, table in TABLES.items()
    }
    names = {
        "roles": {id: role.name for id, role in file.roles.items()},
        "specialties": file.specialties,
        "departments": {id: department.name for id, department in file.departments.items()},
    }
    catch_all = {wish: catch_all_of(shape, table, names[table]) for wish, table in TABLES.items()}
    return Matching(Weights(**dict(shape.weights)), near, catch_all, file.language)


def catch_all_of(shape: MatchingShape, table: str, names: Mapping[str, str]) -> frozenset[str]:
    """Return the ids for all that is not on a list, as written or else by their names.

    Admins who say what an id is similar to know what it is.
    """
    written: tuple[str, ...] | None = getattr(shape.catch_all, table)
    if written is not None:
        return frozenset(written)
    compared = {id for group in getattr(shape.similar, table) for id in group.ids}
    return (
        frozenset(id for id, name in names.items() if says_other(id) or says_other(name)) - compared
    )


def says_other(name: str) -> bool:
    """Tell whether a name is like "Other role", "Another department" or "Staff, other"."""
    words = plain_words(name)
    return bool(words) and not OTHERS.isdisjoint((words[0], words[-1]))


def matching_problems(draft: Draft) -> Iterator[Problem]:
    """Yield unknown ids, and weights that make no sense."""
    shape = draft.shaped("matching", MatchingShape)
    if shape is not None:
        yield from _unknown(draft, shape)
        yield from _contradictions(shape)
        yield from _weight_problems(Weights(**dict(shape.weights)))


def _unknown(draft: Draft, shape: MatchingShape) -> Iterator[Problem]:
    for table in TABLES.values():
        known = getattr(draft, table)
        for place, id in _written_ids(shape, table):
            if known and id not in known:
                what = f"{shown(id)} is not one of [{table}]"
                yield Problem(FILE, place, what, suggestion(id, known))


def _written_ids(shape: MatchingShape, table: str) -> Iterator[tuple[str, str]]:
    """Yield each id with its place."""
    for number, group in enumerate(getattr(shape.similar, table), start=1):
        yield from ((f"matching.similar.{table} (no. {number}).ids", id) for id in group.ids)
    yield from ((f"matching.catch_all.{table}", id) for id in getattr(shape.catch_all, table) or ())


def _contradictions(shape: MatchingShape) -> Iterator[Problem]:
    for table in TABLES.values():
        similar = {id for group in getattr(shape.similar, table) for id in group.ids}
        for id in sorted(similar.intersection(getattr(shape.catch_all, table) or ())):
            what = f"{shown(id)} stands for all that is not listed, and is similar to something"
            allowed = "take it out here or in [matching.similar]"
            yield Problem(FILE, f"matching.catch_all.{table}", what, allowed)


def unlisted_problems(surveys: Table) -> Iterator[Problem]:
    """Warn about answers like "Another department" that become "not stated"."""
    for word in words_used(surveys, TABLES, with_empty=True):
        answer = word.place.rpartition(".choices.")[2]
        if word.text == "" and says_other(answer):
            what = 'counts as "not stated", although the requester chose it'
            allowed = f"add an entry for it to [{word.table}] in program.toml, and write its id"
            yield Problem("survey.toml", word.place, what, allowed, is_warning=True)


def _weight_problems(weights: Weights) -> Iterator[Problem]:
    place = "matching.weights"
    if not weights.smallest_wish:
        yield Problem(FILE, place, "lets no wish count", "give at least one a weight")
        return
    heaviest = max(FAIRNESS, key=lambda key: float(getattr(weights, key)))
    if weights.fairness >= weights.smallest_wish:
        what = (
            f"together with the others it is worth {weights.fairness:g} points, as much as a wish"
        )
        allowed = (
            f"{_listed()} together must stay under {weights.smallest_wish:g}, what the lightest"
            " wish that is met is worth"
        )
        yield Problem(FILE, f"{place}.{heaviest}", what, allowed)
    if weights.caution <= weights.wishes + weights.fairness:
        what = f"is not heavier than all wishes and fairness, {weights.wishes + weights.fairness:g}"
        allowed = "or someone who is better not asked may come first"
        yield Problem(FILE, f"{place}.caution", what, allowed, is_warning=True)
    others = weights.wishes - weights.language + weights.fairness
    if weights.language and weights.language <= others:
        what = f"is not heavier than everything else together, {others:g}"
        allowed = "or someone who doesn't speak the form's language may come first"
        yield Problem(FILE, f"{place}.language", what, allowed, is_warning=True)


def _listed() -> str:
    return f"{', '.join(FAIRNESS[:-1])} and {FAIRNESS[-1]}"
