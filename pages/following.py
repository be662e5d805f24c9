"""Follow visits of merged cases to the older one."""

from dataclasses import replace

from casebook.duplicates import leads_to
from pages.context import casebook
from pages.visits import Visit
from workflow.model import Role


def follow(visit: Visit) -> Visit:
    """Return the visit on the case that this one goes on as."""
    reference = leads_to(casebook(), visit.reference, visit.role)
    if reference == visit.reference:
        return visit
    if visit.role is Role.REVIEWER:
        # A reviewer who may not know of the other case learns nothing of it here.
        may_act = casebook().load(reference).reviewing.may_act(visit.person)
        return replace(visit, reference=reference) if may_act else visit
    # Only the link in the mail that asks says yes, and never about another request.
    return replace(visit, reference=reference, offer=None)
