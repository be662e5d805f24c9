"""Rules for promises: when they are due, who is reminded before and after, and quiet hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

from lib.working_time import AROUND_THE_CLOCK, Span, WorkingTime, parse_span
from people.supporters import ChecksMail
from workflow.check_in import NO_CHECK_IN, CheckInRule
from workflow.model import Case, Promise, PromiseKind

#: Intervals that have a word of their own in program.toml.
REPEATED = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
#: These cannot wait: they ignore quiet hours and working time.
URGENT_KINDS = (PromiseKind.URGENT, PromiseKind.CALL)


class Level(StrEnum):
    """Who is told at a moment: the person who must act, the reviewers, or the deputies; or DUE."""

    REMINDER = "nudge"
    REVIEWERS = "reviewers"
    DEPUTY = "deputy"
    DUE = "due"


class Anchor(StrEnum):
    AFTER_BEGIN = "after"
    BEFORE_DUE = "before"
    WHEN_DUE = "when due"
    LATE = "late"


@dataclass(frozen=True)
class When:
    """A moment of a promise, relative to when it began or is due."""

    anchor: Anchor
    offset: Span = timedelta()

    def of(self, promise: Promise, working: WorkingTime) -> datetime:
        if self.anchor is Anchor.AFTER_BEGIN:
            return working.after(promise.began_at, self.offset)
        if self.anchor is Anchor.BEFORE_DUE:
            return working.before(promise.due_at, self.offset)
        return working.after(promise.due_at, self.offset)


@dataclass(frozen=True)
class PromiseRule:
    """One promise as set in program.toml. `repeat` applies to the last moment of each level."""

    within: Span
    nudges: tuple[When, ...] = ()
    reviewers: When | None = None
    deputy: When | None = None
    repeat: Span = timedelta(hours=24)
    #: Longer times for supporters who seldom read their mail.
    checks_mail: Mapping[ChecksMail, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class QuietHours:
    """Local hours in which no one is reminded and the time for an offer does not run."""

    begin: time
    end: time
    zone: tzinfo

    def covers(self, at: datetime) -> bool:
        """Tell whether a moment is in quiet hours; setting a clock back does not restart them."""
        return self.end_after(at) < self.begin_after(at)

    def end_after(self, at: datetime) -> datetime:
        return _next(self.end, self.zone, at)

    def begin_after(self, at: datetime) -> datetime:
        return _next(self.begin, self.zone, at)

    def after(self, at: datetime, wait: timedelta) -> datetime:
        """Return the moment when `wait` has passed outside quiet hours."""
        if self.begin == self.end:
            return at + wait
        while True:
            at = self.end_after(at) if self.covers(at) else at
            waking = self.begin_after(at) - at
            if wait < waking:
                return at + wait
            at, wait = at + waking, wait - waking


@lru_cache(maxsize=1024)
def _next(wall: time, zone: tzinfo, at: datetime) -> datetime:
    """Return the next moment with this time of day; one moment is asked about many times."""
    local = at.astimezone(zone)
    for day in (0, 1, 2):
        candidate = datetime.combine(local.date() + timedelta(days=day), wall, zone)
        if candidate.astimezone(UTC) > at:
            return candidate.astimezone(UTC)
    raise AssertionError("Two days have no such time of day")


@dataclass(frozen=True)
class Rules:
    """The promises, quiet hours and working time of program.toml."""

    promises: Mapping[PromiseKind, PromiseRule]
    quiet: QuietHours
    tries: int

    working: WorkingTime = AROUND_THE_CLOCK
    check_in: CheckInRule = NO_CHECK_IN

    def after_quiet_hours(self, at: datetime, kind: PromiseKind) -> datetime:
        """Return a moment moved to the end of quiet hours; urgent promises ignore them."""
        if kind in URGENT_KINDS:
            return at
        return self.quiet.end_after(at) if self.quiet.covers(at) else at

    def due_at(self, kind: PromiseKind, began_at: datetime) -> datetime:
        """Return when a promise that begins at a moment is due."""
        return self.working.after(began_at, self.promises[kind].within)

    def offer_due_at(self, case: Case, sent_at: datetime, habit: ChecksMail) -> datetime:
        """Return when an offer must be answered; its time does not run in quiet hours.

        Supporters who seldom read mail get longer if the first contact can still be in time.
        """
        rule = self.promises[PromiseKind.OFFER]
        usual_at = self._after_waking_span(sent_at, rule.within)
        if habit not in rule.checks_mail:
            return usual_at
        ends_at = [self.working.after(sent_at, rule.checks_mail[habit])]
        if (first_contact := case.promise(PromiseKind.FIRST_CONTACT)) is not None:
            contact_within = self.promises[PromiseKind.CONTACT].within
            ends_at.append(self.working.before(first_contact.due_at, contact_within))
        return max(usual_at, self.after_quiet_hours(min(ends_at), PromiseKind.OFFER))

    def _after_waking_span(self, at: datetime, span: Span) -> datetime:
        if isinstance(span, timedelta):
            return self.quiet.after(at, span)
        return self.after_quiet_hours(self.working.after(at, span), PromiseKind.OFFER)


def parse_when(text: str) -> When:
    """Read "after 24 hours", "12 hours before", "when due" or "24 hours late"."""
    words = text.strip()
    if words == "when due":
        return When(Anchor.WHEN_DUE)
    if words.startswith("after "):
        return When(Anchor.AFTER_BEGIN, parse_span(words.removeprefix("after ")))
    for ending, anchor in ((" before", Anchor.BEFORE_DUE), (" late", Anchor.LATE)):
        if words.endswith(ending):
            return When(anchor, parse_span(words.removesuffix(ending)))
    raise ValueError(
        f'"{text}" is not a moment; write "after 24 hours", "12 hours before",'
        ' "when due" or "24 hours late"'
    )


def parse_repeat(text: str) -> Span:
    """Read "then daily", "then weekly" or "then every 4 hours", which follows the last reminder."""
    words = text.strip().removeprefix("then ")
    if words in REPEATED:
        return REPEATED[words]
    if not words.startswith("every "):
        raise ValueError(
            f'"{text}" is not clear; write "then daily", "then weekly" or "then every 4 hours"'
        )
    return parse_span(words.removeprefix("every "))
