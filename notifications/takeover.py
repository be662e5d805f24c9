"""Mails to whoever reviews a request by now: others did before, or are away meanwhile."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from casebook.casebook import Casebook, Loaded
from notifications.planning import about_request
from notifications.recipients import readers_of
from people.absences import Absence
from store.outbox import Outgoing
from workflow.model import Audience, Event, Notice, OfferState, Role


def to_who_takes_over(
    casebook: Casebook, loaded: Loaded, since: date | None, at: datetime
) -> list[Outgoing]:
    """Tell those who review now, since the others are away from a day on, or have come back."""
    return _to_reviewers(casebook, loaded, "taken_over", f"cover/{since or ''}", at)


def about_supporter_away(
    casebook: Casebook, loaded: Loaded, absence: Absence, at: datetime
) -> list[Outgoing]:
    """Ask the reviewers whether a supporter who is away keeps the request; anew for other days."""
    offer = loaded.case.current_offer
    days = days_of(absence)
    cause = f"away/{offer.number if offer else ''}/{days}"
    mails = _to_reviewers(casebook, loaded, "supporter_away", cause, at)
    return [replace(mail, while_offer=OfferState.ACCEPTED, subject=days) for mail in mails]


def days_of(absence: Absence) -> str:
    """Name the days of an absence, so that a mail about others is told from it."""
    return f"{absence.first}/{absence.last or ''}"


def to_new_reviewers(loaded: Loaded, known: Iterable[str], now: datetime) -> list[Outgoing]:
    """What waits for review, to those who did not review it before and hear of it now."""
    case, new = loaded.case, [p.id for p in loaded.reviewing.reviewers if p.id not in set(known)]
    notice = Notice("back_in_review", Audience.REVIEWERS, event=Event.RECOGNIZED)
    cause = f"{case.reference}/new"
    return [about_request(loaded.stored.id, notice, id, Role.REVIEWER, cause, now) for id in new]


def _to_reviewers(
    casebook: Casebook, loaded: Loaded, email: str, cause: str, at: datetime
) -> list[Outgoing]:
    """Mail the reviewers about something that no decision caused."""
    case, offer = loaded.case, loaded.case.current_offer
    notice = Notice(email, Audience.REVIEWERS, offer=offer.number if offer else None)
    return [
        about_request(loaded.stored.id, notice, id, role, f"{case.reference}/{cause}", at)
        for id, role in readers_of(casebook, loaded, case, notice)
    ]
