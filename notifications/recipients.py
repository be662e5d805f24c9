"""Who reads a notice: the people in its audience now."""

from collections.abc import Iterator
from dataclasses import replace

from casebook.casebook import Casebook, Loaded
from notifications.mail.catalog import EMAILS
from notifications.mail.properties import Until
from people.contacts import is_same_address
from program.entries import PARTNER
from store.mail import readers
from store.outbox import REQUESTER, RING, SECOND_ADDRESS
from workflow.model import Audience, Case, Notice, Role
from workflow.partners.hand_over import is_agreed, is_still
from workflow.reviewers import Reviewing, is_barred


def readers_of(
    casebook: Casebook, loaded: Loaded, case: Case, notice: Notice
) -> Iterator[tuple[str, str]]:
    """Yield (person, role) for every reader of a notice."""
    db, reviewing = casebook.store.read(), casebook.reviewing(case, loaded.identity)
    match notice.audience:
        case Audience.REQUESTER:
            if loaded.identity is not None and case.facts.is_mailable:
                yield REQUESTER, Role.REQUESTER
        case Audience.SECOND_ADDRESS:
            if second_address(loaded, case):
                yield SECOND_ADDRESS, Role.REQUESTER
        case Audience.REVIEWERS if notice.email == "request_withdrawn":
            mailed = readers.ever_mailed(db, loaded.stored.id, Role.REVIEWER)
            yield from (
                (id, Role.REVIEWER) for id in mailed if _may_hear(casebook, loaded, case, id)
            )
        case Audience.REVIEWERS:
            yield from ((p.id, Role.REVIEWER) for p in reviewing.reviewers)
        case Audience.NEW_REVIEWERS:
            addressed = readers.addressed(db, loaded.stored.id, Role.REVIEWER)
            known = addressed & {p.id for p in loaded.reviewing.reviewers}
            yield from ((p.id, Role.REVIEWER) for p in reviewing.reviewers if p.id not in known)
        case Audience.FORMER_REVIEWERS:
            after = replace(reviewing, called=loaded.reviewing.called)
            yield from former_reviewers(casebook, loaded, after)
        case Audience.DEPUTIES:
            yield from ((p.id, Role.REVIEWER) for p in reviewing.deputies)
        case Audience.SUPPORTER:
            offer = case.offer(notice.offer) if notice.offer is not None else None
            if offer is not None and not _is_spared(casebook, notice, offer.supporter):
                yield offer.supporter, Role.SUPPORTER
        case Audience.PARTNER:
            yield from _partner(casebook, loaded, case, notice)
        case Audience.EVERYBODY_ON_CALL:
            people = {p.id: p for p in (*reviewing.reviewers, *reviewing.deputies)}
            yield from ((id, Role.REVIEWER) for id in people)
            ring = casebook.program.file.urgent.ring
            yield from ((f"{RING}-{i}", RING) for i, _ in enumerate(ring, 1))


def _partner(
    casebook: Casebook, loaded: Loaded, case: Case, notice: Notice
) -> Iterator[tuple[str, str]]:
    """Yield the partner of a hand-over; that it is over hears only who was mailed before.

    Another place with the same id never heard of it.
    """
    found = loaded.case.hand_over or case.hand_over
    if found is None:
        return
    partner, case_id = f"{PARTNER}{found.resource}", loaded.stored.id
    place = casebook.program.place_of(found.resource)
    mailed = readers.ever_mailed(casebook.store.read(), case_id, Role.PARTNER)
    if not is_still(loaded.case if is_agreed(loaded.case) else case, place):
        return
    if notice.while_promise or partner in mailed:
        yield partner, Role.PARTNER


def former_reviewers(
    casebook: Casebook, before: Loaded, after: Reviewing
) -> Iterator[tuple[str, str]]:
    """Yield (person, role) for everyone who knows of a case and may no longer act on it."""
    mailed = readers.ever_mailed(casebook.store.read(), before.stored.id, Role.REVIEWER)
    for id in mailed:
        if before.reviewing.may_act(id) and not after.may_act(id):
            yield id, Role.REVIEWER


def second_address(loaded: Loaded, case: Case) -> str:
    """Return the address that waits to be confirmed and may be mailed; "" without one.

    That of a newer request has heard of it already; that it was merged would say too much.
    """
    first, confirmation = loaded.own, case.confirmation
    second = first.second if first is not None else None
    if first is None or second is None or confirmation is None or confirmation.newer:
        return ""
    is_new = confirmation.facts.is_mailable and not is_same_address(first, second)
    return second.email if is_new else ""


def _is_spared(casebook: Casebook, notice: Notice, supporter: str) -> bool:
    spares_absent = EMAILS[notice.email].until is Until.READER_IS_AWAY
    return spares_absent and supporter in casebook.absent


def _may_hear(casebook: Casebook, loaded: Loaded, case: Case, id: str) -> bool:
    """Tell whether someone who was mailed before may still hear of a case."""
    person = casebook.program.people.get(id)
    if person is None or loaded.identity is None:
        return False
    may_act = loaded.reviewing.may_act(id)
    case = casebook.with_not_wanted(case, loaded.identity)
    return may_act or not is_barred(person, case, loaded.identity)
