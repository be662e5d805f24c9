"""Which mails wait for the morning, and until when.

The moments of promises avoid quiet hours before there is a mail: `workflow.promise_rules`.
"""

from datetime import datetime

from notifications.mail.catalog import EMAILS
from program import Program
from store.outbox import NO_DECISION, Outgoing
from workflow.model import Case, Event


def after_quiet_hours(program: Program, case: Case, at: datetime) -> datetime:
    """Return a moment outside quiet hours, unless the case is urgent."""
    quiet = program.quiet
    return quiet.end_after(at) if quiet.covers(at) and not case.is_urgent else at


def waits_until(program: Program, mail: Outgoing, now: datetime) -> datetime | None:
    """Return when quiet hours end, for a reminder in quiet hours: it wakes no one."""
    quiet = program.quiet
    return quiet.end_after(now) if is_reminder(mail) and quiet.covers(now) else None


def is_reminder(mail: Outgoing) -> bool:
    """Tell whether the clock asked for a mail, and not something that someone did."""
    is_by_clock = mail.version == NO_DECISION or mail.event == Event.LAPSED
    # A name that only another version of the service knows must not keep the others waiting.
    email = EMAILS.get(mail.email)
    return is_by_clock and email is not None and email.waits_for_morning
