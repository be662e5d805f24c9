"""Group sessions after a hard event, as mails and pages see them, read only."""

from casebook.casebook import Casebook
from invitations.model import Invitation, Kind
from invitations.outreach import Group, GroupSession, group_document, member_document
from invitations.training import Told
from lib.languages.language import for_requesters
from lib.languages.said import said
from store.database import Database
from store.invitations import asked
from store.invitations.asked import StoredInvitation

#: What calendars and lock screens show.
TITLE = for_requesters("Time with colleagues")


def of_group(db: Database, kind: Kind, group: str) -> list[StoredInvitation]:
    """Return those of a group who are offered support, or who are asked to its session."""
    found = asked.of_kind(db, kind)
    return [one for one in found if member_document.read(one.invitation.about).group == group]


def about(stored: StoredInvitation | None) -> Group | None:
    """Return what is known of a group; None when it is forgotten, or none."""
    if stored is None or stored.invitation.kind is not Kind.GROUP:
        return None
    return group_document.read(stored.invitation.about)


def session_of(casebook: Casebook, group: str) -> GroupSession | None:
    """Return the session of a group by the group's id."""
    found = about(asked.find(casebook.store.read(), group))
    return found.session if found else None


def session_for(casebook: Casebook, guest: Invitation) -> GroupSession | None:
    """Return the session to which a guest is asked."""
    return session_of(casebook, member_document.read(guest.about).group)


def leaders(casebook: Casebook, session: GroupSession) -> str:
    names = casebook.program.names
    known = [names[id] for id in session.led_by if id in names]
    return said(lambda language: language.listed(known))


# Mails to the leaders: the subject has what they are told, and the group's id


def subject(told: str, group: str) -> str:
    return f"{told} {group}"


def told_in(subject: str) -> tuple[str, str]:
    told, _, group = subject.partition(" ")
    return told, group


def still_says(casebook: Casebook, mail_subject: str) -> bool:
    """Tell whether a mail to a leader is still true: only one says that it is canceled."""
    told, group = told_in(mail_subject)
    session = session_of(casebook, group)
    return session is not None and session.is_canceled == (told == Told.CANCELED)
