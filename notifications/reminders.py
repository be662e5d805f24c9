"""What the clock mails about a request, and to whom it would say nothing new."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from casebook.casebook import Casebook, Loaded
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import Urgency
from notifications.planning import about_request
from notifications.recipients import readers_of
from notifications.telling import told_by_phone
from store import outbox
from store.outbox import Outgoing
from workflow.consequences import DEPUTY_CALL, Consequences, Reminder
from workflow.model import Audience, Case, Notice, PromiseKind, Role

#: A deputy is called about a request once in so long, a day but for the quiet hours.
CALLED_LATELY = timedelta(hours=20)


def for_reminders(
    casebook: Casebook, loaded: Loaded, due: Consequences, now: datetime
) -> tuple[Case, list[Outgoing]]:
    """Return the case and the mails of the moments that have passed."""
    after, mails, said = due.after, list[Outgoing](), set[tuple[str, Audience, str]]()
    rules = casebook.rules
    for reminder in due.reminders:
        after, notice = told_by_phone(after, reminder.notice, loaded.identity, rules, now)
        if notice.says in said:
            continue  # Two promises ask for it, or a nudge to tell somebody and one more delay.
        spared = _called_already(casebook, loaded, reminder, now)
        after = _with_call(casebook, loaded, after, reminder, spared, now)
        for person, role in readers_of(casebook, loaded, after, notice):
            mail = _reminding(loaded, reminder, notice, person, role, now)
            if person in spared or _was_reminded_late(casebook, reminder, mail):
                continue
            mails.append(mail)
            said.add(notice.says)
    return after, _without_what_a_call_says(mails)


def _with_call(
    casebook: Casebook,
    loaded: Loaded,
    case: Case,
    reminder: Reminder,
    spared: Collection[str],
    now: datetime,
) -> Case:
    """Count a call of the deputies. One that calls none of them again is not counted.

    If it is the one on the last day before the first contact is due, it is made later: whatever
    they were called about may be settled in the next minute, and this promise would have no call.
    """
    notice, promise = reminder.notice, case.promise(reminder.promise.kind, reminder.promise.subject)
    if notice.email != DEPUTY_CALL.email:
        return case
    called = {person for person, _ in readers_of(casebook, loaded, case, notice)}
    if not called or not called <= set(spared):
        return replace(case, calls_in_vain=case.calls_in_vain + 1)
    if promise is None or promise.kind is not PromiseKind.FIRST_CONTACT or promise.due_at <= now:
        return case
    later = min(now + CALLED_LATELY, promise.due_at)
    return case.with_promise(replace(promise, handled_at=promise.began_at, next_at=later))


def _called_already(
    casebook: Casebook, loaded: Loaded, reminder: Reminder, now: datetime
) -> set[str]:
    """Return whom a reminder tells nothing new: deputies called today, or who got the first mail.

    A call about what began after the last one is news.
    """
    case, email, db = loaded.case, reminder.notice.email, casebook.store.read()
    spared = set[str]()
    if email == DEPUTY_CALL.email and reminder.at <= case.opened_at:
        spared |= outbox.addressed(db, loaded.stored.id, Role.REVIEWER)
    if email == DEPUTY_CALL.email or EMAILS[email].urgency is Urgency.LESS_THAN_CALL:
        since = max(now - CALLED_LATELY, reminder.promise.began_at)
        spared |= outbox.mailed_since(db, loaded.stored.id, DEPUTY_CALL.email, since)
    return spared


def _was_reminded_late(casebook: Casebook, reminder: Reminder, mail: Outgoing) -> bool:
    """Tell whether somebody got the reminder before this one nearer to this moment than to its own.

    So nobody gets two within minutes when an outage ends just before the next.
    """
    if reminder.before is None or mail.email == DEPUTY_CALL.email:
        return False  # Deputies are called once a day anyhow, and may hear of several promises.
    occasion = replace(mail, moment=reminder.before).occasion
    half_way = reminder.at - (reminder.at - reminder.before) / 2
    return outbox.was_sent_since(casebook.store.read(), occasion, half_way)


def _without_what_a_call_says(mails: list[Outgoing]) -> list[Outgoing]:
    """Remind nobody besides whom the same look calls: a deputy who stands in reviews as well."""
    called = {mail.person for mail in mails if EMAILS[mail.email].urgency is Urgency.CALL}
    return [
        mail
        for mail in mails
        if EMAILS[mail.email].urgency is not Urgency.LESS_THAN_CALL or mail.person not in called
    ]


def _reminding(
    loaded: Loaded, reminder: Reminder, notice: Notice, person: str, role: str, now: datetime
) -> Outgoing:
    """A mail for one moment of a promise, and one person."""
    mail = about_request(loaded.stored.id, notice, person, role, loaded.case.reference, now)
    promise = reminder.promise
    return replace(
        mail, promise=promise.kind, promise_began_at=promise.began_at, moment=reminder.at
    )
