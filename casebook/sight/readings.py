"""What people would read otherwise, and how a form would be read otherwise, by a change of files.

An admin could so have supporters or requesters call whom they like, let a form's answers mean
something else, or put an address into a mail that tells who opened it. So each change waits for a
coordinator, unless it stands in `EXEMPT`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from casebook.sight.parts import PartKey, part_of
from casebook.sight.records import Gain
from program import Program
from program.changes import texts_of_help
from program.files import TEMPLATES
from program.languages.texts import said_otherwise
from qualtrics.survey import FactSources, FormMap, Source

OURS = Path(__file__).parents[2] / TEMPLATES

AT_ONCE = "a wrong number or address of help must not wait; admins and coordinators are told"
RULED = "gains.py and supporters.py know who would see more by it"
TIMES = "when something happens, not what is said or who sees it"
MEETINGS = "a room that moves today must not wait, and no request has to do with it; it is told"
LOOK = "says nothing"
#: What needs no coordinator's yes, and why. A key stands for all below it, "*" for any id.
#: Whatever is not here waits, also what a later release adds.
EXEMPT = {
    "program.emergency_text": AT_ONCE,
    "program.crisis": AT_ONCE,
    "resources.*.contact": AT_ONCE,
    "resources.*.link": AT_ONCE,
    "program.people": RULED,
    "program.duties": RULED,
    "program.units": RULED,
    "program.departments.*.coordinators": RULED,
    "program.departments.*.leads": RULED,
    "program.urgent.ring": RULED,
    "program.promises": RULED,
    "program.time_zone": RULED,
    "program.quiet_hours": RULED,
    "program.working_hours": RULED,
    "program.closed_days": RULED,
    "resources.*.email": RULED,
    "resources.*.hand_over": RULED,
    "forms.*.link": RULED,
    "forms.*.delete_in_qualtrics": "an admin confirms it: it can’t be undone",
    "program.times": TIMES,
    "program.check_in": TIMES,
    "program.feedback": TIMES,
    "program.invitations": TIMES,
    "program.privacy.backups_kept": TIMES,
    "resources.*.always_open": TIMES,
    "resources.*.hours": TIMES,
    "resources.*.expedited": TIMES,
    "program.matching": "says in which order supporters are shown; a coordinator chooses",
    "training.kinds": MEETINGS,
    "training.complete": MEETINGS,
    "training.refresher": MEETINGS,
    "training.sessions": MEETINGS,
    "program.accent": LOOK,
}
#: What a form's answers decide of who sees a request, and who is kept apart from it.
CALLED = {
    "name": "the name",
    "email": "the email address",
    "phone": "the phone",
    "unit": "the unit",
    "department": "the department",
    "not_wanted": "people not wanted",
    "safety": "whether it is urgent",
    "asks_first": "who is asked before a supporter learns their name",
    "contact": "how someone may be contacted",
    "not_before": "when someone may be contacted",
}


def readings(old: Program, new: Program) -> Iterator[Gain]:
    """Return each change that waits for a coordinator, with what was read and what would be."""
    found = (
        *_settings("program", "program.toml", old.file, new.file),
        *_settings("resources", "resources.toml", old.resources, new.resources),
        *_settings("training", "training.toml", old.training, new.training),
        *(line for kind in _forms(old, new) for line in _of_forms(*kind)),
        *_of_templates(old, new),
        *_of_sentences(old, new),
        *_of_logo(old, new),
    )
    # What leads people elsewhere comes first: a mail lists only some lines.
    important = sorted(found, key=lambda what: [*PartKey].index(part_of(what)))
    return (Gain("", what, is_reading=True) for what in important)


def reason_not_to_wait(path: str) -> str:
    """Return why a setting does not wait; "" if it waits."""
    parts = path.split(".")
    return next(
        (why for n in range(len(parts)) if (why := EXEMPT.get(".".join(parts[: n + 1])))), ""
    )


def _settings(path: str, place: str, before: Any, after: Any) -> Iterator[str]:
    """Yield the settings that differ and may not change without a yes."""
    why = reason_not_to_wait(path)
    # What is new as a whole is no correction of a wrong number.
    if before == after or (why and not (why is AT_ONCE and before is None)):
        return
    if path == "resources.*" and after is None:
        return  # Help that is no longer there must not be read of; coordinators are told.
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        for key in {**(before or {}), **(after or {})}:
            inner = ((before or {}).get(key), (after or {}).get(key))
            yield from _settings(f"{path}.*", f"{place}, {key}", *inner)
    elif isinstance(before, BaseModel) or isinstance(after, BaseModel):
        for key in type(before if after is None else after).model_fields:
            was, now = getattr(before, key, None), getattr(after, key, None)
            yield from _settings(f"{path}.{key}", f"{place}, {key}", was, now)
    elif before or after:
        yield from _lines(place, _written(before), _written(after))


def _forms(old: Program, new: Program) -> Iterator[tuple[Mapping[str, FormMap], ...]]:
    yield old.surveys, new.surveys
    yield old.nominations, new.nominations
    yield old.referrals, new.referrals


def _of_forms(before: Mapping[str, FormMap], after: Mapping[str, FormMap]) -> Iterator[str]:
    """Yield how responses would be read otherwise; a form that is new has a line of its own."""
    for id, form in after.items():
        if id not in before:
            yield from _of_new_form(tuple(before.values()), form)
    for id, form in before.items():
        if id not in after:
            yield f"{form.name}: its responses would be read no more"
            continue
        yield from _of_form(form, after[id])


def _of_new_form(known: Sequence[FormMap], new: FormMap) -> Iterator[str]:
    """Yield what a new form reads otherwise than one that we know, by those with most in common."""
    alike = min(known, key=lambda one: len([*_of_form(one, new)]), default=None)
    if alike is not None:
        yield from (f"Unlike {alike.name} until now: {line}" for line in _of_form(alike, new))


def _of_form(before: FormMap, new: FormMap) -> Iterator[str]:
    place = f"survey.toml, {before.name}"
    for key in type(new).model_fields:
        was, now = getattr(before, key, None), getattr(new, key, None)
        if key == "facts":
            yield from _of_facts(before, new)
        elif key != "id":
            yield from _settings(f"forms.*.{key}", f"{place}, {key}", was, now)


def _of_facts(before: FormMap, after: FormMap) -> Iterator[str]:
    """Yield the facts that another question or another answer would say, or none anymore."""
    is_survey = isinstance(after.facts, FactSources)
    for fact in type(after.facts).model_fields:
        old, new = before.source(fact), after.source(fact)
        called = CALLED.get(fact, fact.replace("_", " "))
        says = called if is_survey else f"who is named, and by whom ({called})"
        if old != new:
            yield f"{after.name}: another answer would say {says}: {_meanings(old, new)}"


def _meanings(old: Source | None, new: Source | None) -> str:
    """Say what the answers meant, and would mean; of the same question, only what differs."""
    if old and new and old.key == new.key and old.key:
        differ = (
            a for a in {**old.choices, **new.choices} if old.choices.get(a) != new.choices.get(a)
        )
        said = (f"“{a}”: {_word(old, a)} → {_word(new, a)}" for a in differ)
        return f"{old.key}, {', '.join(said)}"
    return f"{_origin(old)} → {_origin(new)}"


def _word(source: Source, answer: str) -> str:
    return f"“{source.choices[answer]}”" if answer in source.choices else "nothing"


def _origin(source: Source | None) -> str:
    if source is None:
        return "nothing"
    choices = ", ".join(f"“{answer}” = “{word}”" for answer, word in source.choices.items())
    origin = source.key or f"always “{source.always}”"
    return f"{origin} ({choices})" if choices else origin


def _of_templates(old: Program, new: Program) -> Iterator[str]:
    for name in sorted(old.overrides.keys() | new.overrides.keys()):
        was, now = (one.overrides.get(name, _ours(name)) for one in (old, new))
        yield from _lines(f"{TEMPLATES}/{name}", was, now)


def _ours(name: str) -> str:
    path = OURS / name
    is_inside = path.resolve().is_relative_to(OURS)
    return path.read_text() if is_inside and path.is_file() else ""


def _of_sentences(old: Program, new: Program) -> Iterator[str]:
    of_help = {*texts_of_help(old), *texts_of_help(new)}
    for file, sentence, was, now in said_otherwise(old.texts, new.texts):
        if sentence not in of_help:
            yield f"{file}, “{sentence}”: {_quoted(was)} → {_quoted(now)}"


def _of_logo(old: Program, new: Program) -> Iterator[str]:
    if old.logo != new.logo:
        yield "All pages would show another logo" if new.logo else "Pages would show no logo"


def _lines(place: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines that differ, each with what stood in its place."""
    was, now = (
        [line for one in text.splitlines() if (line := " ".join(one.split()))]
        for text in (before, after)
    )
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        for one, other in zip_longest(was[i:j], now[k:m]) if tag != "equal" else ():
            yield f"{place}: {_quoted(one)} → {_quoted(other)}"


def _quoted(text: str | None) -> str:
    return f"“{text}”" if text else "nothing"


def _written(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)
