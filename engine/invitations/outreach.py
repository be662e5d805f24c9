"""Outreach after a hard event: everyone of a group is asked once, and no one is counted.

A coordinator could list their own mailboxes among the addresses, and subtract them from a count.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from engine.engine import Engine
from engine.invitations import asking
from invitations.model import Invitation, Kind
from invitations.outreach import Group, Member, group_document, member_document
from lib.addresses import mailbox_of
from store.database import Database
from store.invitations import asked
from store.invitations.asked import StoredInvitation

#: How long coordinators see the group after the time to answer.
LISTED_FOR = timedelta(days=30)


def begin(
    engine: Engine, unit: str, addresses: Iterable[str], language: str, now: datetime
) -> StoredInvitation:
    """Write to a group without the people who must not be asked; no one learns who they are."""
    mailboxes = dict.fromkeys(map(mailbox_of, addresses))
    until = now + engine.program.file.invitations.answer_within
    group = Invitation(
        kind=Kind.GROUP,
        name=unit,
        address="",
        ends_at=until + LISTED_FOR,
        asked_at=now,
        until=until,
        about=group_document.write(Group(len(mailboxes))),
        language=language,
    )
    with engine.store.write() as db:
        stored = asked.add(db, group)
        for mailbox in mailboxes:
            _ask(engine, db, stored, mailbox, now)
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
        asking.ask(engine, db, asked.add(db, one), now)
