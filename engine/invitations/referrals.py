"""Referrals: we ask someone a colleague worries about once; no one learns the answer."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from engine.engine import Engine
from engine.invitations import arrivals, asking
from invitations.model import Invitation, Kind
from invitations.referral import Referral, Referred, document
from lib.addresses import mailbox_of
from people.records import Referrer
from store import alarms
from store.database import Database
from store.deliveries import StoredDelivery
from store.deliveries import take_in as settle_delivery
from store.forgotten import copies
from store.invitations import asked
from store.invitations.asked import Changed, StoredInvitation

#: How long we know whom we told that an address can't be used: no one is told twice meanwhile.
KEPT = timedelta(days=7)


def take_in(engine: Engine, delivery: StoredDelivery, referred: Referred, now: datetime) -> None:
    """Take in one referral, and write to the colleague it is about unless we must not.

    No one can see what becomes of it: the response is deleted in Qualtrics right away, in any case.
    """
    with engine.store.write() as db:
        if not settle_delivery(db, delivery.id):
            return  # Another worker took it in.
        copies.keep_response(db, delivery.survey_id, delivery.response_id, now)
        ask_at = arrivals.next_place(db, Kind.REFERRAL, now)
        if ask_at > now:  # Whomever it is about: the alarm must not tell who would be asked.
            alarms.sound(db, "many_referrals", delivery.survey_id, now)
        if not referred.is_inside:
            _tell_unusable(engine, db, delivery.survey_id, referred, ask_at, now)
            return
        known = of_address(db, referred.address)
        if known:
            _add_to(db, known[0], referred.referrer)
            return
        new = _new(engine, referred, ask_at)
        if not asking.may_ask(engine, db, new, now):
            return
        stored = asked.add(db, new)
        if ask_at <= now:
            asking.ask(engine, db, stored, now)


def _tell_unusable(
    engine: Engine, db: Database, form: str, referred: Referred, ask_at: datetime, now: datetime
) -> None:
    """Tell who worries, or else the admins, that an address is none that we write to.

    This goes by what was typed alone, so it tells nothing about anyone.
    """
    if not referred.answer_to or ask_at > now:
        if not referred.address:
            alarms.sound(db, "referral_broken", form, now)
        return
    if any(
        one.invitation.kind is Kind.REFERRER for one in asked.of_address(db, referred.answer_to)
    ):
        return  # Told already: anyone can type any address into the form.
    told = Invitation(
        kind=Kind.REFERRER,
        name="",
        address=mailbox_of(referred.answer_to),
        ends_at=now + KEPT,
        language=referred.language,
    )
    stored = asking.ask(engine, db, asked.add(db, told), now)
    asked.save(db, stored, replace(stored.invitation, ends_at=now + KEPT))


def of_address(db: Database, address: str) -> list[StoredInvitation]:
    found = asked.of_address(db, address)
    return [one for one in found if one.invitation.kind is Kind.REFERRAL]


def _add_to(db: Database, stored: StoredInvitation, referrer: Referrer) -> None:
    """Keep one more referrer out; no one is asked again because of them."""
    about = document.read(stored.invitation.about).referred_by(referrer)
    asked.save(db, stored, replace(stored.invitation, about=document.write(about)))


def _new(engine: Engine, referred: Referred, ask_at: datetime) -> Invitation:
    return Invitation(
        kind=Kind.REFERRAL,
        name="",
        address=mailbox_of(referred.address),
        ends_at=ask_at + engine.program.file.invitations.answer_within,
        ask_at=ask_at,
        about=document.write(Referral((referred.referrer,))),
        language=referred.language,
    )


def ask_waiting(engine: Engine, now: datetime) -> None:
    """Ask those whose place in the order of arrival has come."""
    found = asked.of_kind(engine.store.read(), Kind.REFERRAL) if engine.program.referrals else []
    for stored in found:
        one = stored.invitation
        if one.asked_at is not None or (one.ask_at is not None and one.ask_at > now):
            continue
        with suppress(Changed), engine.store.write() as db:
            if asking.may_ask(engine, db, stored.invitation, now):
                asking.ask(engine, db, stored, now)
