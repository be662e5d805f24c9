"""End what opens pages when its time or its reason is over, and revoke it on request."""

from datetime import datetime, timedelta

from engine.engine import Engine
from store.access import links, visits

#: A link that expired can be exchanged for a fresh one this long.
EXCHANGED_FOR = timedelta(days=30)


def sweep(engine: Engine, now: datetime) -> None:
    """Delete visits that are over or of people who left, and links that expired long ago."""
    db, until = engine.store.read(), now - EXCHANGED_FOR
    gone = [id for id in visits.people(db) if engine.program.person(id) is None]
    if not (gone or visits.has_expired(db, now) or links.has_expired(db, until)):
        return
    with engine.store.write() as db:
        visits.drop_expired(db, now)
        links.drop_expired(db, until)
        for id in gone:
            visits.end_of_person(db, id, now)
