"""Claim what leaves together: one mail, or all reminders that wait for one reader."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from engine.engine import Engine
from notifications.mail.catalog import EMAILS, sent_together_with
from store import cases, outbox
from store.outbox import NO_DECISION, Claimed, Outgoing
from workflow.model import Event

#: The longest wait for a round to queue the other reminders, and how often to check.
GATHERING, BRIEFLY = timedelta(minutes=1), timedelta(seconds=2)


def claim(engine: Engine, now: datetime, lease: timedelta) -> list[Claimed] | None:
    """Claim the next due mail and those sent with it; [] if it must wait, None if none is due."""
    with engine.store.write() as db:
        first = outbox.claim(db, now, lease)
        if first is None:
            return None
        until = _waits_until(engine, db, first.mail, now)
        if until is not None:
            outbox.put_off(db, first.id, until)
            return []
        alike = sent_together_with(first.mail.email) if _is_reminder(first.mail) else []
        if not alike:
            return [first]
        return [first, *outbox.claim_alike(db, first.mail, alike, Event.LAPSED, now, lease)]


def _waits_until(engine: Engine, db: Database, mail: Outgoing, now: datetime) -> datetime | None:
    """Return until when a reminder waits: for the end of quiet hours, or for a running round."""
    if not _is_reminder(mail):
        return None
    quiet = engine.program.quiet
    if quiet.covers(now):
        return quiet.end_after(now)
    is_round_going_on = now < mail.leaves_at + GATHERING and cases.has_due(db, now)
    return now + BRIEFLY if is_round_going_on else None


def _is_reminder(mail: Outgoing) -> bool:
    """Tell whether a mail was caused by the clock, not by a person, and waits for the morning."""
    is_by_clock = mail.version == NO_DECISION or mail.event == Event.LAPSED
    # An e-mail that only another release knows must not block the others.
    email = EMAILS.get(mail.email)
    return is_by_clock and email is not None and email.waits_for_morning
