"""Follow visits of merged cases to the older one."""

from dataclasses import replace

from casebook import duplicates
from pages.context import casebook
from pages.visits import Visit
from workflow.model import Role


def follow(visit: Visit) -> Visit:
    """Return the visit on the case that this one goes on as."""
    reference = leads_to(visit.reference, visit.role)
    if visit.role is Role.REVIEWER and reference != visit.reference:
        # A reviewer who may not know of the other case learns nothing of it here.
        may_act = casebook().load(reference).reviewing.may_act(visit.person)
        return replace(visit, reference=reference) if may_act else visit
    return replace(visit, reference=reference)


def leads_to(reference: str, role: Role) -> str:
    """Return which case a link opens: after a merge the older one, except for supporters."""
    return reference if role is Role.SUPPORTER else duplicates.goes_on_as(casebook(), reference)
