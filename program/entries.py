"""Convert entries of the admins' files into people and facts."""

from datetime import datetime, timedelta

from lib.languages.language import Language
from people.records import Person
from people.supporters import Supporter
from program.shapes import ProgramShape, Resource


def people_of(shape: ProgramShape) -> dict[str, Person]:
    return {id: Person(id=id, **dict(person)) for id, person in shape.people.items()}


def person_behind(supporter: Supporter) -> Person:
    """Return a supporter as someone to mail."""
    return Person(
        id=supporter.id,
        name=supporter.name,
        email=supporter.notify_email or supporter.email,
        phone=supporter.phone,
        unit=supporter.unit,
        supervises=supporter.supervises,
        called=supporter.called,
    )


#: Before the id of a partner who is mailed: no id of a person has a dot.
PARTNER = "resources."


def partner_behind(id: str, resource: Resource) -> Person | None:
    """Return a partner as someone to mail; None for a place that takes no one over."""
    if not resource.hand_over or resource.email is None:
        return None
    name = resource.name
    return Person(id=f"{PARTNER}{id}", name=name, email=resource.email, called=name)


def next_expedited(resource: Resource, local_now: datetime) -> datetime | None:
    """Return when the next time begins that is kept free; None without one."""
    days = (local_now.date() + timedelta(days=after) for after in range(8))
    starts = (
        datetime.combine(day, one.opens, local_now.tzinfo)
        for day in days
        for one in sorted(resource.expedited, key=lambda one: one.opens)
        if day.weekday() in one.days
    )
    return next((at for at in starts if at > local_now), None)


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
