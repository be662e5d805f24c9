"""Asking requesters some weeks after the first contact how they are doing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflow.model import Case, CheckIn, Event, Outcome, PromiseKind, State

E = Event

#: No one is asked who would have less time to answer before the request is forgotten.
TIME_TO_ANSWER = timedelta(days=3)


@dataclass(frozen=True)
class CheckInRule:
    """How many days after the first contact they are asked, and how long closed cases are kept."""

    days: Sequence[int] = ()
    kept_for: timedelta = timedelta()


NO_CHECK_IN = CheckInRule()


def with_check_in(case: Case, event: Event, now: datetime, rule: CheckInRule) -> Case:
    """Return the case with what an event changes about asking how they are doing."""
    if case.check_in is not None and case.check_in.is_stopped:
        return case
    if not _goes_on(case):
        return replace(case, check_in=None)
    if event is E.CONTACTED:
        return replace(case, check_in=_next(CheckIn(now, None), now, rule))
    if case.check_in is None:
        return case
    if event is E.CHECK_INS_STOPPED:
        return replace(case, check_in=CheckIn(case.check_in.since, None, is_stopped=True))
    if event is E.CHECKED_IN:
        return replace(case, check_in=_next(replace(case.check_in, is_asked=True), now, rule))
    if event in (E.CHECK_IN_ANSWERED, E.ASKED_AGAIN):
        return replace(case, check_in=_left(replace(case.check_in, is_asked=False)))
    return case


def is_due(case: Case, now: datetime) -> bool:
    check_in = case.check_in
    return check_in is not None and check_in.next_at is not None and check_in.next_at <= now


def may_ask(case: Case, now: datetime, rule: CheckInRule) -> bool:
    """Tell whether they get mail, and could still answer before the request is forgotten."""
    forgotten_at = case.closed_at + rule.kept_for if case.closed_at else None
    return case.facts.is_mailable and (forgotten_at is None or now + TIME_TO_ANSWER <= forgotten_at)


def skipped(case: Case, now: datetime, rule: CheckInRule) -> Case:
    """Return the case without the check-in that is due now."""
    return replace(case, check_in=_next(case.check_in, now, rule) if case.check_in else None)


def postponed(case: Case, until: datetime) -> Case:
    """Return the case with its check-in at a later moment."""
    return replace(case, check_in=replace(case.check_in, next_at=until) if case.check_in else None)


def is_asked(case: Case) -> bool:
    """Tell whether they were asked how they are doing, and have not answered."""
    return case.check_in is not None and case.check_in.is_asked


def is_wanted_again(case: Case) -> bool:
    """Tell whether the supporter in contact must get in touch once more."""
    return case.state is State.IN_CONTACT and case.promise(PromiseKind.CONTACT) is not None


def _goes_on(case: Case) -> bool:
    """Tell whether they have talked with a supporter, and no one has said that it was in vain."""
    is_supported = case.outcome is Outcome.SUPPORTED and not case.is_final
    return case.state is State.IN_CONTACT or (case.state is State.CLOSED and is_supported)


def _next(check_in: CheckIn, now: datetime, rule: CheckInRule) -> CheckIn | None:
    """Return the check-in with its next day; after an outage, days that have passed count once."""
    moments = (check_in.since + timedelta(days=days) for days in rule.days)
    return _left(replace(check_in, next_at=min((at for at in moments if at > now), default=None)))


def _left(check_in: CheckIn) -> CheckIn | None:
    """Return None when nothing is asked any more, neither now nor later."""
    return check_in if check_in.is_asked or check_in.next_at is not None else None
