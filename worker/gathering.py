"""What leaves together: the next mail alone, or all reminders that wait for its reader."""

from datetime import datetime, timedelta

from sqlite_utils import Database

from engine.engine import Engine
from notifications.mail.catalog import EMAILS, sent_together_with
from store import cases, outbox
from store.outbox import NO_DECISION, Claimed, Outgoing
from workflow.model import Event

#: How long a reminder waits at most until a round has asked for all of its reminders.
GATHERING, BRIEFLY = timedelta(minutes=1), timedelta(seconds=2)


def claim(engine: Engine, now: datetime, lease: timedelta, by: str) -> list[Claimed] | None:
    """Claim the next mail with what leaves together with it; [] when it waits, None without one."""
    with engine.store.write() as db:
        first = outbox.claim(db, now, lease, by)
        if first is None:
            return None
        until = _waits_until(engine, db, first.mail, now)
        if until is not None:
            outbox.put_off(db, first.id, until)
            return []
        alike = sent_together_with(first.mail.email) if _is_reminder(first.mail) else []
        if not alike:
            return [first]
        more = outbox.claim_alike(db, first.mail, alike, Event.LAPSED, now, lease, by)
        return [first, *more]


def _waits_until(engine: Engine, db: Database, mail: Outgoing, now: datetime) -> datetime | None:
    """Reminders wait for the morning, and for others that a round is just about to ask for."""
    if not _is_reminder(mail):
        return None
    quiet = engine.program.quiet
    if quiet.covers(now):
        return quiet.end_after(now)
    is_round_going_on = now < mail.leaves_at + GATHERING and cases.has_due(db, now)
    return now + BRIEFLY if is_round_going_on else None


def _is_reminder(mail: Outgoing) -> bool:
    """Tell whether the clock asked for a mail, and not something that somebody did."""
    is_by_clock = mail.version == NO_DECISION or mail.event == Event.LAPSED
    # A name that only another version of the service knows must not keep the others waiting.
    email = EMAILS.get(mail.email)
    return is_by_clock and email is not None and email.waits_for_morning
