"""What a requester must hear although nobody can mail it: reviewers promise to tell them."""

from datetime import datetime

from notifications.mail.catalog import BY_PHONE
from people.records import Identity
from workflow.deadlines import Rules, begin
from workflow.model import Audience, Case, Notice, PromiseKind


def told_by_phone(
    case: Case, notice: Notice, identity: Identity | None, rules: Rules, now: datetime
) -> tuple[Case, Notice]:
    """What cannot be mailed to the requester becomes a promise of the reviewers."""
    if notice.audience is not Audience.REQUESTER or identity is None:
        return case, notice
    if case.facts.is_mailable or notice.email not in BY_PHONE:
        return case, notice
    return must_be_told(case, notice.email, rules, now)


def must_be_told(case: Case, email: str, rules: Rules, now: datetime) -> tuple[Case, Notice]:
    """Begin to promise it; one that still waits to be kept gets no more time for it."""
    notice = Notice(
        "tell_by_phone", Audience.REVIEWERS, while_promise=PromiseKind.TELL, subject=email
    )
    if case.promise(PromiseKind.TELL, email) is not None:
        return case, notice
    promise = begin(PromiseKind.TELL, rules, began_at=now, now=now, subject=email)
    return case.with_promise(promise), notice
