"""Promises: when they are due, whom the clock reminds before and after, and quiet hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from lib.working_time import AROUND_THE_CLOCK, Span, WorkingTime, parse_span
from people.supporters import ChecksMail
from workflow.model import Case, Promise, PromiseKind

#: How the words after "then" say how often a nudge is repeated.
REPEATED = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
#: What nobody may wait for: these ignore quiet hours, and know no working time.
URGENT = (PromiseKind.URGENT, PromiseKind.CALL)


class Level(StrEnum):
    """Who hears at a moment: the one who must act, the reviewers, the deputies; or it is due."""

    NUDGE = "nudge"
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
    """A moment of a promise, in relation to when it began or is due."""

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
    """One promise as program.toml words it. `repeat` applies to the last moment of each level."""

    within: Span
    nudges: tuple[When, ...] = ()
    reviewers: When | None = None
    deputy: When | None = None
    repeat: Span = timedelta(hours=24)
    #: How long it may take those who seldom read their mail.
    checks_mail: Mapping[ChecksMail, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class QuietHours:
    """Local hours in which nobody is nudged and an offer's time stands still."""

    begin: time
    end: time
    zone: tzinfo

    def covers(self, at: datetime) -> bool:
        """Tell whether quiet hours end next; a clock set back does not begin them again."""
        return self.end_after(at) < self.begin_after(at)

    def end_after(self, at: datetime) -> datetime:
        return self._next(self.end, at)

    def begin_after(self, at: datetime) -> datetime:
        return self._next(self.begin, at)

    def after(self, at: datetime, wait: timedelta) -> datetime:
        """Return the moment when `wait` has passed outside quiet hours."""
        if self.begin == self.end:
            return at + wait
        while True:
            at = self.end_after(at) if self.covers(at) else at
            awake = self.begin_after(at) - at
            if wait < awake:
                return at + wait
            at, wait = at + awake, wait - awake

    def _next(self, wall: time, at: datetime) -> datetime:
        local = at.astimezone(self.zone)
        for day in (0, 1, 2):
            candidate = datetime.combine(local.date() + timedelta(days=day), wall, self.zone)
            if candidate.astimezone(UTC) > at:
                return candidate.astimezone(UTC)
        raise AssertionError("Two days have no such time of day")


@dataclass(frozen=True)
class Moment:
    """A point at which the clock has something to do."""

    level: Level
    at: datetime


@dataclass(frozen=True)
class Rules:
    """The clock's share of program.toml."""

    promises: Mapping[PromiseKind, PromiseRule]
    quiet: QuietHours
    tries: int

    working: WorkingTime = AROUND_THE_CLOCK

    def awake_at(self, at: datetime, kind: PromiseKind) -> datetime:
        """Move a moment out of quiet hours; urgent calls ignore them."""
        if kind in URGENT:
            return at
        return self.quiet.end_after(at) if self.quiet.covers(at) else at

    def due_at(self, kind: PromiseKind, began_at: datetime) -> datetime:
        """Return when a promise is due that counts from a moment."""
        return self.working.after(began_at, self.promises[kind].within)

    def offer_due_at(self, case: Case, sent_at: datetime, habit: ChecksMail) -> datetime:
        """Return until when a supporter may answer; an offer's time stands still at night.

        Who seldom reads mail gets longer, as long as the first contact can still come in time.
        """
        rule = self.promises[PromiseKind.OFFER]
        usual_at = self._awake_after(sent_at, rule.within)
        if habit not in rule.checks_mail:
            return usual_at
        ends_at = [self.working.after(sent_at, rule.checks_mail[habit])]
        if (first_contact := case.promise(PromiseKind.FIRST_CONTACT)) is not None:
            contact_within = self.promises[PromiseKind.CONTACT].within
            ends_at.append(self.working.before(first_contact.due_at, contact_within))
        return max(usual_at, self.awake_at(min(ends_at), PromiseKind.OFFER))

    def _awake_after(self, at: datetime, span: Span) -> datetime:
        if isinstance(span, timedelta):
            return self.quiet.after(at, span)
        return self.awake_at(self.working.after(at, span), PromiseKind.OFFER)


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
    """Read what follows the last nudge: "then daily", "then weekly" or "then every 4 hours"."""
    words = text.strip().removeprefix("then ")
    if words in REPEATED:
        return REPEATED[words]
    if not words.startswith("every "):
        raise ValueError(
            f'"{text}" is not clear; write "then daily", "then weekly" or "then every 4 hours"'
        )
    return parse_span(words.removeprefix("every "))


def begin(
    kind: PromiseKind,
    rules: Rules,
    *,
    began_at: datetime,
    now: datetime,
    due_at: datetime | None = None,
    subject: str = "",
) -> Promise:
    """Make a promise that counts from `began_at`, due after the rule's time unless told.

    A promise that begins late leaves out the nudges that are already past: the mail that begins
    it says where things stand. Whom the clock should have called is called at the next look.
    """
    due_at = due_at or rules.due_at(kind, began_at)
    raw = Promise(kind, began_at, due_at, handled_at=began_at, next_at=now, subject=subject)
    if passed_moments(raw, rules, now).keys() <= {Level.NUDGE}:
        return with_next_look(replace(raw, handled_at=now), rules, now)
    look_at = rules.awake_at(now, kind)
    return replace(raw, handled_at=look_at, next_at=look_at)


def with_next_look(promise: Promise, rules: Rules, now: datetime) -> Promise:
    """Set when the clock must look again: the first moment without a consequence."""
    repeat = rules.promises[promise.kind].repeat
    until = max(now, promise.due_at)
    for _ in range(2):
        until = rules.working.after(until, repeat)
    ats = (moment.at for moment in moments(promise, rules, until))
    next_at = min((at for at in ats if at > promise.handled_at), default=until)
    return replace(promise, next_at=rules.awake_at(next_at, promise.kind))


def put_off(promise: Promise, until: datetime) -> Promise:
    """Look later, with all that is to be done then; one that began late stays one."""
    handled_at = until if began_late(promise) else promise.handled_at
    return replace(promise, handled_at=handled_at, next_at=until)


def began_late(promise: Promise) -> bool:
    """Tell whether it is still to be looked at for the first time, with moments that are past.

    Only such a promise is looked at no later than its moments are handled.
    """
    return promise.next_at <= promise.handled_at


def moments(promise: Promise, rules: Rules, until: datetime) -> Iterator[Moment]:
    """Yield all moments of a promise up to `until`; the last of each level repeats."""
    rule, working = rules.promises[promise.kind], rules.working
    yield Moment(Level.DUE, promise.due_at)
    levels = {
        Level.NUDGE: rule.nudges,
        Level.REVIEWERS: (rule.reviewers,) if rule.reviewers else (),
        Level.DEPUTY: (rule.deputy,) if rule.deputy else (),
    }
    for level, whens in levels.items():
        ats = sorted(when.of(promise, working) for when in whens)
        yield from (Moment(level, at) for at in ats)
        at = ats[-1] if ats else until
        while (at := working.after(at, rule.repeat)) <= until:
            yield Moment(level, at)


def moment_before(promise: Promise, rules: Rules, moment: Moment) -> datetime | None:
    """Return when the same people were to hear the same before."""
    same = (each.at for each in moments(promise, rules, moment.at) if each.level is moment.level)
    return max((at for at in same if at < moment.at), default=None)


def passed_moments(promise: Promise, rules: Rules, now: datetime) -> dict[Level, datetime]:
    """Return the latest moment of each level that has passed without a consequence yet.

    After an outage a person hears once where things stand, not once for every moment.
    """
    passed: dict[Level, datetime] = {}
    for moment in moments(promise, rules, until=now):
        is_called_late = began_late(promise) and moment.level is not Level.NUDGE
        heard_until = promise.began_at if is_called_late else promise.handled_at
        if heard_until < moment.at <= now:
            passed[moment.level] = max(moment.at, passed.get(moment.level, moment.at))
    return passed
