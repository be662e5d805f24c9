"""A group session after a hard event: who is asked, counted once, and gone the day after."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from casebook import group_sessions
from engine.engine import Engine
from engine.invitations import asking
from invitations.kinds import KINDS, TOMORROW
from invitations.model import Answer, AnswerStands, Invitation, Kind, acted_on
from invitations.outreach import (
    FEWEST,
    Group,
    GroupSession,
    Member,
    group_document,
    member_document,
)
from invitations.training import Told
from notifications import program_mails
from store import outbox
from store.database import Database
from store.invitations import asked
from store.invitations.asked import Changed, StoredInvitation
from store.outbox import Outgoing
from workflow.errors import NoSuchCase

#: Guests and their answers are forgotten so long after the session.
GONE_AFTER = timedelta(hours=12)
#: The leaders' first mails, and the moment at which the yeses are counted.
PLANNED, COUNTED = "planned", "counted"


class TooFew(Exception):
    """The group is so small that the leaders of the session would know who comes."""


def plan(engine: Engine, group: str, session: GroupSession, now: datetime) -> None:
    """Invite everyone in a group to a session; while one is planned, a second changes nothing.

    People who never want to be asked are left out, whatever they said to the offer to talk.
    """
    with engine.store.write() as db:
        stored, about = _group(db, group)
        if about.session is not None and about.session.is_planned(now):
            return
        if not about.is_enough:
            raise TooFew(f"Group {group} has {about.number} addresses, and {FEWEST} are needed")
        ends_at = max(stored.invitation.ends_at, session.ends_at + GONE_AFTER)
        about = about.planning(session)
        _save(db, stored, about, ends_at)
        for member in group_sessions.of_group(db, Kind.OUTREACH, group):
            _ask(engine, db, stored, about, member.invitation.address, now)
        outbox.add(db, _to_leaders(group, about, PLANNED, now))


def _group(db: Database, group: str) -> tuple[StoredInvitation, Group]:
    stored = asked.find(db, group)
    about = group_sessions.about(stored)
    if stored is None or about is None:
        raise NoSuchCase(f"There is no group {group}")
    return stored, about


def _save(db: Database, stored: StoredInvitation, about: Group, ends_at: datetime) -> None:
    one = replace(stored.invitation, about=group_document.write(about), ends_at=ends_at)
    asked.save(db, stored, one)


def _ask(
    engine: Engine,
    db: Database,
    group: StoredInvitation,
    about: Group,
    address: str,
    now: datetime,
) -> None:
    over_at = about.sessions[-1].ends_at
    one = Invitation(
        kind=Kind.GROUP_SESSION,
        name="",
        address=address,
        ends_at=over_at,
        until=over_at,
        about=member_document.write(Member(group.person, len(about.sessions))),
        language=group.invitation.language,
    )
    if asking.may_ask(engine, db, one, now):
        stored = asking.ask(engine, db, asked.add(db, one), now)
        asked.save(db, stored, replace(stored.invitation, ends_at=over_at + GONE_AFTER))


def answer(engine: Engine, person: str, said: Answer, now: datetime) -> None:
    """Record a guest's answer; AnswerStands once the session has begun or is canceled."""
    guest = asking.find(engine, person).invitation
    session = group_sessions.session_for(engine.casebook, guest)
    if session is None or guest.acted_on or not session.is_planned(now):
        raise AnswerStands
    asking.answer(engine, person, said, now)


def cancel(engine: Engine, group: str, now: datetime) -> None:
    """Tell the leaders, and everyone who may come, that the session will not take place."""
    with engine.store.write() as db:
        stored, about = _group(db, group)
        session = about.session
        if session is None or not session.is_planned(now):
            return
        about = about.changing(replace(session, is_canceled=True))
        _save(db, stored, about, stored.invitation.ends_at)
        for guest in _guests(db, group, about):
            one = guest.invitation
            asked.save(db, guest, acted_on(one, Told.CANCELED, one.ends_at))
            if one.answer is not Answer.NO:
                outbox.add(db, [_to_guest(guest, Told.CANCELED, now)])
        outbox.add(db, _to_leaders(group, about, Told.CANCELED, now))


def count_due(engine: Engine, now: datetime) -> None:
    """Count once who said yes, remind them, and tell the leaders the number and nothing else."""
    for stored in asked.of_kind(engine.store.read(), Kind.GROUP):
        session = group_document.read(stored.invitation.about).session
        if session is None or session.said_yes is not None or not session.is_planned(now):
            continue
        if session.counts_at <= now:
            with suppress(Changed), engine.store.write() as db:
                _count(db, stored, session, now)


def _count(db: Database, stored: StoredInvitation, session: GroupSession, now: datetime) -> None:
    about = group_document.read(stored.invitation.about)
    guests = _guests(db, stored.person, about)
    coming = [one for one in guests if one.invitation.answer is Answer.YES]
    told = len(coming) if len(coming) >= FEWEST else 0
    about = about.changing(replace(session, said_yes=told))
    _save(db, stored, about, stored.invitation.ends_at)
    outbox.add(db, [_to_guest(one, TOMORROW, now) for one in coming])
    outbox.add(db, _to_leaders(stored.person, about, COUNTED, now))


def _guests(db: Database, group: str, about: Group) -> Iterator[StoredInvitation]:
    """Yield the people who were invited to the latest session of a group."""
    found = group_sessions.of_group(db, Kind.GROUP_SESSION, group)
    number = len(about.sessions)
    return (one for one in found if member_document.read(one.invitation.about).session == number)


def _to_guest(guest: StoredInvitation, told: str, now: datetime) -> Outgoing:
    email = KINDS[Kind.GROUP_SESSION].reminder
    return program_mails.to_invited(guest.person, email, told, now)


def _to_leaders(group: str, about: Group, told: str, now: datetime) -> list[Outgoing]:
    subject = group_sessions.subject(told, len(about.sessions), group)
    return program_mails.about_group_session(about.sessions[-1].led_by, subject, now)
