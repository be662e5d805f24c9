"""The board: the open requests that somebody may look after; no identity on any line."""

from collections.abc import Iterator
from datetime import datetime

from store import cases
from workflow import pages
from workflow.engine import Engine, Loaded
from workflow.model import Case, OfferState, PromiseKind


def theirs(engine: Engine, person: str) -> Iterator[Loaded]:
    """Yield the open requests that somebody may act on; others leave no trace."""
    for stored, sealed in cases.open_identities(engine.store.read()):
        loaded = engine.opened(stored, sealed)
        if loaded.reviewing.may_act(person):
            yield loaded


def lines(engine: Engine, person: str, now: datetime) -> list[dict[str, object]]:
    """Return one line for each request, the most pressing first."""
    found = sorted(theirs(engine, person), key=lambda loaded: _pressing(loaded.case))
    return [_line(engine, loaded, now) for loaded in found]


def due_at(case: Case) -> datetime | None:
    """Return when the next thing is due that the page of a request names."""
    promise = pages.main_promise(case)
    tells = [p.due_at for p in case.promises if p.kind is PromiseKind.TELL]
    return min([*tells, *([promise.due_at] if promise else [])], default=None)


def _line(engine: Engine, loaded: Loaded, now: datetime) -> dict[str, object]:
    return pages.about(engine, loaded.case, now) | {
        "facts": pages.facts_shown(engine, loaded.case),
        "waits_for": _waits_for(engine, loaded),
        "looking": pages.looking(engine, loaded, now),
        "tells": pages.tells(engine, loaded, now),
    }


def _waits_for(engine: Engine, loaded: Loaded) -> str:
    """Say who must act: the supporter, whoever is calling, or the reviewers."""
    case = loaded.case
    call, offer = case.promise(PromiseKind.CALL), case.current_offer
    if call is not None:
        ids = [call.subject]
    elif offer is not None and offer.state in (OfferState.OPEN, OfferState.ACCEPTED):
        ids = [offer.supporter]
    else:
        ids = [person.id for person in loaded.reviewing.reviewers]
    people = [engine.program.person(id) for id in ids]
    return " or ".join(person.name for person in people if person) or "nobody known"


def _pressing(case: Case) -> tuple[bool, datetime]:
    return not case.is_urgent, due_at(case) or case.submitted_at
