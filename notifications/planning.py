"""Plan the mails of a decision: who reads them, when they leave, on which occasion."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from casebook import duplicates
from casebook.casebook import Casebook, Loaded
from matching.fairness import Use
from notifications.mail.catalog import BY_PHONE, EMAILS
from notifications.mail.properties import Leads, Needs
from notifications.quiet_hours import after_quiet_hours
from notifications.recipients import readers_of
from notifications.telling import promise_to_tell, tell_by_phone_if_unmailable
from program import Program
from store import uses
from store.mail import readers
from store.outbox import NO_DECISION, ONE_REVIEWER, RING, SECOND_ADDRESS, Outgoing
from workflow.consequences import LATE
from workflow.model import Audience, Case, Event, Notice, PromiseKind, Role, State, Transition
from workflow.table import WAITING
from workflow.transitions import not_asked_by_mail, second_came_back

#: The e-mail to the numbers and pagers that an urgent case rings.
PAGED = "ring"
#: When feedback is asked for, so that no mail tells the hour of a closing.
FEEDBACK_AT = time(10)
#: What fails within this time is told in one mail to each reader.
FAILING_TOGETHER = timedelta(minutes=1)


def for_transition(
    casebook: Casebook, loaded: Loaded, transition: Transition
) -> tuple[Case, list[Outgoing]]:
    """Return the mails of a transition, and the case with promises to tell by phone."""
    after, at, mails = transition.after, transition.at, list[Outgoing]()
    for notice in transition.notices:
        if transition.decision.erases_now and notice.audience is Audience.REQUESTER:
            continue
        notice = _without_candidates(casebook, loaded, after, notice, at)
        after, notice = tell_by_phone_if_unmailable(
            after, notice, loaded.identity, casebook.rules, at
        )
        leaves_at = _leaves_at(casebook.program, transition, notice)
        if EMAILS[notice.email].leads is Leads.FEEDBACK:
            if after.is_test or not casebook.program.file.feedback.after:
                continue
            leaves_at = _feedback_at(casebook.program, at)
        if EMAILS[notice.email].needs is Needs.CARE and not _offers_debrief(casebook, transition):
            continue
        for person, role in readers_of(casebook, loaded, transition.after, notice):
            cause, version = after.reference, after.version
            mails.append(
                case_mail(loaded.stored.id, notice, person, role, cause, leaves_at, version)
            )
    return after, mails


def about_undeliverable(
    casebook: Casebook, loaded: Loaded, failed: Outgoing, now: datetime
) -> tuple[Case, list[Outgoing]]:
    """Return the case and the mails after a mail was given up: others must tell by phone."""
    case = loaded.case
    notice = Notice("undeliverable", Audience.REVIEWERS, subject=failed.role)
    if failed.role == Role.REVIEWER:
        if _may_no_reviewer_be_reached(casebook, loaded, failed):
            notice = replace(notice, audience=Audience.DEPUTIES)
        elif loaded.reviewing.may_act(failed.person):
            notice = replace(notice, subject=ONE_REVIEWER)
        else:
            return case, []  # There is no one to tell another way.
    if EMAILS[failed.email].leads is Leads.CONFIRMATION:
        case = not_asked_by_mail(case, now, casebook.rules)
    if _was_to_second(loaded, failed):
        case = second_came_back(case, now, casebook.rules)
        notice = replace(notice, subject=SECOND_ADDRESS)
    elif failed.role == Role.REQUESTER and failed.email in BY_PHONE:
        case, notice = promise_to_tell(case, failed.email, casebook.rules, now)
    at = after_quiet_hours(casebook.program, case, now + FAILING_TOGETHER)
    cause = f"{failed.occasion}/failed/{case.reference}"
    mails = [
        case_mail(loaded.stored.id, notice, person, role, cause, at)
        for person, role in readers_of(casebook, loaded, case, notice)
        if person != failed.person
    ]
    return case, mails


def _may_no_reviewer_be_reached(casebook: Casebook, loaded: Loaded, failed: Outgoing) -> bool:
    """Tell whether deputies are called because a reviewer's mail was given up.

    Anyone who knows its Message-ID can write a report about a mail. So no report about one of
    several reviewers, or about someone who does not review, gives anybody sight of the case.
    """
    reviewers = {one.id for one in loaded.reviewing.reviewers}
    reached = readers.reached(casebook.store.read(), loaded.stored.id, Role.REVIEWER)
    return failed.person in reviewers and not reached & (reviewers - {failed.person})


def _was_to_second(loaded: Loaded, failed: Outgoing) -> bool:
    """Tell whether a mail went to an address that waits: of a correction or a newer request."""
    is_of_newer = failed.role == Role.REQUESTER and failed.case_id != loaded.stored.id
    return failed.person == SECOND_ADDRESS or is_of_newer


def late_words(casebook: Casebook, newer: Loaded, now: datetime) -> Iterator[Outgoing]:
    """Yield what a merged request is told if no one confirms the merge before its promises end.

    It is closed and has no promises; its requester may be another person, who is still promised
    them. Once the merge is confirmed these mails are over; once separated, they are its own.
    """
    alone = duplicates.as_it_came(newer.case, now, casebook.rules)
    for kind in (PromiseKind.REVIEW, PromiseKind.FIRST_CONTACT):
        promise, notice = alone.promise(kind), replace(LATE, while_promise=kind)
        if promise is None or promise.due_at <= now:
            continue
        for person, role in readers_of(casebook, newer, newer.case, notice):
            at = casebook.rules.after_quiet_hours(promise.due_at, kind)
            mail = case_mail(newer.stored.id, notice, person, role, newer.case.reference, at)
            yield replace(
                mail, promise=kind, promise_began_at=promise.began_at, moment=promise.due_at
            )


def fresh_link(
    loaded: Loaded, person: str, role: Role, offer: int | None, now: datetime
) -> Outgoing:
    """Return a mail with a new link for an expired one; at most one in ten minutes."""
    cause = f"{loaded.case.reference}/fresh/{role}/{ten_minutes(now)}"
    notice = Notice("fresh_link", Audience.REQUESTER, offer=offer)
    return case_mail(loaded.stored.id, notice, person, role, cause, now)


def _without_candidates(
    casebook: Casebook, loaded: Loaded, case: Case, notice: Notice, now: datetime
) -> Notice:
    """Replace a request for a match with "no candidate" when no one can be proposed."""
    if not EMAILS[notice.email].asks_for_match or case.state is not State.IN_REVIEW:
        return notice
    return notice if casebook.choosable(loaded, now) else replace(notice, email="no_candidate")


def _offers_debrief(casebook: Casebook, transition: Transition) -> bool:
    """Tell whether the supporter of a request that is done hears who talks it through with them."""
    care, offer = casebook.program.training.care, transition.before.current_offer
    if care is None or not care.call or offer is None or transition.after.is_test:
        return False
    use = uses.all_uses(casebook.store.read()).get(offer.supporter, Use())
    return transition.decision.was_hard or sum(use.matches.values()) % care.after == 0


def _feedback_at(program: Program, at: datetime) -> datetime:
    """Return when to ask a requester how it was: the same moment for all of one day."""
    day = program.today(at + program.file.feedback.after)
    asked_at = datetime.combine(day, FEEDBACK_AT, program.zone).astimezone(UTC)
    return program.rules.after_quiet_hours(asked_at, PromiseKind.TELL)


def _leaves_at(program: Program, transition: Transition, notice: Notice) -> datetime:
    """Return when a mail leaves: undoable decisions and the first mail to reviewers wait."""
    at, event = transition.at, transition.decision.event
    if transition.after.is_urgent:
        return at
    if transition.decision.role is Role.CLOCK:
        return after_quiet_hours(program, transition.after, at)
    if event in WAITING:
        return at + program.times.undo_window
    is_late = any(p.due_at <= at for p in transition.after.promises)
    if event is Event.SUBMITTED and notice.audience is Audience.REVIEWERS and not is_late:
        return at + program.times.review_mail_delay
    return at


# Mails as they enter the outbox


def case_mail(
    case_id: int,
    notice: Notice,
    person: str,
    role: str,
    cause: str,
    leaves_at: datetime,
    version: int = NO_DECISION,
) -> Outgoing:
    """Return a mail about a case; `version` is that of the decision that caused it."""
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


def program_mail(
    email: str, cause: str, person: str, subject: str, leaves_at: datetime
) -> Outgoing:
    """Return a mail that is about no case."""
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
    """Return a new id; it never changes, so that mail programs can recognize a second copy."""
    return uuid.uuid4().hex


def ten_minutes(now: datetime) -> str:
    """Return the current ten minutes, in which a link is mailed only once."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0).isoformat()
