"""Outreach after a hard event: everybody of a group is asked once, and counted once at the end."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from casebook import group_sessions
from engine.engine import Engine
from engine.invitations import asking
from invitations.model import Answer, Invitation, Kind
from invitations.outreach import Group, Member, group_document, member_document
from lib.addresses import canonical
from store.database import Database
from store.invitations import asked
from store.invitations.asked import Changed, StoredInvitation

#: Members are forgotten so long after the time to answer: in between they are counted.
COUNTED_WITHIN = timedelta(hours=1)
#: How long coordinators see the group after that.
LISTED_FOR = timedelta(days=30)


def begin(
    engine: Engine, unit: str, addresses: Iterable[str], language: str, now: datetime
) -> StoredInvitation:
    """Write to a group without the people who must not be asked; no one learns who they are."""
    several = {canonical(one): one for one in addresses}
    until = now + engine.program.file.invitations.answer_within
    group = Invitation(
        kind=Kind.GROUP,
        name=unit,
        address="",
        ends_at=until + LISTED_FOR,
        asked_at=now,
        until=until,
        about=group_document.write(Group(len(several))),
        language=language,
    )
    with engine.store.write() as db:
        stored = asked.add(db, group)
        for address in several.values():
            _ask(engine, db, stored, address, now)
    return stored


def _ask(
    engine: Engine, db: Database, group: StoredInvitation, address: str, now: datetime
) -> None:
    one = Invitation(
        kind=Kind.OUTREACH,
        name="",
        address=address,
        ends_at=now,
        about=member_document.write(Member(group.person)),
        language=group.invitation.language,
    )
    is_asked = any(
        other.invitation.kind is Kind.OUTREACH for other in asked.of_address(db, address)
    )
    if not is_asked and asking.may_ask(engine, db, one, now):
        stored = asking.ask(engine, db, asked.add(db, one), now)
        ends_at = stored.invitation.ends_at + COUNTED_WITHIN
        asked.save(db, stored, replace(stored.invitation, ends_at=ends_at))


def count_over(engine: Engine, now: datetime) -> None:
    """Count once how many said yes, before they are forgotten: a live count would tell who."""
    for group in asked.of_kind(engine.store.read(), Kind.GROUP):
        about = group_document.read(group.invitation.about)
        if about.said_yes is None and group.invitation.until and group.invitation.until <= now:
            with suppress(Changed), engine.store.write() as db:
                counted = replace(about, said_yes=_said_yes(db, group.person))
                one = replace(group.invitation, about=group_document.write(counted))
                asked.save(db, group, one)


def _said_yes(db: Database, group: str) -> int:
    members = group_sessions.of_group(db, Kind.OUTREACH, group)
    return sum(one.invitation.answer is Answer.YES for one in members)
