"""Referrals: we ask someone a colleague worries about once; no one learns the answer."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from engine.engine import Engine
from engine.invitations import arrivals, asking
from invitations.model import Invitation, Kind
from invitations.referral import Referral, Referred, document
from people.records import Referrer
from store import alarms
from store.database import Database
from store.deliveries import StoredDelivery
from store.deliveries import take_in as settle_delivery
from store.forgotten import copies
from store.invitations import asked
from store.invitations.asked import Changed, StoredInvitation


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
        if not referred.address:  # By what was typed alone: the alarm tells nothing about anyone.
            alarms.sound(db, "referral_broken", delivery.survey_id, now)
        if not referred.is_inside:
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
        address=referred.address,
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
