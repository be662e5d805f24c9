"""What goes into the calendar of someone who said that they come."""

from dataclasses import dataclass
from datetime import datetime

from casebook import group_sessions
from casebook.casebook import Casebook
from invitations.model import Answer, Invitation, Kind
from invitations.training import document, is_canceled
from lib.languages.language import Language


@dataclass(frozen=True)
class Entry:
    """One entry; its title tells nothing on a lock screen."""

    id: str
    title: str
    place: str
    begins_at: datetime
    ends_at: datetime


def entry(casebook: Casebook, one: Invitation, language: Language) -> Entry | None:
    """Return the entry for a session to which they come; None without one."""
    if one.kind is Kind.TRAINING:
        place = document.read(one.about)
        found = casebook.program.sessions.get(place.session)
        if found is None or not place.has_seat or is_canceled(one):
            return None
        return Entry(found.id, found.title, found.place, found.begins_at, found.ends_at)
    if one.kind is not Kind.GROUP_SESSION or one.acted_on or one.answer is not Answer.YES:
        return None
    session = group_sessions.session_for(casebook, one)
    if session is None:
        return None
    title, id = language.own(group_sessions.TITLE), f"{session.place} {session.begins_at}"
    return Entry(id, title, session.place, session.begins_at, session.ends_at)
