"""Visits: one person on one case in one role, or on their own pages, for half an hour."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import session

from pages.context import now
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
    #: Begun from the board, whose link may have been passed on: it opens no name and no text.
    is_from_board: bool = False


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
        person, offer, expires, *flags = session["visits"][f"{reference}/{role}"]
        has_decided, is_from_board = flags
    except (KeyError, TypeError, ValueError):
        raise NoVisit from None
    expires_at = datetime.fromtimestamp(expires, UTC)
    visit = Visit(reference, Role(role), person, offer, expires_at, has_decided, is_from_board)
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
        visit.is_from_board,
    ]
    session["visits"] = dict(list(visits.items())[-MOST_VISITS:])


def begin_from_board(reference: str, person: str) -> None:
    """Begin a reviewer's visit, unless one goes on that a mail about this request began."""
    visit = Visit(reference, Role.REVIEWER, person, None, now() + LIFE, is_from_board=True)
    with suppress(NoVisit):
        before = current(reference, Role.REVIEWER)
        if before.person == person and not (before.is_from_board or before.has_decided):
            return
    begin(visit)


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
