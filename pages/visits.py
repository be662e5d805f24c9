"""Visits in the session cookie: a person on a case, or on their own pages, for half an hour."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import session

from pages.context import now
from workflow.model import Role

LIFE = timedelta(minutes=30)
#: Visits that one browser may hold at a time; a cookie has room for about twenty.
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
    #: Begun from the board, whose link may have been forwarded: it opens no name and no text.
    is_from_board: bool = False


@dataclass(frozen=True)
class PersonVisit:
    """One person on their own pages; a browser has at most one such visit."""

    person: str
    expires_at: datetime
    #: The fingerprint of the files that an admin must confirm.
    files: str = ""


class NoVisit(Exception):
    """This browser opened no link to the page, or too long ago."""


def current(reference: str, role: str) -> Visit:
    """Return the current visit to a case; NoVisit when there is none or it has expired."""
    try:
        kept = session["visits"][f"{reference}/{role}"]
        visit = _visit(reference, Role(role), kept)
    except (KeyError, TypeError, ValueError):
        # No such visit, or an earlier release stored it in another form.
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
    """Begin a reviewer's visit, unless one from a mail about this case is still running."""
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
    """Return the current visit to own pages; NoVisit when there is none or it has expired."""
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
    """Return what the cookie stores of a visit, apart from its case and role."""
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
