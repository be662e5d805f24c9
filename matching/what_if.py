"""An invented request, to see who would be proposed: key=value words become facts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from matching.weights import GRADED
from people.supporters import TIMES
from workflow.model import Facts, Wish
from workflow.words import listed

WISHES = {wish.value: wish for wish in Wish}
#: Other words for a wish about the department.
OF_DEPARTMENT = {"inside": Wish.SIMILAR, "outside": Wish.DIFFERENT}
KEYS = (*GRADED, "language", *(f"wish.{what}" for what in (*GRADED, "site", "times")))


class NotUnderstood(ValueError):
    """A word was not understood; the message is one sentence that names what is allowed."""


def facts_of(words: Iterable[str], known: Mapping[str, Collection[str]]) -> Facts:
    """Read words like "role=physician"; `known` has the existing ids and sites by key."""
    facts = Facts()
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in KEYS:
            raise NotUnderstood(f'"{word}" is not understood: write key=value with {listed(KEYS)}')
        facts = _with(facts, key, value, known)
    return facts


def undecided(facts: Facts) -> tuple[str, ...]:
    """Return the wishes without effect, since the requester's own side is not stated."""
    return tuple(
        what
        for what in GRADED
        if getattr(facts, f"wish_{what}") is not Wish.NO_PREFERENCE and not getattr(facts, what)
    )


def _with(facts: Facts, key: str, value: str, known: Mapping[str, Collection[str]]) -> Facts:
    if key == "language":
        return replace(facts, language=value.lower())
    if key == "wish.times":
        return replace(facts, wish_times=tuple(_one_of(key, v, TIMES) for v in value.split(",")))
    name, what = key.replace(".", "_"), key.removeprefix("wish.")
    if key in known:
        return replace(facts, **{name: _one_of(key, value, known[key])})  # type: ignore[arg-type]
    allowed = WISHES | (OF_DEPARTMENT if what == "department" else {})
    return replace(facts, **{name: allowed[_one_of(key, value, allowed)]})  # type: ignore[arg-type]


def _one_of(key: str, value: str, allowed: Collection[str]) -> str:
    for word in allowed:
        if word.casefold() == value.strip().casefold():
            return word
    raise NotUnderstood(f'"{value}" is not a {key} that we know: write {listed(allowed)}')
