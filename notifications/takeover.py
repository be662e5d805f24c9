"""Mails to a case's reviewers about absences, and to its new reviewers."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from casebook.casebook import Casebook, Loaded
from notifications.planning import case_mail
from notifications.recipients import readers_of
from people.absences import Absence
from store.outbox import Outgoing
from workflow.model import Audience, Event, Notice, OfferState, Role


def about_takeover(
    casebook: Casebook, loaded: Loaded, since: date | datetime | None, at: datetime
) -> list[Outgoing]:
    """Tell the current reviewers that others are away since a day, or that a case is theirs again.

    It waits for them since a moment, or for others (None).
    """
    return _to_reviewers(casebook, loaded, "taken_over", f"cover/{since or ''}", at)


def about_supporter_away(
    casebook: Casebook, loaded: Loaded, absence: Absence, at: datetime
) -> list[Outgoing]:
    """Ask the reviewers whether an absent supporter keeps the case; again if the days change."""
    offer = loaded.case.current_offer
    days = days_of(absence)
    cause = f"away/{offer.number if offer else ''}/{days}"
    mails = _to_reviewers(casebook, loaded, "supporter_away", cause, at)
    return [replace(mail, while_offer=OfferState.ACCEPTED, subject=days) for mail in mails]


def days_of(absence: Absence) -> str:
    """Return the days of an absence as a text, to compare with those in a mail."""
    return f"{absence.first}/{absence.last or ''}"


def to_new_reviewers(loaded: Loaded, known: Iterable[str], now: datetime) -> list[Outgoing]:
    """Return the mails about a case in review to reviewers who are not in `known`."""
    case, new = loaded.case, [p.id for p in loaded.reviewing.reviewers if p.id not in set(known)]
    notice = Notice("back_in_review", Audience.REVIEWERS, event=Event.RECOGNIZED)
    cause = f"{case.reference}/new"
    return [case_mail(loaded.stored.id, notice, id, Role.REVIEWER, cause, now) for id in new]


def _to_reviewers(
    casebook: Casebook, loaded: Loaded, email: str, cause: str, at: datetime
) -> list[Outgoing]:
    """Return mails to the reviewers that no decision caused."""
    case, offer = loaded.case, loaded.case.current_offer
    notice = Notice(email, Audience.REVIEWERS, offer=offer.number if offer else None)
    return [
        case_mail(loaded.stored.id, notice, id, role, f"{case.reference}/{cause}", at)
        for id, role in readers_of(casebook, loaded, case, notice)
    ]
