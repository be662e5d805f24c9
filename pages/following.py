"""Where the link to a request leads, and the mail with a fresh one."""

from dataclasses import replace

from casebook import duplicates
from casebook.casebook import Loaded
from notifications import planning as mailroom
from pages.context import casebook, now
from pages.visits import Visit
from store import outbox
from workflow.model import Role


def follow(visit: Visit) -> Visit:
    """Lead a visit to the request that this one goes on as."""
    reference = leads_to(visit.reference, visit.role)
    if visit.role is Role.REVIEWER and reference != visit.reference:
        # Whoever may not know the other one learns nothing of it here.
        may_act = casebook().load(reference).reviewing.may_act(visit.person)
        return replace(visit, reference=reference) if may_act else visit
    return replace(visit, reference=reference)


def leads_to(reference: str, role: Role) -> str:
    """A request that came twice goes on as the older one, for its requester and its reviewers."""
    return reference if role is Role.SUPPORTER else duplicates.goes_on_as(casebook(), reference)


def mail_link(loaded: Loaded, person: str, role: Role, offer: int | None) -> None:
    """Mail somebody a fresh link to the page of a request."""
    mail = mailroom.fresh_link(loaded, person, role, offer, now())
    with casebook().store.write() as db:
        outbox.add(db, [mail])
