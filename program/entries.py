"""The entries of the admins' files, turned into what the workflow works with."""

from dataclasses import dataclass

from people.records import Person
from people.supporters import Supporter
from program.resources import OpenHours, Resource
from program.shapes import ProgramShape, ResourceShape, ResourcesShape


@dataclass(frozen=True)
class Crisis:
    """The line that answers at any time; every mail to a requester names it."""

    name: str
    text: str
    #: What a tap on a page calls, and what it texts.
    phone: str = ""
    sms: str = ""


@dataclass(frozen=True)
class Department:
    """A department that takes part. Tallies are kept by its group."""

    id: str
    name: str
    group: str
    coordinators: tuple[str, ...]


@dataclass(frozen=True)
class RoleGroup:
    """A role of requesters and supporters, and the group that others see instead of it."""

    id: str
    name: str
    group: str


def people_of(shape: ProgramShape) -> dict[str, Person]:
    return {id: Person(id=id, **dict(person)) for id, person in shape.people.items()}


def departments_of(shape: ProgramShape) -> dict[str, Department]:
    return {id: Department(id=id, **dict(found)) for id, found in shape.departments.items()}


def roles_of(shape: ProgramShape) -> dict[str, RoleGroup]:
    return {id: RoleGroup(id=id, **dict(role)) for id, role in shape.roles.items()}


def resources_of(shape: ResourcesShape) -> dict[str, Resource]:
    return {id: _resource(id, found) for id, found in shape.resources.items()}


def _resource(id: str, shape: ResourceShape) -> Resource:
    return Resource(
        id=id,
        name=shape.name,
        kind=shape.kind,
        what_for=shape.what_for,
        contact=shape.contact,
        link=shape.link,
        is_always_open=shape.always_open,
        hours=tuple(OpenHours(found.days, found.opens, found.closes) for found in shape.hours),
        hours_text=shape.hours_text,
    )


def person_behind(supporter: Supporter) -> Person:
    """Return a supporter as somebody to mail."""
    return Person(
        id=supporter.id,
        name=supporter.name,
        email=supporter.notify_email or supporter.email,
        phone=supporter.phone,
        unit=supporter.unit,
        supervises=supporter.supervises,
    )
