"""Rests begin and end by themselves, and nothing is kept of supporters who have left."""

from dataclasses import replace
from datetime import date, datetime

from sqlite_utils import Database

from engine.engine import Engine
from people.supporters import Readiness
from store import cases, readiness
from workflow.model import OfferState


def settle(engine: Engine, now: datetime) -> bool:
    """Begin the rests whose time has come, and forget what is over; False when all is settled."""
    db, today = engine.store.read(), engine.program.today(now)
    if _settled(engine, db, today) == readiness.declared(db):
        return False
    with engine.store.write() as db:
        # Read anew: meanwhile they may have said something else.
        said = readiness.declared(db)
        for supporter, settled in _settled(engine, db, today).items():
            if settled != said[supporter]:
                readiness.declare(db, supporter, settled)
        readiness.keep_only(db, engine.program.supporters)
    return True


def busy(db: Database) -> frozenset[str]:
    """Return who supports somebody now."""
    offers = (case.current_offer for case in cases.open_cases(db) if not case.is_test)
    return frozenset(o.supporter for o in offers if o and o.state is OfferState.ACCEPTED)


def _settled(engine: Engine, db: Database, today: date) -> dict[str, Readiness]:
    said, known = readiness.declared(db), engine.program.supporters
    supporting = busy(db) if any(one.rest_weeks for one in said.values()) else frozenset()
    return {
        id: _as_of(one, today, is_free=id not in supporting)
        for id, one in said.items()
        if id in known
    }


def _as_of(said: Readiness, today: date, is_free: bool) -> Readiness:
    if said.rest_weeks and is_free:
        return said.resting(said.rest_weeks, today, is_free)
    if said.rests_until is not None and not said.is_resting(today):
        return replace(said, rests_until=None)
    return said
