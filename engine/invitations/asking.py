"""Ask people by mail, take their answers, remind them once, and forget them."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from engine.engine import Engine
from invitations.kinds import AGAIN, FRESH, KINDS, TOMORROW
from invitations.model import Answer, Invitation, answered, asked, described
from notifications import program_mails
from notifications.planning import ten_minutes
from store import outbox
from store.access import links, visits
from store.database import Database
from store.forgotten import copies
from store.invitations import asked as stored_asked
from store.invitations import refusals
from store.invitations.asked import Changed, StoredInvitation
from store.outbox import Outgoing
from store.record import holds
from store.record.documents import UNREADABLE
from workflow.errors import NoSuchCase

log = logging.getLogger(__name__)


def may_ask(engine: Engine, db: Database, one: Invitation, now: datetime) -> bool:
    """Tell whether someone may be asked: not after "never again", nor soon after the last time."""
    return not refusals.stands(db, one.kind, one.address, engine.program.today(now))


def ask(engine: Engine, db: Database, stored: StoredInvitation, now: datetime) -> StoredInvitation:
    """Queue the mail that asks, and begin its time. Call it inside a transaction."""
    times, one = engine.program.file.invitations, stored.invitation
    kind = KINDS[one.kind]
    begun = asked(one, now, times)
    begun = replace(begun, remind_at=None) if kind.is_quiet else begun
    stored = stored_asked.save(db, stored, begun)
    outbox.add(db, [program_mails.to_invited(stored.person, kind.email, "", now)])
    if kind.rests:
        until = engine.program.today(now + kind.rests_for(times))
        refusals.rest(db, one.kind, one.address, until)
    return stored


def find(engine: Engine, person: str) -> StoredInvitation:
    """Return an invitation; NoSuchCase when it is forgotten, or should be by now."""
    stored = stored_asked.find(engine.store.read(), person)
    if stored is None or stored.invitation.ends_at <= engine.casebook.made_at:
        raise NoSuchCase(f"There is no {person}")
    return stored


def answer(engine: Engine, person: str, said: Answer, now: datetime) -> None:
    """Record an answer; AnswerStands when it is too late. "Never again" leaves a hash alone."""
    with engine.store.write() as db:
        answer_in(engine, db, person, said, now)


def answer_in(
    engine: Engine, db: Database, person: str, said: Answer, now: datetime
) -> StoredInvitation:
    """Record an answer inside a transaction, for kinds that do more with it."""
    times = engine.program.file.invitations

    def record(one: Invitation) -> Invitation:
        after = answered(one, said, now, times)
        return replace(after, ends_at=one.ends_at) if KINDS[one.kind].is_quiet else after

    stored = _changed(db, person, record)
    if said is Answer.NEVER:
        refusals.never_again(db, stored.invitation.kind, stored.invitation.address)
        forget(db, person, now)
        _forget_questions(db, stored.invitation, now)
    return stored


def _forget_questions(db: Database, one: Invitation, now: datetime) -> None:
    """Forget the other invitations of someone who must not be asked the same again."""
    for other in stored_asked.of_address(db, one.address):
        if other.invitation.kind is one.kind and not other.invitation.is_answered:
            forget(db, other.person, now)


def describe(engine: Engine, person: str, said: Mapping[str, str], now: datetime) -> None:
    """Record the little form that follows a yes."""
    times = engine.program.file.invitations
    with engine.store.write() as db:
        _changed(db, person, lambda one: described(one, dict(said), now, times))


def _changed(
    db: Database, person: str, change: Callable[[Invitation], Invitation]
) -> StoredInvitation:
    """Change an invitation inside a transaction, so that no one else is first."""
    stored = stored_asked.find(db, person)
    if stored is None:
        raise NoSuchCase(f"There is no {person}")
    return stored_asked.save(db, stored, change(stored.invitation))


def fresh_link(engine: Engine, person: str, now: datetime) -> list[Outgoing]:
    """Return the mail with a new link for one that is over; at most one in ten minutes."""
    stored = stored_asked.find(engine.store.read(), person)
    if stored is None or stored.invitation.asked_at is None:
        return []
    email = KINDS[stored.invitation.kind].email
    return [program_mails.to_invited(person, email, FRESH, now, occasion=ten_minutes(now))]


def fresh_links(engine: Engine, address: str, now: datetime) -> list[Outgoing]:
    """Return the mails with new links to what someone with this address is asked.

    Anyone can type an address, so a quiet question comes by its one mail alone.
    """
    found = stored_asked.of_address(engine.store.read(), address)
    loud = (stored for stored in found if not KINDS[stored.invitation.kind].is_quiet)
    return [mail for stored in loud for mail in fresh_link(engine, stored.person, now)]


def record_unreachable(db: Database, mail: Outgoing) -> None:
    """Record a returned mail for people who see the answers. Call it inside a transaction.

    Whom the question never reached may be asked it again at any time.
    """
    stored = stored_asked.find(db, mail.person)
    if stored is None:
        return
    one = replace(stored.invitation, is_unreachable=True, remind_at=None)
    stored_asked.save(db, stored, one)
    is_question = mail.email == KINDS[one.kind].email and not mail.subject
    if is_question and not one.is_answered:
        refusals.end_rest(db, one.kind, one.address)


# The clock


def handle_due(engine: Engine, now: datetime) -> bool:
    """Remind those who have not answered, and forget those whose time is over."""
    db = engine.store.read()
    due = stored_asked.to_remind(db, now)
    over = [] if holds.all_held_since(db) else stored_asked.over(db, now)
    for stored in due:
        _remind(engine, stored, now)
    for person in over:
        with engine.store.write() as writing:
            forget(writing, person, now)
    if over:
        engine.store.checkpoint()
    return bool(due or over)


def _remind(engine: Engine, stored: StoredInvitation, now: datetime) -> None:
    """Queue the only reminder, unless the answer comes at this moment."""
    one, asking = stored.invitation, KINDS[stored.invitation.kind]
    email, subject = (asking.reminder, TOMORROW) if one.is_answered else (asking.email, AGAIN)
    mail = program_mails.to_invited(stored.person, email, subject, now)
    with suppress(Changed), engine.store.write() as db:
        stored_asked.save(db, stored, replace(one, remind_at=None))
        outbox.add(db, [mail])


def forget(db: Database, person: str, now: datetime) -> None:
    """Destroy an invitation and all that leads to it. Call it inside a transaction.

    This works even if no key opens it anymore; then only Qualtrics' copy stays.
    """
    with suppress(*UNREADABLE):
        stored = stored_asked.find(db, person)
        for survey_id, response_id in stored.invitation.responses if stored else ():
            copies.keep_response(db, survey_id, response_id, now)
    end_access(db, person, now)
    stored_asked.drop(db, person)


def end_access(db: Database, person: str, now: datetime) -> None:
    """End a person's mailed links and open visits. Call it inside a transaction."""
    links.drop_of_person(db, person)
    visits.end_of_person(db, person, now)
