"""Visits: one person on one case in one role, or on their own pages, for half an hour."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, session

from workflow.model import Role

LIFE = timedelta(minutes=30)
#: Visits that one browser may hold at a time; a cookie has room for no more than some twenty.
MOST_VISITS = 12


@dataclass(frozen=True)
class Visit:
    """One person on one case in one role, for half an hour."""

    reference: str
    role: Role
    person: str
    offer: int | None
    expires_at: datetime
    has_decided: bool = False


@dataclass(frozen=True)
class PersonVisit:
    """One person on their own pages; one browser is one person's at a time."""

    person: str
    expires_at: datetime
    #: The fingerprint of the files that an admin is asked about.
    files: str = ""


class NoVisit(Exception):
    """Nobody opened this page with a link, or too long ago."""


def current(reference: str, role: str) -> Visit:
    try:
        person, offer, expires, has_decided = session["visits"][f"{reference}/{role}"]
    except (KeyError, TypeError, ValueError):
        raise NoVisit from None
    visit = Visit(
        reference, Role(role), person, offer, datetime.fromtimestamp(expires, UTC), has_decided
    )
    if visit.expires_at <= now():
        end(visit)
        raise NoVisit
    return visit


def begin(visit: Visit) -> None:
    visits = dict(session.get("visits", {}))
    visits[f"{visit.reference}/{visit.role}"] = [
        visit.person,
        visit.offer,
        int(visit.expires_at.timestamp()),
        visit.has_decided,
    ]
    session["visits"] = dict(list(visits.items())[-MOST_VISITS:])


def end(visit: Visit) -> None:
    visits = dict(session.get("visits", {}))
    visits.pop(f"{visit.reference}/{visit.role}", None)
    session["visits"] = visits


def current_person() -> PersonVisit:
    try:
        person, expires, files = session["person"]
    except (KeyError, TypeError, ValueError):
        raise NoVisit from None
    visit = PersonVisit(person, datetime.fromtimestamp(expires, UTC), files)
    if visit.expires_at <= now():
        raise NoVisit
    return visit


def begin_person(visit: PersonVisit) -> None:
    session["person"] = [visit.person, int(visit.expires_at.timestamp()), visit.files]


def now() -> datetime:
    """Ask the injected clock."""
    at: datetime = current_app.extensions["clock"]()
    return at
