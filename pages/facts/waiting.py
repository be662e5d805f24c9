"""Supporters who are considered for more than one waiting case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice

from casebook.casebook import Casebook, Loaded
from people.supporters import Load
from store import cases
from workflow.model import OfferState, State

#: How many at the top of a ranking count as considered.
FIRST_CHOICES = 3
#: How many other cases are checked, those due next.
NEXT_REQUESTS = 5


def also_considered(
    casebook: Casebook, loaded: Loaded, person: str, now: datetime
) -> frozenset[str]:
    """Return the supporters who would be first choices, or are stand-ins, for another case.

    Whom its requester excludes counts too: beside the other case's board, this page would tell it.
    Only the next few cases of this reviewer count: no one may learn that other cases exist. Being
    a stand-in is not part of a supporter's load, since most stand-ins are never asked.
    """
    found, loads = set[str](), casebook.loads()
    waiting = casebook.next_waiting(_departments_of(casebook, person), loaded.stored)
    # Before they are counted: one that is not theirs must not push another out.
    theirs = (other for other in waiting if other.reviewing.may_act(person))
    for other in islice(theirs, NEXT_REQUESTS):
        found.update(_considered_for(casebook, other, now, loads))
    return frozenset(found)


def _departments_of(casebook: Casebook, person: str) -> list[str]:
    """Return the departments with open cases that someone may review."""
    program = casebook.program
    found = cases.open_departments(casebook.store.read())
    if person in program.duties.deputies or person == program.duties.outside_person:
        return found
    return [department for department in found if person in program.coordinators_of(department)]


def _considered_for(
    casebook: Casebook, other: Loaded, now: datetime, loads: Mapping[str, Load]
) -> list[str]:
    if other.case.state is State.IN_REVIEW:
        ranked = casebook.ranking(replace(other, identity=None), now, loads).ranked
        return [one.supporter.id for one in ranked[:FIRST_CHOICES]]
    offers = other.case.offers
    return [offer.supporter for offer in offers if offer.state is OfferState.STANDING_BY]
