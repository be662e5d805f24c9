"""Referrals: we ask someone a colleague worries about once; no one learns the answer."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from engine.engine import Engine
from engine.invitations import asking
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

#: More in 24 hours than people usually worry about: the others wait for the next day.
MOST_A_DAY = 20
DAY = timedelta(days=1)


def take_in(engine: Engine, delivery: StoredDelivery, referred: Referred, now: datetime) -> None:
    """Take in one referral, and write to the colleague it is about unless we must not.

    No one can see what becomes of it: the response is deleted in Qualtrics right away, in any case.
    """
    with engine.store.write() as db:
        if not settle_delivery(db, delivery.id):
            return  # Another worker took it in.
        copies.keep_response(db, delivery.survey_id, delivery.response_id, now)
        room = _room(db, now)
        if room <= 0:  # Whomever it is about: the alarm must not tell who would have been asked.
            alarms.sound(db, "many_referrals", delivery.survey_id, now)
        if not referred.is_inside:
            return
        known = of_address(db, referred.address)
        if known:
            _add_to(db, known[0], referred.referrer)
            return
        new = _new(engine, referred, now)
        if not asking.may_ask(engine, db, new, now):
            return
        stored = asked.add(db, new)
        if room > 0:
            asking.ask(engine, db, stored, now)


def of_address(db: Database, address: str) -> list[StoredInvitation]:
    found = asked.of_address(db, address)
    return [one for one in found if one.invitation.kind is Kind.REFERRAL]


def _add_to(db: Database, stored: StoredInvitation, referrer: Referrer) -> None:
    """Keep one more referrer out; no one is asked again because of them."""
    about = document.read(stored.invitation.about).referred_by(referrer)
    asked.save(db, stored, replace(stored.invitation, about=document.write(about)))


def _new(engine: Engine, referred: Referred, now: datetime) -> Invitation:
    return Invitation(
        kind=Kind.REFERRAL,
        name="",
        address=referred.address,
        ends_at=now + engine.program.file.invitations.answer_within,
        about=document.write(Referral((referred.referrer,))),
        language=referred.language,
    )


def _room(db: Database, now: datetime) -> int:
    """Return how many more may be asked now."""
    moments = (one.invitation.asked_at for one in asked.of_kind(db, Kind.REFERRAL))
    return MOST_A_DAY - sum(at is not None and now - at < DAY for at in moments)


def ask_waiting(engine: Engine, now: datetime) -> None:
    """Ask those for whom there was no room before, in the order in which they came."""
    found = asked.of_kind(engine.store.read(), Kind.REFERRAL)
    waiting = [one for one in found if one.invitation.asked_at is None]
    room = _room(engine.store.read(), now) if waiting and engine.program.referrals else 0
    for stored in islice(waiting, max(0, room)):
        with suppress(Changed), engine.store.write() as db:
            if asking.may_ask(engine, db, stored.invitation, now):
                asking.ask(engine, db, stored, now)
