"""News for requesters who cannot be mailed: reviewers promise to tell them by phone."""

from datetime import datetime

from notifications.mail.catalog import BY_PHONE
from people.records import Identity
from workflow.model import Audience, Case, Notice, PromiseKind
from workflow.promise_rules import Rules
from workflow.schedule import begin


def tell_by_phone_if_unmailable(
    case: Case, notice: Notice, identity: Identity | None, rules: Rules, now: datetime
) -> tuple[Case, Notice]:
    """Replace a notice to an unmailable requester with a promise and a notice to reviewers."""
    if notice.audience is not Audience.REQUESTER or identity is None:
        return case, notice
    if case.facts.is_mailable or notice.email not in BY_PHONE:
        return case, notice
    return promise_to_tell(case, notice.email, rules, now)


def promise_to_tell(case: Case, email: str, rules: Rules, now: datetime) -> tuple[Case, Notice]:
    """Begin the promise to tell the requester; a running one keeps its due moment."""
    notice = Notice(
        "tell_by_phone", Audience.REVIEWERS, while_promise=PromiseKind.TELL, subject=email
    )
    if case.promise(PromiseKind.TELL, email) is not None:
        return case, notice
    promise = begin(PromiseKind.TELL, rules, began_at=now, now=now, subject=email)
    return case.with_promise(promise), notice
