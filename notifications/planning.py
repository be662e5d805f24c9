"""From decisions to mails in the outbox: who reads them, when they leave, for which occasion."""

import uuid
from dataclasses import replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from notifications.mail.catalog import BY_PHONE, EMAILS
from notifications.recipients import readers_of
from notifications.telling import must_be_told, told_by_phone
from program import Program
from store.outbox import NO_DECISION, RING, Outgoing
from workflow import table
from workflow.model import Audience, Case, Event, Notice, Role, State, Transition

#: What the numbers and pagers are sent that an urgent request rings.
PAGED = "ring"


def for_transition(
    casebook: Casebook, loaded: Loaded, transition: Transition
) -> tuple[Case, list[Outgoing]]:
    """Return the case with what must be told by phone, and the mails of a transition."""
    after, at, mails = transition.after, transition.at, list[Outgoing]()
    for notice in transition.notices:
        if transition.decision.erases_now and notice.audience is Audience.REQUESTER:
            continue
        notice = _without_candidates(casebook, loaded, after, notice, at)
        after, notice = told_by_phone(after, notice, loaded.identity, casebook.rules, at)
        leaves_at = _leaves_at(casebook.program, transition, notice)
        for person, role in readers_of(casebook, loaded, transition.after, notice):
            cause, version = after.reference, after.version
            mails.append(
                about_request(loaded.stored.id, notice, person, role, cause, leaves_at, version)
            )
    return after, mails


def about_undeliverable(
    casebook: Casebook, loaded: Loaded, failed: Outgoing, now: datetime
) -> tuple[Case, list[Outgoing]]:
    """What follows when a mail was given up: tell by phone, and tell the reviewers."""
    case = loaded.case
    notice = Notice("undeliverable", Audience.REVIEWERS, subject=failed.role)
    if failed.role == Role.REVIEWER:
        # Perhaps none of them can be reached.
        notice = replace(notice, audience=Audience.DEPUTIES)
    if failed.role == Role.REQUESTER and failed.email in BY_PHONE:
        case, notice = must_be_told(case, failed.email, casebook.rules, now)
    at, cause = _by_day(casebook.program, case, now), f"{failed.occasion}/failed"
    mails = [
        about_request(loaded.stored.id, notice, person, role, cause, at)
        for person, role in readers_of(casebook, loaded, case, notice)
        if person != failed.person
    ]
    return case, mails


def fresh_link(
    loaded: Loaded, person: str, role: Role, offer: int | None, now: datetime
) -> Outgoing:
    """A new link for somebody whose link is too old; at most one in ten minutes."""
    cause = f"{loaded.case.reference}/fresh/{role}/{ten_minutes(now)}"
    notice = Notice("fresh_link", Audience.REQUESTER, offer=offer)
    return about_request(loaded.stored.id, notice, person, role, cause, now)


def _without_candidates(
    casebook: Casebook, loaded: Loaded, case: Case, notice: Notice, now: datetime
) -> Notice:
    """When nobody can be proposed, say so at once: reviewers must think of another way."""
    if not EMAILS[notice.email].asks_for_match or case.state is not State.IN_REVIEW:
        return notice
    return notice if casebook.choosable(loaded, now) else replace(notice, email="no_candidate")


def _leaves_at(program: Program, transition: Transition, notice: Notice) -> datetime:
    """Decisions that can be undone, and the first mail to reviewers, wait a little."""
    at, event = transition.at, transition.decision.event
    if transition.after.is_urgent:
        return at
    if transition.decision.role is Role.CLOCK:
        return _by_day(program, transition.after, at)
    step = table.TABLE.get((transition.before.state, event))
    if step is not None and step.is_undoable:
        return at + program.times.undo_window
    is_late = any(p.due_at <= at for p in transition.after.promises)
    if event is Event.SUBMITTED and notice.audience is Audience.REVIEWERS and not is_late:
        return at + program.times.review_mail_delay
    return at


def _by_day(program: Program, case: Case, at: datetime) -> datetime:
    """Nobody is woken for what nobody did, unless it is urgent."""
    quiet = program.quiet
    return quiet.end_after(at) if quiet.covers(at) and not case.is_urgent else at


# Mails as they enter the outbox


def about_request(
    case_id: int,
    notice: Notice,
    person: str,
    role: str,
    cause: str,
    leaves_at: datetime,
    version: int = NO_DECISION,
) -> Outgoing:
    """A mail about a request; `version` is the one that a decision made, which sends it."""
    return Outgoing(
        cause=cause,
        message_id=message_id(),
        email=PAGED if role == RING else notice.email,
        person=person,
        role=role,
        case_id=case_id,
        version=version,
        leaves_at=leaves_at,
        offer=notice.offer,
        event=notice.event or "",
        subject=notice.subject,
        while_promise=notice.while_promise or "",
        while_offer=notice.while_offer or "",
    )


def about_no_request(
    email: str, cause: str, person: str, subject: str, leaves_at: datetime
) -> Outgoing:
    """A mail that is about no request."""
    return Outgoing(
        cause=cause,
        message_id=message_id(),
        email=email,
        person=person,
        role="",
        case_id=None,
        version=NO_DECISION,
        leaves_at=leaves_at,
        subject=subject,
    )


def message_id() -> str:
    """Fixed when the mail enters the outbox, so that a second copy can be recognized."""
    return uuid.uuid4().hex


def ten_minutes(now: datetime) -> str:
    """Name the ten minutes in which a link is mailed once."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0).isoformat()
