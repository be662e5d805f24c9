"""The board: the unfinished requests that somebody may look after; no identity on any line."""

from datetime import datetime

from casebook.casebook import Casebook, Loaded
from pages.facts import common as pages
from workflow.model import Case, OfferState, PromiseKind


def lines(casebook: Casebook, person: str, now: datetime) -> list[dict[str, object]]:
    """Return one line for each request that somebody may act on, the most pressing first."""
    theirs = [loaded for loaded in casebook.unfinished_cases() if loaded.reviewing.may_act(person)]
    found = sorted(theirs, key=lambda loaded: _pressing(loaded.case))
    return [_line(casebook, loaded, now) for loaded in found]


def _line(casebook: Casebook, loaded: Loaded, now: datetime) -> dict[str, object]:
    return pages.about(casebook, loaded.case, now) | {
        "facts": pages.facts_shown(casebook, loaded.case),
        "needs_call": loaded.case.promise(PromiseKind.URGENT) is not None,
        "first_contact": pages.first_contact(casebook, loaded.case, now),
        "waits_for": _waits_for(casebook, loaded),
        "looking": pages.looking(casebook, loaded, now),
        "tells": pages.tells(casebook, loaded, now),
    }


def _waits_for(casebook: Casebook, loaded: Loaded) -> str:
    """Say who must act: the supporter, whoever is calling, or the reviewers."""
    case = loaded.case
    call, offer = case.promise(PromiseKind.CALL), case.current_offer
    if call is not None:
        ids = [call.subject]
    elif offer is not None and offer.state in (OfferState.OPEN, OfferState.ACCEPTED):
        ids = [offer.supporter]
    else:
        ids = [person.id for person in loaded.reviewing.reviewers]
    people = [casebook.program.person(id) for id in ids]
    return " or ".join(person.name for person in people if person) or "nobody known"


def _pressing(case: Case) -> tuple[bool, datetime]:
    return not case.is_urgent, case.due_at or case.submitted_at
