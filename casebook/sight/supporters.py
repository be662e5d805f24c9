"""The supporters who would be asked by a change of the roster, and could not be before."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from casebook.sight.records import Former, Gain, departments_of
from lib.addresses import canonical
from people.names import is_same_name
from people.records import Person
from people.same_person import NewTrait, traits_of_listed
from people.supporters import Supporter
from people.units import unit_words
from program import Program

#: For so long a supporter who left and comes back counts as the same one.
KNOWN_FOR = timedelta(days=365)

Known = Supporter | Former


def former_after(
    known: Iterable[Former], old: Program, new: Program, now: datetime
) -> tuple[Former, ...]:
    """Return the supporters who are not on the new roster anymore."""
    gone = (
        Former(
            s.id,
            s.name,
            s.email,
            s.notify_email,
            now + KNOWN_FOR,
            s.supervises,
            s.unit,
            s.also_known_as,
        )
        for s in old.supporters.values()
    )
    found = {one.id: one for one in (*(f for f in known if f.until > now), *gone)}
    return tuple(one for one in found.values() if one.id not in new.supporters)


def new_traits(
    known: Iterable[Former], old: Program, new: Program, now: datetime
) -> tuple[NewTrait, ...]:
    """Return what people on our lists are recognized by only since a year ago or less."""
    left = (Person(f.id, f.name, email) for f in known for email in (f.email, f.notify_email))
    before = {(one.id, trait) for one in (*_listed(old), *left) for trait in traits_of_listed(one)}
    added = (
        NewTrait(one.id, trait, now)
        for one in _listed(new)
        for trait in sorted(traits_of_listed(one))
        if (one.id, trait) not in before
    )
    return (*(one for one in old.new_traits if one.since > now - KNOWN_FOR), *added)


def _listed(program: Program) -> tuple[Person | Supporter, ...]:
    return (*program.people.values(), *program.supporters.values())


def gains(old: Program, new: Program, former: Collection[Former]) -> Iterator[Gain]:
    """Yield the supporters who could be asked for someone they have been kept from until now.

    Requesters name people they do not want by id, name and unit.
    """
    known = {one.id: one for one in former} | dict(old.supporters)
    by_address = {address: one for one in known.values() for address in _addresses(one)}
    for after in new.supporters.values():
        same = _same(known, by_address, after)
        yield from _reached_elsewhere(same, after)
        yield from _known_otherwise(same, after, new)
    yield from _of_leaders(old, new, former)


def _same(
    known: Mapping[str, Known], by_address: Mapping[str, Known], supporter: Supporter
) -> list[Known]:
    """Return who this is by the files before: by id, or else by name and by address."""
    if before := known.get(supporter.id):
        return [before]
    at = (by_address.get(address) for address in sorted(_addresses(supporter)))
    found = (_namesake(known.values(), supporter), *at)
    return list({one.id: one for one in found if one is not None}.values())


def _reached_elsewhere(same: Iterable[Known], after: Supporter) -> Iterator[Gain]:
    added = ((one, _addresses(after) - _addresses(one)) for one in same)
    found = next(((one, addresses) for one, addresses in added if addresses), None)
    if found:
        one, addresses = found
        what = f"{after.name}, a supporter, would get email at a new address"
        yield Gain(one.id, what, ", ".join(sorted(addresses)))


def _known_otherwise(same: Iterable[Known], after: Supporter, new: Program) -> Iterator[Gain]:
    """Yield why requesters who do not want a supporter would no longer keep them away."""
    for before in same:
        if before.id != after.id and before.id in new.supporters:
            continue
        gain = partial(Gain, before.id)
        if not _is_known_as(before.name, after):
            yield gain(f"{after.name} would be asked to support instead of {before.name}")
            continue
        who = f"{after.name}, a supporter, would no longer"
        lost = [name for name in before.also_known_as if not _is_known_as(name, after)]
        if lost:
            yield gain(f"{who} be recognized as {', '.join(lost)}")
        if before.id != after.id:
            yield gain(f"{who} be known by the id {before.id}")
        unit = before.unit and unit_words(before.unit)
        if unit and unit not in map(unit_words, new.units.spellings_of_texts([after.unit])):
            yield gain(f"{who} count as working in {before.unit}")


def _of_leaders(old: Program, new: Program, former: Collection[Former]) -> Iterator[Gain]:
    """Yield the supporters who could be asked for people they led by the earlier files."""
    known = {one.id: one for one in former} | dict(old.supporters)
    perhaps = [
        (name, {*old.perhaps_leading(department)}, {*new.perhaps_leading(department)})
        for department, name in departments_of(old, new).items()
    ]
    for id, after in new.supporters.items():
        same = (known.get(id), _namesake(known.values(), after))
        texts = (unit for one in same if one is not None for unit in one.supervises)
        led = {*old.units.spellings_of_texts(texts)}
        units = ", ".join(sorted(led - {*new.units.spellings_of_texts(after.supervises)}))
        departments = ", ".join(
            name
            for name, before, now in perhaps
            if id not in now and not before.isdisjoint(one.id for one in same if one is not None)
        )
        if units:
            yield Gain(id, f"{after.name}, a supporter, would no longer be kept from {units}")
        elif departments:
            what = f"would no longer be kept from unknown units in {departments}"
            yield Gain(id, f"{after.name}, a supporter, {what}")


def _is_known_as(name: str, after: Supporter) -> bool:
    """Tell whether who does not want a supporter is still understood."""
    return any(is_same_name(name, one) for one in (after.name, *after.also_known_as))


def _namesake(known: Iterable[Known], supporter: Supporter) -> Known | None:
    """Return who has the name of a supporter: reviewers would take them for that person."""
    return next((one for one in known if is_same_name(one.name, supporter.name)), None)


def _addresses(supporter: Known) -> frozenset[str]:
    return frozenset(map(canonical, filter(None, (supporter.email, supporter.notify_email))))
