"""When a mail is tried again, and what follows when it is given up."""

import logging
from datetime import datetime, timedelta

from casebook.casebook import Loaded
from engine import upkeep
from engine.engine import Engine
from engine.invitations import asking
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import GivenUp
from notifications.mail.refusals import MailError, ServerAway, Unreachable
from program import Program
from store import alarms, outbox
from store.database import Database, Store
from store.mail import server as mail_server
from store.outbox import REQUESTER, SECOND_ADDRESS, Claimed, Outgoing
from workflow.errors import TransitionNotAllowed
from workflow.model import Decision, Event, Role

log = logging.getLogger(__name__)

#: Whose mails that come back are a task of the reviewers alone. We write to a support service only
#: after someone's yes, so the admins would hear that there was one.
TOLD_REVIEWERS = (REQUESTER, Role.PARTNER)

#: The mail that shows whether the server takes mails again.
TRIED_EVERY = timedelta(seconds=45)
SOON, OFTEN, HOURLY = timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)
OFTEN_UNTIL = timedelta(hours=4)
#: How often a mail to the requester looks whether their address is settled.
ASKED_AGAIN = timedelta(minutes=15)
#: A mail is given up when it has failed for this long while the server accepted others.
A_DAY = timedelta(hours=24)
#: If its last yes is older, the server may have been at fault since.
ACCEPTING = timedelta(hours=4)


def next_try(attempts: int, leaves_at: datetime, now: datetime) -> datetime:
    """Return when a mail is tried again."""
    if attempts <= 1:
        return now + SOON
    return now + (OFTEN if now - leaves_at < OFTEN_UNTIL else HOURLY)


def wait_for_server(engine: Engine, claimed: Claimed, loaded: Loaded | None, now: datetime) -> None:
    """Try a mail again that the server refuses because of its settings, its rules, or ours.

    It is given up after a day in which the server accepted others: what it has against this one is
    then about its reader.
    """
    with engine.store.write() as db:
        failing_since = mail_server.record_failure(db, claimed.id, now)
        if failing_since is None:
            soon = now + (SOON if claimed.attempts <= 1 else OFTEN)
            until = _trial(db, claimed, now) or soon
        else:
            until = next_try(claimed.attempts, claimed.mail.leaves_at, now)
        outbox.postpone(db, claimed.id, until, outbox.RELAY_REFUSED)
        is_over = _has_failed_for_a_day(db, failing_since, now)
    if is_over:
        give_up(engine, claimed, loaded, now)


def wait_for_answer(store: Store, claimed: Claimed, now: datetime) -> None:
    """Let a mail wait until the requester's address is settled."""
    with store.write() as db:
        outbox.put_off(db, claimed.id, now + ASKED_AGAIN)


def _trial(db: Database, claimed: Claimed, now: datetime) -> datetime | None:
    """Return when to try a mail if it is the one that shows when the server takes mails again.

    The others keep their schedule, in case that the server has something against this mail.
    """
    soon = now + TRIED_EVERY
    return None if mail_server.is_another_tried(db, claimed.id, soon) else soon


def try_later(
    engine: Engine, claimed: Claimed, loaded: Loaded | None, error: MailError, now: datetime
) -> None:
    """Try a mail again that the server does not take now.

    It is given up after a day in which the server accepted others: an outage is no such day.
    """
    until = next_try(claimed.attempts, claimed.mail.leaves_at, now)
    with engine.store.write() as db:
        anew = isinstance(error, Unreachable)
        failing_since = mail_server.record_failure(db, claimed.id, now, anew=anew)
        if isinstance(error, ServerAway) and failing_since is None:
            until = _trial(db, claimed, now) or until
        outbox.postpone(db, claimed.id, until, "later")
        is_over = _has_failed_for_a_day(db, failing_since, now)
    if is_over:
        give_up(engine, claimed, loaded, now)


def _has_failed_for_a_day(db: Database, failing_since: datetime | None, now: datetime) -> bool:
    """Tell whether a mail has failed for a day in which the server accepted others."""
    accepted_at = mail_server.last_accepted(db)
    is_accepting = accepted_at is not None and now - accepted_at < ACCEPTING
    return is_accepting and failing_since is not None and now - failing_since >= A_DAY


def mailbox_refused(engine: Engine, claimed: Claimed, loaded: Loaded | None, now: datetime) -> None:
    """Give up a mail whose mailbox is refused while the server accepts others.

    As long as it accepts no one, the refusal says nothing about this mailbox. The admins' alarm is
    one more mail that it may accept.
    """
    until = next_try(claimed.attempts, now, now)
    with engine.store.write() as db:
        failing_since = mail_server.record_failure(db, claimed.id, now)
        if failing_since is None:
            until = _trial(db, claimed, now) or until
        if claimed.mail.person == SECOND_ADDRESS:
            # Whichever side is at fault, it must not count while no one got a mail there.
            upkeep.record_not_asked(engine, db, claimed.mail, now)
        outbox.postpone(db, claimed.id, until, outbox.MAILBOX_REFUSED)
        may_tell = tells_no_moment(engine.program, claimed.mail, now) and claimed.attempts > 1
        if failing_since is None and may_tell:
            alarms.sound(db, "mailbox_refused", "", now)
    if failing_since is not None:
        give_up(engine, claimed, loaded, now)


def tells_no_moment(program: Program, mail: Outgoing, now: datetime) -> bool:
    """Tell whether an alarm about a mail would not tell the admins when someone asked.

    About a requester's mail it waits for the next day, by when other mails have shown whether the
    server accepts any. About one to somebody who is invited it never comes: it would tell that
    they were named.
    """
    if mail.role == Role.INVITED:
        return False
    is_of_today = program.today(mail.leaves_at) == program.today(now)
    return mail.role != REQUESTER or not (is_of_today or program.quiet.covers(now))


def set_aside(store: Store, claimed: Claimed, now: datetime) -> None:
    """Try a mail again that our own fault keeps back; its case may be what cannot be read."""
    until = next_try(claimed.attempts, claimed.mail.leaves_at, now)
    with store.write() as db:
        outbox.postpone(db, claimed.id, until, "error")
        if now - claimed.mail.leaves_at >= A_DAY:
            alarms.sound(db, "given_up", claimed.mail.email, now)


def give_up(engine: Engine, claimed: Claimed, loaded: Loaded | None, now: datetime) -> None:
    """Tell a person another way; an offer that no one got goes to the next supporter."""
    mail, email = claimed.mail, EMAILS[claimed.mail.email]
    # First what follows, which may be done twice: a death in between leaves the mail due.
    if loaded is not None and email.is_offer:
        end_offer(engine, loaded, mail, Event.OFFER_UNDELIVERABLE, now)
    elif loaded is not None and email.given_up is GivenUp.REVIEWERS:
        upkeep.handle_given_up_mail(engine, loaded.case.reference, mail, now)
    with engine.store.write() as db:
        outbox.finish(db, claimed.id, now, outbox.UNDELIVERABLE)
        if mail.role == Role.INVITED:
            asking.record_unreachable(db, mail)
        if mail.role not in TOLD_REVIEWERS and email.given_up is not GivenUp.NOBODY:
            # An address that is the admins' to mend.
            alarms.sound(db, "undeliverable", mail.person, now)


def end_offer(engine: Engine, loaded: Loaded, mail: Outgoing, event: Event, now: datetime) -> None:
    """Let the case go on without an offer that no one will get, if it still waits for it."""
    decision = Decision(event, "", Role.CLOCK, offer=mail.offer)
    try:
        engine.decide(loaded.case.reference, decision, now)
    except TransitionNotAllowed:
        log.info("The offer of %s was over already", loaded.case.reference)
