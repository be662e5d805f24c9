"""A mail as it enters the outbox: for whom, about what, and the occasion it is sent for once."""

import uuid
from datetime import datetime

from store.outbox import Outgoing
from workflow.model import Notice

REQUESTER = "requester"
RING = "ring"
TALK_WANTED = "talk_wanted"
#: The version of mails that no decision made: undoing one leaves them alone.
NO_DECISION = 0


def about_request(
    case_id: int,
    notice: Notice,
    person: str,
    role: str,
    occasion: str,
    leaves_at: datetime,
    version: int = NO_DECISION,
) -> Outgoing:
    """A mail about a request; `version` is the one that a decision made, which sends it."""
    return Outgoing(
        occasion=occasion,
        message_id=message_id(),
        email="ring" if role == RING else notice.email,
        person=person,
        role=role,
        case_id=case_id,
        version=version,
        leaves_at=leaves_at,
        offer=notice.offer,
        event=notice.event or "",
        subject=notice.subject,
        while_promise=notice.while_promise or "",
        while_offer=notice.while_offer or "",
    )


def about_no_request(
    email: str, occasion: str, person: str, subject: str, leaves_at: datetime
) -> Outgoing:
    """A mail that is about no request."""
    return Outgoing(
        occasion=f"{occasion}/{person}",
        message_id=message_id(),
        email=email,
        person=person,
        role="",
        case_id=None,
        version=NO_DECISION,
        leaves_at=leaves_at,
        subject=subject,
    )


def message_id() -> str:
    """Fixed when the mail enters the outbox, so that a second copy can be recognized."""
    return uuid.uuid4().hex


def ten_minutes(now: datetime) -> str:
    """Name the ten minutes in which a link is mailed once."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0).isoformat()
