"""Visits: one person on one case in one role, or on their own pages, for half an hour."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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
    """Return the visit that a browser is on; NoVisit when there is none, or none any more."""
    try:
        kept = session["visits"][f"{reference}/{role}"]
        visit = _visit(reference, Role(role), kept)
    except (KeyError, TypeError, ValueError):
        # No such visit, or one that an earlier release kept in another form.
        raise NoVisit from None
    if visit.expires_at <= now():
        end(visit)
        raise NoVisit
    return visit


def begin(visit: Visit) -> None:
    visits = dict(session.get("visits", {}))
    visits[f"{visit.reference}/{visit.role}"] = _kept(visit)
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
    """Return whose pages a browser is on; NoVisit when nobody's, or not any more."""
    try:
        kept = session["person"]
        visit = PersonVisit(kept["person"], _moment(kept["expires"]), kept["files"])
    except (KeyError, TypeError, ValueError):
        raise NoVisit from None
    if visit.expires_at <= now():
        raise NoVisit
    return visit


def begin_person(visit: PersonVisit) -> None:
    expires = int(visit.expires_at.timestamp())
    session["person"] = {"person": visit.person, "expires": expires, "files": visit.files}


def _kept(visit: Visit) -> dict[str, object]:
    """Return what the cookie keeps of a visit beside its case and role."""
    return {
        "person": visit.person,
        "offer": visit.offer,
        "expires": int(visit.expires_at.timestamp()),
        "decided": visit.has_decided,
        "board": visit.is_from_board,
    }


def _visit(reference: str, role: Role, kept: Mapping[str, Any]) -> Visit:
    return Visit(
        reference,
        role,
        person=kept["person"],
        offer=kept["offer"],
        expires_at=_moment(kept["expires"]),
        has_decided=kept["decided"],
        is_from_board=kept["board"],
    )


def _moment(expires: int) -> datetime:
    return datetime.fromtimestamp(expires, UTC)
