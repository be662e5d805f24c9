"""The moments of a promise, and when it needs attention next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from workflow.model import Promise, PromiseKind
from workflow.promise_rules import Level, Rules


@dataclass(frozen=True)
class Moment:
    """A point in time at which a promise has a consequence."""

    level: Level
    at: datetime


def begin(
    kind: PromiseKind,
    rules: Rules,
    *,
    began_at: datetime,
    now: datetime,
    due_at: datetime | None = None,
    subject: str = "",
) -> Promise:
    """Make a promise that counts from `began_at`, due after the rule's time unless given.

    A promise that begins late skips reminders that are already past: the mail that begins it says
    how things are. Reviewers and deputies who should have been told are told in the next round.
    """
    due_at = due_at or rules.due_at(kind, began_at)
    raw = Promise(kind, began_at, due_at, handled_at=began_at, next_at=now, subject=subject)
    if unhandled_moments(raw, rules, now).keys() <= {Level.REMINDER}:
        return with_next_at(replace(raw, handled_at=now), rules, now)
    next_at = rules.after_quiet_hours(now, kind)
    return replace(raw, handled_at=next_at, next_at=next_at)


def with_next_at(promise: Promise, rules: Rules, now: datetime) -> Promise:
    """Return the promise with `next_at` set to its first unhandled moment."""
    repeat = rules.promises[promise.kind].repeat
    until = max(now, promise.due_at)
    for _ in range(2):
        until = rules.working.after(until, repeat)
    ats = (moment.at for moment in moments(promise, rules, until))
    next_at = min((at for at in ats if at > promise.handled_at), default=until)
    return replace(promise, next_at=rules.after_quiet_hours(next_at, promise.kind))


def postponed(promise: Promise, until: datetime) -> Promise:
    """Return the promise to be handled at `until` instead, with everything that is due by then."""
    handled_at = until if begins_late(promise) else promise.handled_at
    return replace(promise, handled_at=handled_at, next_at=until)


def begins_late(promise: Promise) -> bool:
    """Tell whether a promise that began with moments already past still awaits its first round.

    Only such a promise has a `next_at` that is not after its `handled_at`.
    """
    return promise.next_at <= promise.handled_at


def moments(promise: Promise, rules: Rules, until: datetime) -> Iterator[Moment]:
    """Yield all moments of a promise up to `until`; the last of each level repeats."""
    rule, working = rules.promises[promise.kind], rules.working
    yield Moment(Level.DUE, promise.due_at)
    levels = {
        Level.REMINDER: rule.nudges,
        Level.REVIEWERS: (rule.reviewers,) if rule.reviewers else (),
        Level.DEPUTY: (rule.deputy,) if rule.deputy else (),
    }
    for level, whens in levels.items():
        ats = sorted(when.of(promise, working) for when in whens)
        yield from (Moment(level, at) for at in ats)
        at = ats[-1] if ats else until
        while (at := working.after(at, rule.repeat)) <= until:
            yield Moment(level, at)


def previous_moment(promise: Promise, rules: Rules, moment: Moment) -> datetime | None:
    """Return the moment of the same level just before this one; None if it is the first."""
    same = (each.at for each in moments(promise, rules, moment.at) if each.level is moment.level)
    return max((at for at in same if at < moment.at), default=None)


def unhandled_moments(promise: Promise, rules: Rules, now: datetime) -> dict[Level, datetime]:
    """Return the latest past moment of each level that has had no consequence yet.

    After an outage people get one mail about how things are, not one for every moment.
    """
    passed: dict[Level, datetime] = {}
    for moment in moments(promise, rules, until=now):
        is_called_late = begins_late(promise) and moment.level is not Level.REMINDER
        handled_until = promise.began_at if is_called_late else promise.handled_at
        if handled_until < moment.at <= now:
            passed[moment.level] = max(moment.at, passed.get(moment.level, moment.at))
    return passed
