"""Begin and end the rests of supporters, and forget those who have left."""

from dataclasses import replace
from datetime import date, datetime

from engine.engine import Engine
from people.supporters import Readiness
from store import cases, readiness
from store.database import Database
from workflow.model import OfferState


def update_rests(engine: Engine, now: datetime) -> bool:
    """Begin and end rests whose time has come; return whether anything changed."""
    db, today = engine.store.read(), engine.program.today(now)
    if _updated(engine, db, today) == readiness.declared(db):
        return False
    with engine.store.write() as db:
        # Read it again: supporters may have declared something else meanwhile.
        declared = readiness.declared(db)
        for supporter, updated in _updated(engine, db, today).items():
            if updated != declared[supporter]:
                readiness.declare(db, supporter, updated)
        readiness.keep_only(db, engine.program.supporters)
    return True


def busy_supporters(db: Database) -> frozenset[str]:
    """Return the supporters who support someone now."""
    return frozenset(cases.open_counts(db, OfferState.ACCEPTED))


def _updated(engine: Engine, db: Database, today: date) -> dict[str, Readiness]:
    declared, known = readiness.declared(db), engine.program.supporters
    may_begin = any(one.rest_weeks for one in declared.values())
    supporting = busy_supporters(db) if may_begin else frozenset()
    return {
        id: _as_of(one, today, is_free=id not in supporting)
        for id, one in declared.items()
        if id in known
    }


def _as_of(declared: Readiness, today: date, is_free: bool) -> Readiness:
    if declared.rest_weeks and is_free:
        return declared.resting(declared.rest_weeks, today, is_free)
    if declared.rests_until is not None and not declared.is_resting(today):
        return replace(declared, rests_until=None)
    return declared
