"""A supporter asks to talk to someone about a request."""

from collections.abc import Iterable
from datetime import date, datetime

from casebook.casebook import Casebook, Loaded
from engine.engine import Engine
from lib.addresses import canonical
from notifications.planning import case_mail
from people.records import Person
from store import outbox
from store.mail import readers
from store.outbox import Outgoing
from store.record import openings
from workflow.choices import TALK
from workflow.errors import NotYours
from workflow.model import Audience, Notice, OfferState, Role

TALK_WANTED = "talk_wanted"


def ask(engine: Engine, reference: str, person: Person, now: datetime) -> None:
    """Mail the people who may know of the request, once a day; NotYours if it is not theirs."""
    loaded = engine.casebook.load(reference)
    offer = loaded.case.current_offer
    if offer is None or offer.supporter != person.id or offer.state is not OfferState.ACCEPTED:
        raise NotYours(f"{person.id} does not support {reference}")
    today, before = (
        engine.program.today(now),
        _asked_on(engine.casebook, loaded.stored.id, person.id),
    )
    if today in before:
        return
    listeners = _listeners(loaded, person, is_first=not before)
    with engine.store.write() as db:
        openings.record(db, loaded.stored.id, now, person.id, TALK)
        outbox.add(db, _mails(loaded, listeners, today, now))


def people_told_today(casebook: Casebook, case_id: int, supporter: str, now: datetime) -> list[str]:
    """Return the names of people who were told today that a supporter would like to talk."""
    today = casebook.program.today(now)
    if today not in _asked_on(casebook, case_id, supporter):
        return []
    ids = readers.of_mail(casebook.store.read(), case_id, TALK_WANTED, f"{today}")
    people = (casebook.program.person(id) for id in ids)
    return [person.name for person in people if person]


def _mails(
    loaded: Loaded, listeners: Iterable[Person], today: date, now: datetime
) -> list[Outgoing]:
    offer = loaded.case.current_offer
    notice = Notice(
        TALK_WANTED, Audience.REVIEWERS, offer=offer.number if offer else None, subject=f"{today}"
    )
    cause = f"{loaded.case.reference}/talk/{today}"
    return [
        case_mail(loaded.stored.id, notice, one.id, Role.REVIEWER, cause, now) for one in listeners
    ]


def _listeners(loaded: Loaded, supporter: Person, is_first: bool) -> list[Person]:
    """Return the reviewers, and on a second day the deputies as well.

    It leaves out the supporter, who may also be a reviewer with another id.
    """
    reviewing = loaded.reviewing
    people = dict.fromkeys((*reviewing.reviewers, *reviewing.deputies))
    others = [p for p in people if canonical(p.email) != canonical(supporter.email)]
    reviewers = [p for p in others if p in reviewing.reviewers]
    return (reviewers or others) if is_first else others


def _asked_on(casebook: Casebook, case_id: int, supporter: str) -> set[date]:
    recorded = openings.of_case(casebook.store.read(), case_id)
    return {
        casebook.program.today(at)
        for at, who, what in recorded
        if who == supporter and what == TALK
    }
