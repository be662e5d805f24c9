"""Convert entries of the admins' files into people and facts."""

from datetime import datetime

from lib.languages.language import Language
from people.records import Person
from people.supporters import Supporter
from program.shapes import ProgramShape, Resource


def people_of(shape: ProgramShape) -> dict[str, Person]:
    return {id: Person(id=id, **dict(person)) for id, person in shape.people.items()}


def person_behind(supporter: Supporter) -> Person:
    """Return a supporter as somebody to mail."""
    return Person(
        id=supporter.id,
        name=supporter.name,
        email=supporter.notify_email or supporter.email,
        phone=supporter.phone,
        unit=supporter.unit,
        supervises=supporter.supervises,
        called=supporter.called,
    )


def is_open(resource: Resource, local_now: datetime) -> bool:
    """Tell whether a resource is open, given the program's local time."""
    if resource.always_open:
        return True
    return any(
        local_now.weekday() in hours.days and hours.opens <= local_now.time() < hours.closes
        for hours in resource.hours
    )


def resource_fact(
    id: str, resource: Resource, local: datetime, language: Language
) -> dict[str, object]:
    """Return the facts of a resource for mails."""
    return {
        "id": id,
        "name": language.own(resource.name),
        "what_for": language.own(resource.what_for),
        "contact": language.own(resource.contact),
        "link": resource.link,
        "is_open": is_open(resource, local),
        "hours": language.own(resource.hours_text),
    }
