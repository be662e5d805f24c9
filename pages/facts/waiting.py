"""Several requests wait at once: who is thought of for more than one of them."""

from collections.abc import Mapping
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from people.supporters import Load
from store import cases
from workflow.model import OfferState, State

#: So many of a ranking are the ones whom its reviewers think of.
FIRST_CHOICES = 3
#: So many other requests are looked at, those that are due next.
NEXT_REQUESTS = 5


def also_considered(
    casebook: Casebook, loaded: Loaded, person: str, now: datetime
) -> frozenset[str]:
    """Return which supporters are first choices for another request, or stand in for its offer.

    Only of the next few requests that this reviewer may look after: of the others nobody learns
    even that they are there. A stand-in is no load: most of them are never asked.
    """
    found, loads = set[str](), casebook.loads()
    others = casebook.next_waiting(
        _departments_of(casebook, person), current=loaded.stored, limit=NEXT_REQUESTS
    )
    for other in others:
        if other.reviewing.may_act(person):
            found.update(_thought_of(casebook, other, now, loads))
    return frozenset(found)


def _departments_of(casebook: Casebook, person: str) -> list[str]:
    """Return the departments with open requests that somebody may look after."""
    program = casebook.program
    found = cases.open_departments(casebook.store.read())
    if person in program.duties.deputies or person == program.duties.outside_person:
        return found
    return [department for department in found if person in program.coordinators_of(department)]


def _thought_of(
    casebook: Casebook, other: Loaded, now: datetime, loads: Mapping[str, Load]
) -> list[str]:
    if other.case.state is State.IN_REVIEW:
        ranked = casebook.ranking(other, now, loads).ranked
        return [one.supporter.id for one in ranked[:FIRST_CHOICES]]
    offers = other.case.offers
    return [offer.supporter for offer in offers if offer.state is OfferState.STANDING_BY]
