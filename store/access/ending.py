"""End what opens pages for someone on the program's side."""

from collections.abc import Iterable
from datetime import datetime

from store.access import links, visits
from store.database import Database
from store.outbox import Outgoing
from store.record import openings
from workflow.choices import REVOKED
from workflow.model import Role
from workflow.table import LOST


def of_person(db: Database, person: str, now: datetime) -> tuple[int, int]:
    """Revoke their links, end their visits and record it; return how many of both."""
    for case_id in links.cases_of_person(db, person, now):
        openings.record(db, case_id, now, "", REVOKED)
    return links.revoke_of_person(db, person, now), visits.end_of_person(db, person, now)


def of_lost(db: Database, mails: Iterable[Outgoing]) -> None:
    """End the visits of each reviewer who is mailed that they can't open a case anymore.

    Whether it was withdrawn or goes on without them, their pages close alike.
    """
    for mail in mails:
        if (mail.email, mail.role) == (LOST, Role.REVIEWER) and mail.case_id is not None:
            visits.end_of_reviewer(db, mail.case_id, mail.person)
