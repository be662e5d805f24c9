"""End all that opens pages for someone on the program's side."""

from datetime import datetime

from store.access import links, visits
from store.database import Database
from store.record import openings
from workflow.choices import REVOKED


def of_person(db: Database, person: str, now: datetime) -> tuple[int, int]:
    """Revoke their links, end their visits and record it; return how many of both."""
    for case_id in links.cases_of_person(db, person, now):
        openings.record(db, case_id, now, "", REVOKED)
    return links.revoke_of_person(db, person, now), visits.end_of_person(db, person, now)
