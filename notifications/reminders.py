"""Reminders: what the clock mails about a case, and who is spared because they know."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from casebook.casebook import Casebook, Loaded
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import Urgency
from notifications.planning import case_mail
from notifications.recipients import readers_of
from notifications.telling import tell_by_phone_if_unmailable
from store import outbox
from store.mail import readers
from store.outbox import Outgoing
from workflow.consequences import DEPUTY_CALL, Consequences, Reminder
from workflow.model import Audience, Case, Notice, PromiseKind, Role

#: The least time between two deputy calls about a case: a day, less the quiet hours.
CALL_PAUSE = timedelta(hours=20)


def for_reminders(
    casebook: Casebook, loaded: Loaded, due: Consequences, now: datetime
) -> tuple[Case, list[Outgoing]]:
    """Return the case and the mails for the moments that have passed."""
    after, mails, sent = due.after, list[Outgoing](), set[tuple[str, Audience, str]]()
    rules = casebook.rules
    for reminder in due.reminders:
        after, notice = tell_by_phone_if_unmailable(
            after, reminder.notice, loaded.identity, rules, now
        )
        if notice.says in sent:
            continue  # Two promises may cause the same mail in one round.
        spared = _already_told(casebook, loaded, reminder, now)
        after = _with_call_counted(casebook, loaded, after, reminder, spared, now)
        for person, role in readers_of(casebook, loaded, after, notice):
            mail = _reminder_mail(loaded, reminder, notice, person, role, now)
            if person in spared or _had_late_reminder(casebook, reminder, mail):
                continue
            mails.append(mail)
            sent.add(notice.says)
    return after, _without_redundant_reminders(mails)


def _with_call_counted(
    casebook: Casebook,
    loaded: Loaded,
    case: Case,
    reminder: Reminder,
    spared: Collection[str],
    now: datetime,
) -> Case:
    """Count a call of the deputies, as urgent mails are too, unless all were told recently.

    A spared call on the last day before the first contact is postponed instead: the matter that
    they were called about may be settled soon, and this promise would have had no call.
    """
    notice, promise = reminder.notice, case.promise(reminder.promise.kind, reminder.promise.subject)
    if EMAILS[notice.email].urgency is not Urgency.CALL:
        return case
    called = {person for person, _ in readers_of(casebook, loaded, case, notice)}
    if not called or not called <= set(spared):
        return replace(case, calls_in_vain=case.calls_in_vain + 1)
    if promise is None or promise.kind is not PromiseKind.FIRST_CONTACT or promise.due_at <= now:
        return case
    later = min(now + CALL_PAUSE, promise.due_at)
    return case.with_promise(replace(promise, handled_at=promise.began_at, next_at=later))


def _already_told(
    casebook: Casebook, loaded: Loaded, reminder: Reminder, now: datetime
) -> set[str]:
    """Return whom a reminder tells nothing new: deputies called recently or mailed from the start.

    A call about a promise that began after the last call is news.
    """
    case, email, db = loaded.case, reminder.notice.email, casebook.store.read()
    spared = set[str]()
    if email == DEPUTY_CALL.email and reminder.at <= case.opened_at:
        spared |= readers.addressed(db, loaded.stored.id, Role.REVIEWER)
    if email == DEPUTY_CALL.email or EMAILS[email].urgency is Urgency.LESS_THAN_CALL:
        since = max(now - CALL_PAUSE, reminder.promise.began_at)
        spared |= readers.mailed_since(db, loaded.stored.id, DEPUTY_CALL.email, since)
    return spared


def _had_late_reminder(casebook: Casebook, reminder: Reminder, mail: Outgoing) -> bool:
    """Tell whether the previous reminder was sent closer to this moment than to its own.

    This prevents two reminders within minutes after an outage.
    """
    if reminder.before is None or mail.email == DEPUTY_CALL.email:
        return False  # `CALL_PAUSE` limits calls, and each may be about several promises.
    occasion = replace(mail, moment=reminder.before).occasion
    half_way = reminder.at - (reminder.at - reminder.before) / 2
    return outbox.was_sent_since(casebook.store.read(), occasion, half_way)


def _without_redundant_reminders(mails: list[Outgoing]) -> list[Outgoing]:
    """Drop reminders to people who get a call in the same round, such as a deputy who reviews."""
    called = {mail.person for mail in mails if EMAILS[mail.email].urgency is Urgency.CALL}
    return [
        mail
        for mail in mails
        if EMAILS[mail.email].urgency is not Urgency.LESS_THAN_CALL or mail.person not in called
    ]


def _reminder_mail(
    loaded: Loaded, reminder: Reminder, notice: Notice, person: str, role: str, now: datetime
) -> Outgoing:
    """Return the mail to one person for one moment of a promise."""
    mail = case_mail(loaded.stored.id, notice, person, role, loaded.case.reference, now)
    promise = reminder.promise
    return replace(
        mail, promise=promise.kind, promise_began_at=promise.began_at, moment=reminder.at
    )
