"""Claim what leaves together: one mail, or all reminders that wait for one reader."""

from datetime import datetime, timedelta

from engine.engine import Engine
from notifications.mail.catalog import GATHERED, sent_together_with
from notifications.quiet_hours import is_reminder, waits_until
from store import cases, outbox
from store.database import Database
from store.outbox import NO_DECISION, Claimed, Outgoing
from workflow.model import Event

#: The longest wait for a round to queue the other reminders, and how often to check.
GATHERING, BRIEFLY = timedelta(minutes=1), timedelta(seconds=2)


def claim(engine: Engine, now: datetime, lease: timedelta, by: str) -> list[Claimed] | None:
    """Claim the next due mail and those sent with it; [] if it must wait, None if none is due."""
    with engine.store.write() as db:
        first = outbox.claim(db, now, lease, by)
        if first is None:
            return None
        until = _waits_until(engine, db, first.mail, now)
        if until is not None:
            outbox.put_off(db, first.id, until)
            return []
        alike = sent_together_with(first.mail.email) if _is_gathered(first.mail) else []
        if not alike:
            return [first]
        more = outbox.claim_alike(db, first.mail, alike, Event.LAPSED, now, lease, by)
        return [first, *more]


def _is_gathered(mail: Outgoing) -> bool:
    """Tell whether the clock or a mail server's answer asked for a mail, and no decision."""
    return is_reminder(mail) or (mail.version == NO_DECISION and mail.email in GATHERED)


def _waits_until(engine: Engine, db: Database, mail: Outgoing, now: datetime) -> datetime | None:
    """Return until when a reminder waits: for the end of quiet hours, or for a running round."""
    if not is_reminder(mail):
        return None
    morning = waits_until(engine.program, mail, now)
    is_round_going_on = now < mail.leaves_at + GATHERING and cases.has_due(db, now)
    return morning or (now + BRIEFLY if is_round_going_on else None)
