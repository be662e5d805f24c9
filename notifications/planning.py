"""From decisions to mails in the outbox: who reads them, when they leave, for which occasion."""

from dataclasses import replace
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from notifications.envelopes import about_request, ten_minutes
from notifications.recipients import readers_of
from program import Program
from store.outbox import Outgoing
from workflow import table
from workflow.model import Audience, Case, Event, Notice, Role, State, Transition
from workflow.telling import MUST_BE_TOLD, must_be_told, told_by_phone

#: Mails that ask reviewers to find a supporter.
ASKS_FOR_A_MATCH = {"review_requested", "back_in_review", "offer_declined"}


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
            occasion = f"{after.reference}/{after.version}/{notice.email}/{notice.subject}/{person}"
            mails.append(
                about_request(
                    loaded.stored.id, notice, person, role, occasion, leaves_at, after.version
                )
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
    if failed.role == Role.REQUESTER and failed.email in MUST_BE_TOLD:
        case, notice = must_be_told(case, failed.email, casebook.rules, now)
    at, occasion = _by_day(casebook.program, case, now), f"{failed.occasion}/failed"
    mails = [
        about_request(loaded.stored.id, notice, person, role, f"{occasion}/{person}", at)
        for person, role in readers_of(casebook, loaded, case, notice)
        if person != failed.person
    ]
    return case, mails


def fresh_link(
    loaded: Loaded, person: str, role: Role, offer: int | None, now: datetime
) -> Outgoing:
    """A new link for somebody whose link is too old; at most one in ten minutes."""
    occasion = f"{loaded.case.reference}/fresh/{role}/{person}/{ten_minutes(now)}"
    notice = Notice("fresh_link", Audience.REQUESTER, offer=offer)
    return about_request(loaded.stored.id, notice, person, role, occasion, now)


def _without_candidates(
    casebook: Casebook, loaded: Loaded, case: Case, notice: Notice, now: datetime
) -> Notice:
    """When nobody can be proposed, say so at once: reviewers must think of another way."""
    if notice.email not in ASKS_FOR_A_MATCH or case.state is not State.IN_REVIEW:
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
