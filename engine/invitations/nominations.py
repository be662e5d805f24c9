"""Nominations: take them in, and do with a nominee what a coordinator decided."""

from dataclasses import replace
from datetime import datetime, timedelta

from casebook.invitations import is_held, is_shown, newcomers, nominees
from engine.engine import Engine
from engine.invitations import arrivals, asking
from invitations.model import Answer, AnswerStands, Invitation, Kind, acted_on
from invitations.nomination import (
    Acted,
    Doubt,
    Nominated,
    Nomination,
    document,
    doubt_about,
)
from lib.addresses import mailbox_of
from notifications import program_mails
from notifications.planning import ten_minutes
from store import outbox
from store.database import Database
from store.deliveries import StoredDelivery
from store.deliveries import take_in as settle_delivery
from store.forgotten import copies
from store.invitations import asked
from store.invitations.asked import StoredInvitation
from store.outbox import Outgoing
from workflow.errors import NoSuchCase

#: A declined nominee is forgotten once the mail that says so has had time to go out.
LAST_MAIL = timedelta(days=7)


def take_in(engine: Engine, delivery: StoredDelivery, nominated: Nominated, now: datetime) -> None:
    """Store one nomination, and ask the nominee unless we did already or must not.

    Supporters, people who said "never again", and people asked not long ago hear nothing of it.
    """
    with engine.store.write() as db:
        if not settle_delivery(db, delivery.id):
            return  # Another worker took it in.
        # Deleted there right away: otherwise the time of deletion would tell what they answered.
        copies.keep_response(db, delivery.survey_id, delivery.response_id, now)
        known = _known(db, nominated)
        many = arrivals.is_one_too_many(db, Kind.NOMINATION, now)
        doubt = doubt_about(nominated) or (Doubt.MANY if many else None)
        if known is not None:
            _add_to(db, known, nominated)
            if doubt is None or is_shown(known, document.read(known.invitation.about)):
                return
        new = _new(engine, nominated, doubt, now)
        # Whatever a coordinator must look at shows or counts, whether or not that one may be asked:
        # `_ask` settles it. Else they could nominate someone, and look whether a line appears.
        may_ask = doubt is not None or asking.may_ask(engine, db, new, now)
        if is_supporter(engine, nominated.address) or not may_ask:
            return
        stored = asked.add(db, new)
        if doubt is None:
            asking.ask(engine, db, stored, now)


def _known(db: Database, nominated: Nominated) -> StoredInvitation | None:
    found = asked.of_address(db, nominated.address)
    return next((one for one in found if one.invitation.kind is Kind.NOMINATION), None)


def _add_to(db: Database, stored: StoredInvitation, nominated: Nominated) -> None:
    """Count one more nomination of someone; they are not asked again because of it."""
    one = stored.invitation
    about = document.read(one.about).named_by(nominated)
    asked.save(db, stored, replace(one, about=document.write(about)))


def _new(engine: Engine, nominated: Nominated, doubt: Doubt | None, now: datetime) -> Invitation:
    about = Nomination(typed=nominated.typed, doubt=doubt).named_by(nominated)
    return Invitation(
        kind=Kind.NOMINATION,
        name=nominated.name,
        address=mailbox_of(nominated.address),
        ends_at=now + engine.program.file.invitations.forget_after,
        about=document.write(about),
    )


def is_supporter(engine: Engine, address: str) -> bool:
    """Tell whether this is the address of someone on the roster."""
    typed = mailbox_of(address)
    return any(
        typed in (mailbox_of(one.email), mailbox_of(one.notify_email))
        for one in engine.program.supporters.values()
        if typed
    )


# What coordinators decide


def ask_at(engine: Engine, person: str, address: str, now: datetime) -> None:
    """Ask a nominee at an address from a coordinator, or forget one who must not be asked.

    The coordinator never learns which: they could try the address of someone who said no.
    """
    with engine.store.write() as db:
        stored = _nominee(engine, person)
        if stored.invitation.is_answered:
            raise AnswerStands
        _ask(engine, db, stored, address, now)


def ask_held(engine: Engine, now: datetime) -> None:
    """Ask everyone whom nominations of a busy day name, each at their own address."""
    with engine.store.write() as db:
        for stored in _held(engine):
            _ask(engine, db, stored, stored.invitation.address, now)


def remove_held(engine: Engine, now: datetime) -> None:
    """Delete the nominations of a busy day that no one was asked about."""
    with engine.store.write() as db:
        for stored in _held(engine):
            asking.forget(db, stored.person, now)


def _held(engine: Engine) -> list[StoredInvitation]:
    return [stored for stored, about in nominees(engine.casebook) if is_held(about)]


def _ask(
    engine: Engine, db: Database, stored: StoredInvitation, address: str, now: datetime
) -> None:
    one = replace(stored.invitation, address=mailbox_of(address))
    about = replace(document.read(one.about), doubt=None)
    is_same = mailbox_of(address) == mailbox_of(stored.invitation.address)
    was_asked = is_same and one.asked_at is not None
    may_ask = was_asked or asking.may_ask(engine, db, one, now)
    if is_supporter(engine, address) or not may_ask:
        asking.forget(db, stored.person, now)
        return
    if not is_same:
        # The reader of the former address may be someone else.
        asking.end_access(db, stored.person, now)
    stored = asked.save(db, stored, replace(one, about=document.write(about)))
    asking.ask(engine, db, stored, now)


def invite(engine: Engine, person: str, now: datetime) -> None:
    """Tell a nominee who said yes that we would like to train them."""
    with engine.store.write() as db:
        stored = _willing(engine, person)
        one = stored.invitation
        if document.read(one.about).is_invited:
            return
        about = replace(document.read(one.about), is_invited=True)
        ends_at = now + engine.program.file.invitations.forget_after
        asked.save(db, stored, replace(one, about=document.write(about), ends_at=ends_at))
        outbox.add(db, [program_mails.to_invited(person, "nominee_welcome", "", now)])


def decline(engine: Engine, person: str, now: datetime) -> None:
    """Thank a nominee who said yes, and tell them that we do not need them now."""
    with engine.store.write() as db:
        _act(engine, db, person, Acted.DECLINED, now + LAST_MAIL)
        outbox.add(db, [program_mails.to_invited(person, "nominee_thanked", "", now)])


def make_ready(engine: Engine, person: str, now: datetime) -> None:
    """Have an admin write a nominee's line into supporters.csv."""
    with engine.store.write() as db:
        make_ready_in(engine, db, person, now)


def make_ready_in(engine: Engine, db: Database, person: str, now: datetime) -> None:
    ends_at = now + engine.program.file.invitations.forget_after
    _act(engine, db, person, Acted.READY, ends_at)
    outbox.add(db, program_mails.about_newcomer(person, engine.program.duties.admins, now))


def _act(engine: Engine, db: Database, person: str, what: Acted, ends_at: datetime) -> None:
    stored = _willing(engine, person)
    asked.save(db, stored, acted_on(stored.invitation, what, ends_at))


def remove(engine: Engine, person: str, now: datetime) -> None:
    with engine.store.write() as db:
        asking.forget(db, _nominee(engine, person).person, now)


def _nominee(engine: Engine, person: str) -> StoredInvitation:
    """Return a nominee whom coordinators see; NoSuchCase for all others alike."""
    stored = asking.find(engine, person)
    is_nominee = stored.invitation.kind is Kind.NOMINATION
    if not is_nominee or not is_shown(stored, document.read(stored.invitation.about)):
        raise NoSuchCase(f"{person} is no nominee")
    return stored


def _willing(engine: Engine, person: str) -> StoredInvitation:
    """Return a nominee who said yes and described themselves; AnswerStands if they took it back."""
    stored = _nominee(engine, person)
    one = stored.invitation
    if one.answer is not Answer.YES or not one.said or one.acted_on:
        raise AnswerStands
    return stored


def fresh_link_to_newcomers(engine: Engine, admin: str, now: datetime) -> list[Outgoing]:
    """Return a mail with a new link for an admin while a line waits; at most one in ten minutes."""
    waiting = newcomers(engine.casebook)[:1] if admin in engine.program.duties.admins else []
    return [
        mail
        for stored in waiting
        for mail in program_mails.about_newcomer(
            stored.person, [admin], now, occasion=ten_minutes(now)
        )
    ]


def forget_adopted(engine: Engine, now: datetime) -> None:
    """Forget nominees who are on the roster now, because an admin has saved their line."""
    found = asked.of_kind(engine.store.read(), Kind.NOMINATION)
    adopted = [one for one in found if is_supporter(engine, one.invitation.address)]
    for stored in adopted:
        with engine.store.write() as db:
            asking.forget(db, stored.person, now)
