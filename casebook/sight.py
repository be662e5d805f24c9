"""Who would gain sight of requests by a change of the admins' files, and who may agree to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lib.addresses import canonical
from people.names import is_same_name
from people.records import Person
from people.supporters import Supporter
from program import Program

#: The department of a request that states none.
NO_DEPARTMENT = ""


@dataclass(frozen=True)
class Gain:
    """Somebody who would see more, or who would be mailed elsewhere; without an id for a pager."""

    id: str
    what: str
    #: Their new address; "" if it stays.
    address: str = ""


def gains(old: Program, new: Program) -> list[Gain]:
    """Return who would see requests, or be mailed about them, that they are not mailed now."""
    return [
        *(gain for id in new.all_reviewers for gain in _of_reviewer(old, new, id)),
        *_of_ring(old, new),
        *_of_supporters(old, new),
    ]


def losses(old: Program, new: Program) -> list[Gain]:
    """Return the reviewers who would see no requests any more."""
    gone = [id for id in old.all_reviewers if id not in new.all_reviewers]
    return [Gain(id, f"{old.people[id].name} would no longer review requests") for id in gone]


def deciders(old: Program, new: Program) -> list[str]:
    """Return the coordinators in force whom the change does not concern.

    Admins may have made the change, so they decide only where no other coordinator could.
    """
    concerned = {gain.id for gain in gains(old, new)}
    unconcerned = [
        id
        for id in old.all_coordinators
        if id in new.all_coordinators
        and id not in concerned
        and _without_absence(old.people[id]) == _without_absence(new.people[id])
    ]
    addresses = {canonical(old.people[id].email) for id in old.duties.admins}
    others = [id for id in unconcerned if canonical(old.people[id].email) not in addresses]
    return others or unconcerned


def _of_reviewer(old: Program, new: Program, id: str) -> Iterator[Gain]:
    before, after = old.people.get(id), new.people[id]
    duties = [words for duty, words in _duties(old, new, id) if duty]
    if duties:
        yield Gain(id, f"{after.name} would be {' and '.join(duties)}", after.email)
    if before is None:
        return
    if not is_same_name(before.name, after.name):
        yield Gain(id, f"{after.name} would review in place of {before.name}", after.email)
    elif canonical(before.email) != canonical(after.email):
        yield Gain(id, f"{after.name} would get mail at another address", after.email)
    kept_from = new.units.spellings_of_texts(after.supervises)
    led = old.units.spellings_of_texts(before.supervises)
    units = ", ".join(unit for unit in led if unit not in kept_from)
    departments = _departments_opened(old, new, id)
    if units:
        yield Gain(id, f"{after.name} would no longer be kept from requests of {units}")
    elif departments:
        what = f"would no longer be kept from requests of unknown units in {departments}"
        yield Gain(id, f"{after.name} {what}")
    names = ", ".join(sorted({*before.also_known_as} - {after.name, *after.also_known_as}))
    if names:
        yield Gain(id, f"{after.name} would no longer be recognized as {names}")


def _duties(old: Program, new: Program, id: str) -> Iterator[tuple[bool, str]]:
    """Yield each duty that may be new to somebody, whether it is, and its words."""
    found = [
        name
        for department, name in _departments(old, new).items()
        if id in new.coordinators_of(department) and id not in old.coordinators_of(department)
    ]
    yield bool(found), f"a coordinator of {', '.join(found)}"
    yield id in new.duties.deputies and id not in old.duties.deputies, "a deputy"
    is_outside = new.duties.outside_person == id != old.duties.outside_person
    yield is_outside, "the backup contact"


def _departments_opened(old: Program, new: Program, id: str) -> str:
    """Name the departments in which somebody may no longer lead a unit that nobody knows.

    They led one there by the files before: now it belongs to another department.
    """
    return ", ".join(
        name
        for department, name in _departments(old, new).items()
        if id in old.perhaps_leading(department) and id not in new.perhaps_leading(department)
    )


def _departments(old: Program, new: Program) -> dict[str, str]:
    """Return the departments of both programs: one that was removed may have requests."""
    known = {**old.departments, **new.departments}
    return {id: known[id].name for id in known} | {NO_DEPARTMENT: "requests without a department"}


def _of_ring(old: Program, new: Program) -> Iterator[Gain]:
    before = {canonical(address) for address in old.file.urgent.ring}
    for address in new.file.urgent.ring:
        if canonical(address) not in before:
            yield Gain("", "A new address would hear about urgent requests", address)


def _of_supporters(old: Program, new: Program) -> Iterator[Gain]:
    for id, after in new.supporters.items():
        before = old.supporters.get(id) or _namesake(old, after)
        added = _addresses(after) - _addresses(before) if before else frozenset()
        if before and added:
            what = f"{after.name}, a supporter, would get mail at another address"
            yield Gain(before.id, what, ", ".join(sorted(added)))


def _namesake(program: Program, supporter: Supporter) -> Supporter | None:
    """Return who has the name of a new supporter: reviewers would take them for that person."""
    known = program.supporters.values()
    return next((one for one in known if is_same_name(one.name, supporter.name)), None)


def _addresses(supporter: Supporter) -> frozenset[str]:
    return frozenset(map(canonical, filter(None, (supporter.email, supporter.notify_email))))


def _without_absence(person: Person) -> Person:
    return replace(person, away_from=None, away_until=None)
