"""End what opens pages when its time or its reason is over, and revoke it on request."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from casebook.duplicates import goes_on_for_requester, is_unconfirmed
from engine.access.fresh_links import DAY
from engine.engine import Engine
from engine.forgotten import feedback
from store import cases
from store.access import asks, ending, links, visits
from store.cases import StoredCase
from store.invitations.asked import is_invited
from store.record import openings
from workflow.choices import REVOKED

#: A link that expired can be exchanged for a fresh one this long.
EXCHANGED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Revoked:
    """How many links and visits no longer open anything."""

    links: int
    visits: int


def revoke_of_case(engine: Engine, stored: StoredCase, now: datetime) -> Revoked:
    """Revoke all links to a case, and end all visits to it. Mails that leave later open it.

    Links that were mailed about a request merged with it lead to the same page, once the requester
    has confirmed it. Until then whoever filed it must not see that it was merged.
    """
    reference = goes_on_for_requester(engine.casebook, stored.case.reference)
    with engine.store.write() as db:
        whole = cases.find(db, reference) or stored
        merged = [one for newer in whole.case.took_in if (one := cases.find(db, newer))]
        theirs = [one for one in merged if not is_unconfirmed(engine.casebook, one.case)]
        ids = [whole.id, *(one.id for one in theirs)]
        for case_id in ids:
            openings.record(db, case_id, now, "", REVOKED)
        return Revoked(
            sum(links.revoke_of_case(db, case_id, now) for case_id in ids),
            sum(visits.end_of_case(db, case_id, now) for case_id in ids),
        )


def revoke_of_person(engine: Engine, person: str, now: datetime) -> Revoked:
    """Revoke all links of someone on the program's side, and end all their visits."""
    with engine.store.write() as db:
        return Revoked(*ending.of_person(db, person, now))


def sweep(engine: Engine, now: datetime) -> None:
    """Delete visits that are over or of people who left, links that expired long ago, counters."""
    feedback.sweep(engine.casebook)
    db, until, day_ago = engine.store.read(), now - EXCHANGED_FOR, now - DAY
    gone = [
        id
        for id in visits.people(db, now)
        if engine.program.person(id) is None and not is_invited(id)
    ]
    is_any_over = (
        visits.has_expired(db, now) or links.has_expired(db, until) or asks.has_counts(db, day_ago)
    )
    if not (gone or is_any_over):
        return
    with engine.store.write() as db:
        asks.drop_counts(db, day_ago)
        visits.drop_expired(db, now)
        links.drop_expired(db, until)
        for id in gone:
            visits.end_of_person(db, id, now)
