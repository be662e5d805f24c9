"""The referral network: professional help beyond peer support, and when it is open."""

from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True)
class OpenHours:
    """One stretch of opening hours; weekdays count from Monday = 0, local time."""

    weekdays: tuple[int, ...]
    opens: time
    closes: time


@dataclass(frozen=True)
class Resource:
    """One place of help. No hours and not `is_always_open` means: hours not known."""

    id: str
    name: str
    kind: str
    what_for: str
    contact: str
    link: str = ""
    is_always_open: bool = False
    hours: tuple[OpenHours, ...] = ()
    hours_text: str = ""


def is_open(resource: Resource, local_now: datetime) -> bool:
    """Tell whether a resource is open right now, given the program's local time."""
    if resource.is_always_open:
        return True
    return any(
        local_now.weekday() in hours.weekdays and hours.opens <= local_now.time() < hours.closes
        for hours in resource.hours
    )


def resource_fact(resource: Resource, local: datetime) -> dict[str, object]:
    """Return what mails and pages say of one place of help."""
    return {
        "id": resource.id,
        "name": resource.name,
        "what_for": resource.what_for,
        "contact": resource.contact,
        "link": resource.link,
        "is_open": is_open(resource, local),
        "hours": resource.hours_text,
    }
