"""What a change of the admins' files means, in sentences for the admins."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from lib.working_time import Span, Working
from people.supporters import Supporter
from program import Program
from program.languages.texts import said_otherwise, sentences
from program.shapes import Crisis, Resource
from workflow.promise_rules import PromiseRule

MOST_NAMED = 10
#: If fewer supporters than this share would stay, an admin must confirm.
FEWEST_TO_STAY = 0.8
#: Tables of program.toml that have sentences of their own.
DESCRIBED = ("people", "duties", "departments", "roles", "promises", "times", "matching")

Table = Mapping[str, Any]


def changes(old: Program, new: Program, open_counts: Mapping[str, int]) -> list[str]:
    """Say what changes; `open_counts` has the number of open cases of each supporter."""
    return [
        *_supporters(old, new, open_counts),
        *_entries("person", "people", old.people, new.people),
        *_duties(old, new),
        *_entries("department", "departments", old.departments, new.departments, "coordinators"),
        *_coordinators(old, new),
        *_entries("role", "roles", old.roles, new.roles),
        *_promises(old, new),
        *_times(old, new),
        *_matching(old, new),
        *_entries("survey", "surveys", old.forms, new.forms),
        *_entries("resource", "resources", old.resources, new.resources),
        *_sessions(old, new),
        *_mails(old, new),
        *_logo(old, new),
        *_the_rest(old, new),
    ]


def told(old: Program, new: Program) -> list[str]:
    """Say what is in force at once although people read it: whom to call, and where to meet.

    All else that people read waits for a coordinator.
    """
    return [*help_told(old, new), *_meetings(old, new)]


def help_told(old: Program, new: Program) -> list[str]:
    """Say what changes of whom people may call: who reviews hears it at once, with old and new."""
    return [
        *_crisis(old, new),
        *_emergency(old, new),
        *_places_of_help(old, new),
        *_help_in_other_languages(old, new),
    ]


def texts_of_help(program: Program) -> set[str]:
    """Return the texts that say whom to call in need, as a catalog may translate them."""
    file, places = program.file, program.resources.values()
    said = {file.crisis.name, file.crisis.text, file.emergency_text}
    said |= {one.contact for one in places}
    # One that reads like a sentence of ours would also stand where ours does.
    return {one for one in said if sentences().get(one) is None}


def irrevocable(old: Program, new: Program, forgotten: int | None) -> list[str]:
    """Say what cannot be taken back; `forgotten` closed cases would be deleted right away.

    None for readers who may be barred from one of them: the number would reveal that case.
    """
    return [
        *_forgets_sooner(old, new, forgotten),
        *_loses_supporters(old, new),
        *_loses_coordinators(old, new),
        *_loses_tables(old, new),
        *_deletes_in_qualtrics(old, new),
    ]


def _sessions(old: Program, new: Program) -> Iterator[str]:
    before, after = old.training.sessions, new.training.sessions
    for names, what in (
        ([after[id].title for id in after if id not in before], "added"),
        ([before[id].title for id in before if id not in after], "removed"),
        ([after[id].title for id in after if id in before and after[id] != before[id]], "changed"),
    ):
        if names:
            yield f"{_counted(len(names), 'training session')} {what}: {_listed(names)}."
    if others := _differing(old.training, new.training, ("sessions",)):
        yield f"Also changed in training.toml: {', '.join(others)}."


def _crisis(old: Program, new: Program) -> Iterator[str]:
    before, after = old.file.crisis, new.file.crisis
    if before != after:
        yield f"Crisis line: {_in_short(before)} → {_in_short(after)}."


def _emergency(old: Program, new: Program) -> Iterator[str]:
    was, now = old.file.emergency_text, new.file.emergency_text
    if was != now:
        yield f"In an emergency: {was} → {now}"


def _places_of_help(old: Program, new: Program) -> Iterator[str]:
    for id in {**old.resources, **new.resources}:
        before, after = old.resources.get(id), new.resources.get(id)
        if after is None:
            yield f"No longer shown: {old.resources[id].name}, {_way_to(old.resources[id])}."
        elif before is None:
            yield f"New: {after.name}, {_way_to(after)}."
        elif _way_to(before) != _way_to(after):
            yield f"{before.name}, {_way_to(before)} → {after.name}, {_way_to(after)}."


def _help_in_other_languages(old: Program, new: Program) -> Iterator[str]:
    of_help = {*texts_of_help(old), *texts_of_help(new)}
    for file, sentence, was, now in said_otherwise(old.texts, new.texts):
        if sentence in of_help:
            yield f"{file}, {sentence}: {was} → {now}"


def _meetings(old: Program, new: Program) -> Iterator[str]:
    before, after = old.training.sessions, new.training.sessions
    for id in (id for id in after if id in before):
        was, now = (f"{one[id].title}, {one[id].place}" for one in (before, after))
        if was != now:
            yield f"Session: {was} → {now}."


def _in_short(line: Crisis) -> str:
    return ", ".join(filter(None, (line.name, line.text, line.phone, line.sms)))


def _way_to(place: Resource) -> str:
    says = (place.contact, place.link)
    return ", ".join(filter(None, says))


def _mails(old: Program, new: Program) -> Iterator[str]:
    names = sorted(old.overrides.keys() | new.overrides.keys())
    differ = [name for name in names if old.overrides.get(name) != new.overrides.get(name)]
    if differ:
        yield f"Emails in your own words: {', '.join(differ[:MOST_NAMED])} changed."
    files = sorted(old.texts.keys() | new.texts.keys())
    if differ := [file for file in files if old.texts.get(file) != new.texts.get(file)]:
        yield f"Sentences in your own words: {', '.join(differ[:MOST_NAMED])} changed."


def _logo(old: Program, new: Program) -> Iterator[str]:
    if old.logo != new.logo:
        yield "Pages show a new logo." if new.logo else "Pages no longer show a logo."


def _forgets_sooner(old: Program, new: Program, forgotten: int | None) -> Iterator[str]:
    before, after = old.times.forget_after, new.times.forget_after
    if after < before:
        spans = f"{span_in_words(after)} after closing instead of {span_in_words(before)}"
        at_once = _counted(forgotten, "closed request") if forgotten else "no closed request"
        counted = "" if forgotten is None else f": {at_once} would be deleted right away"
        yield f"Requests are deleted {spans}{counted}."


def _loses_supporters(old: Program, new: Program) -> Iterator[str]:
    stay = len(old.listed.keys() & new.supporters.keys())
    if stay < FEWEST_TO_STAY * len(old.listed):
        gone = len(old.listed) - stay
        yield f"{gone} of {_counted(len(old.listed), 'supporter')} would be removed."


def _loses_coordinators(old: Program, new: Program) -> Iterator[str]:
    for id in sorted(_coordinators_in(old) - _coordinators_in(new)):
        yield f"{old.people[id].name} would no longer be a coordinator."


def _loses_tables(old: Program, new: Program) -> Iterator[str]:
    """Name tables that are gone: perhaps the file was cut off."""
    lost = sorted(old.file.model_fields_set - new.file.model_fields_set)
    lost += [f"promises.{kind}" for kind in old.file.promises if kind not in new.file.promises]
    for key in lost:
        yield f"program.toml no longer has [{key}]: everything it said would no longer apply."
    # A survey in the place of another is no sign of that.
    is_fewer = len(new.surveys) < len(old.surveys)
    for id in sorted(old.surveys.keys() - new.surveys.keys()) if is_fewer else ():
        yield f"survey.toml no longer has the survey {id}: its responses would be no requests."
    if old.training.sessions and not new.training.sessions:
        yield "training.toml has no sessions any more: whoever comes to one is told it's canceled."
    for what, forms in (("nominations", new.nominations), ("referrals", new.referrals)):
        for id in sorted(old.surveys.keys() & forms.keys()):
            yield f"The survey {id} would bring {what}: its responses would be no requests."


def _deletes_in_qualtrics(old: Program, new: Program) -> Iterator[str]:
    for id, survey in new.forms.items():
        before = old.forms.get(id)
        if survey.delete_in_qualtrics and not (before and before.delete_in_qualtrics):
            what = "answers that we forget would be deleted in Qualtrics, too, for good"
            yield f"{survey.name}: {what}."


def _coordinators_in(program: Program) -> set[str]:
    departments = program.departments.values()
    named = (program.duties.default_coordinators, *(found.coordinators for found in departments))
    return {id for ids in named for id in ids}


def _supporters(old: Program, new: Program, open_counts: Mapping[str, int]) -> Iterator[str]:
    def described(supporter: Supporter) -> str:
        count = open_counts.get(supporter.id, 0)
        if not count:
            return supporter.name
        goes = "it goes" if count == 1 else "they go"
        has = f"{supporter.name}, who has {_counted(count, 'open request')}"
        if not new.times.removal_grace:
            return f"{has}: {goes} back to the coordinators"
        stays = "it stays" if count == 1 else "they stay"
        wait = f"{stays} with them for {span_in_words(new.times.removal_grace)}"
        return f"{has}: {wait}, and then {goes} back to the coordinators unless the line is back"

    before, after = old.listed, new.supporters
    # Supporters with open cases come first, since a long list is cut.
    gone = sorted(before.keys() - after.keys(), key=lambda id: (-open_counts.get(id, 0), id))
    stay = {id: supporter for id, supporter in before.items() if id in after}
    yield from _entries("supporter", "supporters", stay, after)
    if gone:
        counted = _counted(len(gone), "supporter")
        between = "; " if open_counts.keys() & set(gone) else ", "
        yield f"{counted} removed: {_listed((described(before[id]) for id in gone), between)}."


def _entries(one: str, several: str, old: Table, new: Table, *ignored: str) -> Iterator[str]:
    """Name the added, removed and changed entries of a table; `ignored` keys do not count."""
    added = [new[id].name for id in new if id not in old]
    removed = [old[id].name for id in old if id not in new]
    differing = {id: _differing(old[id], new[id], ignored) for id in new if id in old}
    changed = [f"{new[id].name} ({', '.join(keys)})" for id, keys in differing.items() if keys]
    for names, what in ((added, "added"), (removed, "removed"), (changed, "changed")):
        if names:
            yield f"{_counted(len(names), one, several)} {what}: {_listed(names)}."


def _differing(before: object, after: object, ignored: Iterable[str] = ()) -> list[str]:
    if type(before) is not type(after):
        return ["what it asks"]
    old, new = vars(before), vars(after)
    keys = [key for key in new if key not in ignored and not _is_computed(after, key)]
    return [
        place for key in keys if old[key] != new[key] for place in _places(key, old[key], new[key])
    ]


def _is_computed(entry: object, key: str) -> bool:
    """Tell whether an attribute was computed from the others: the files do not say it."""
    return isinstance(getattr(type(entry), key, None), cached_property)


def _places(key: str, before: object, after: object) -> list[str]:
    """Return the keys that differ inside a table, or else the key itself."""
    if isinstance(before, BaseModel) and isinstance(after, BaseModel):
        return [f"{key}.{inner}" for inner in _differing(before, after)]
    return [key]


def _duties(old: Program, new: Program) -> Iterator[str]:
    for duty, after in new.duties:
        before = getattr(old.duties, duty)
        if before != after:
            yield f"duties.{duty}: {_people(old, before)} → {_people(new, after)}."


def _coordinators(old: Program, new: Program) -> Iterator[str]:
    for id, department in new.departments.items():
        before = old.departments[id].coordinators if id in old.departments else ()
        if id in old.departments and before != department.coordinators:
            names = f"{_people(old, before)} → {_people(new, department.coordinators)}"
            yield f"Coordinators of {department.name}: {names}."


def _people(program: Program, ids: str | tuple[str, ...]) -> str:
    several = (ids,) if isinstance(ids, str) else ids
    return ", ".join(program.people[id].name for id in several) or "the default ones"


def _promises(old: Program, new: Program) -> Iterator[str]:
    for kind, rule in new.promises.items():
        before = old.promises[kind]
        if before.within != rule.within:
            yield f"Promise {kind}: {span_in_words(before.within)} → {span_in_words(rule.within)}."
        keys = _differing(before, rule, ("within",))
        if keys:
            yield f"Promise {kind}: {', '.join(keys)} changed{_repeated(before, rule)}."


def _repeated(before: PromiseRule, after: PromiseRule) -> str:
    if before.repeat == after.repeat:
        return ""
    return f" (repeat: {span_in_words(before.repeat)} → {span_in_words(after.repeat)})"


def _times(old: Program, new: Program) -> Iterator[str]:
    for key, after in new.times:
        before = getattr(old.times, key)
        if before != after:
            yield f"{key}: {_written(before)} → {_written(after)}."


def _matching(old: Program, new: Program) -> Iterator[str]:
    before, after = vars(old.matching.weights), vars(new.matching.weights)
    for key in (key for key in after if before[key] != after[key]):
        yield f"Matching, weight of {key}: {before[key]:g} → {after[key]:g}."
    old_near, near_now = old.matching.near, new.matching.near
    near = [wish for wish in near_now if near_now[wish] != old_near[wish]]
    if near:
        yield f"Matching, what is similar: {', '.join(near)} changed."


def _the_rest(old: Program, new: Program) -> Iterator[str]:
    differing = _differing(old.file, new.file, DESCRIBED)
    if differing:
        yield f"Also changed: {', '.join(differing)}."


def _listed(names: Iterable[str], between: str = ", ") -> str:
    known = list(names)
    more = len(known) - MOST_NAMED
    return between.join(known[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"


def _written(value: timedelta | int) -> str:
    return span_in_words(value) if isinstance(value, timedelta) else str(value)


def span_in_words(length: Span) -> str:
    """Write a duration exactly, as in the files: in hours up to four days."""
    if isinstance(length, Working):
        in_days, in_hours = length.days, length.hours
        return _counted(in_days, "working day") if in_days else _counted(in_hours, "working hour")
    minutes = int(length.total_seconds()) // 60
    for unit, size, fewest in (("day", 24 * 60, 4), ("hour", 60, 1)):
        if minutes % size == 0 and minutes // size >= fewest:
            return _counted(minutes // size, unit)
    return _counted(minutes, "minute") if minutes else "none"
