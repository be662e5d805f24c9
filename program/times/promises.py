"""The promises of program.toml with their defaults, and whether they make sense."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from lib.working_time import Span, Working, WorkingTime, parse_span
from people.supporters import ChecksMail
from program.problems import Problem
from program.shapes import PromiseShape
from workflow.model import Promise, PromiseKind
from workflow.promise_rules import URGENT_KINDS, Anchor, PromiseRule, When, parse_when

FILE = "program.toml"
SHORTEST_REPEAT = timedelta(minutes=5)
#: Urgent mails that repeat more often for days are deleted unread.
OFTENEST_URGENT = timedelta(hours=1)
#: Promises in working time are checked from every third hour of a week before a long weekend.
TRIED_FROM, LONG_WEEKEND = datetime(2026, 6, 1, tzinfo=UTC), date(2026, 6, 8)
TRIED = [TRIED_FROM + timedelta(hours=hours) for hours in range(0, 7 * 24, 3)]


def _rule(
    within: str,
    *nudges: str,
    reviewers: str | None = None,
    deputy: str | None = None,
    repeat: str = "24 hours",
    checks_mail: Mapping[ChecksMail, str] | None = None,
) -> PromiseRule:
    return PromiseRule(
        within=parse_span(within),
        nudges=tuple(map(parse_when, nudges)),
        reviewers=parse_when(reviewers) if reviewers else None,
        deputy=parse_when(deputy) if deputy else None,
        repeat=parse_span(repeat),
        checks_mail={habit: parse_span(text) for habit, text in (checks_mail or {}).items()},
    )


DEFAULTS: dict[PromiseKind, PromiseRule] = {
    PromiseKind.REVIEW: _rule(
        "72 hours", "after 24 hours", "after 48 hours", deputy="after 60 hours"
    ),
    PromiseKind.REVIEW_AGAIN: _rule(
        "24 hours", "after 12 hours", "when due", deputy="12 hours late"
    ),
    PromiseKind.OFFER: _rule(
        "24 hours",
        "after 12 hours",
        checks_mail={ChecksMail.TWICE_A_WEEK: "4 days", ChecksMail.WEEKLY: "8 days"},
    ),
    PromiseKind.CONSENT: _rule("24 hours", "after 12 hours"),
    PromiseKind.CONTACT: _rule(
        "48 hours",
        "after 24 hours",
        "12 hours before",
        reviewers="when due",
        deputy="24 hours late",
    ),
    PromiseKind.TRY_AGAIN: _rule(
        "24 hours", "when due", reviewers="24 hours late", deputy="48 hours late"
    ),
    PromiseKind.CONVERSATION: _rule(
        "14 days", "when due", reviewers="7 days late", deputy="14 days late", repeat="7 days"
    ),
    PromiseKind.FIRST_CONTACT: _rule("5 days", deputy="24 hours before"),
    # Often at first. Later we call more people, because unread mails help no one.
    PromiseKind.URGENT: _rule(
        "15 minutes",
        *("when due", "15 minutes late", "30 minutes late", "45 minutes late"),
        *("2 hours late", "4 hours late"),
        repeat="4 hours",
    ),
    PromiseKind.CALL: _rule("1 hour"),
    PromiseKind.TELL: _rule("24 hours", "12 hours before", deputy="when due"),
    PromiseKind.CONFIRMATION: _rule("48 hours", "when due", deputy="24 hours late"),
    PromiseKind.CORRECTION: _rule("24 hours"),
    PromiseKind.HAND_OVER_ANSWER: _rule("7 days"),
    PromiseKind.HAND_OVER: _rule("3 days", "after 48 hours"),
}


def promise_rules(written: Mapping[PromiseKind, PromiseShape]) -> dict[PromiseKind, PromiseRule]:
    """Return a rule for every kind of promise: the written values over the defaults."""
    nothing = PromiseShape()
    return {kind: _overlaid(rule, written.get(kind, nothing)) for kind, rule in DEFAULTS.items()}


def _overlaid(rule: PromiseRule, written: PromiseShape) -> PromiseRule:
    return PromiseRule(
        within=written.within or rule.within,
        nudges=rule.nudges if written.nudges is None else written.nudges,
        reviewers=written.reviewers or rule.reviewers,
        deputy=written.deputy or rule.deputy,
        repeat=written.repeat or rule.repeat,
        checks_mail={**rule.checks_mail, **(written.checks_mail or {})},
    )


def uses_working_time(rules: Mapping[PromiseKind, PromiseRule]) -> bool:
    return any(isinstance(span, Working) for rule in rules.values() for span in _spans(rule))


@dataclass(frozen=True, order=True)
class Lasting:
    """How long a promise may last on the clock, and its key."""

    span: timedelta
    place: str


def longest(rules: Mapping[PromiseKind, PromiseRule], working: WorkingTime) -> Lasting:
    """Return the longest promise, over a long weekend if it is in working time."""
    tried = _with_long_weekend(working)
    return max(
        Lasting(max(tried.after(at, span) - at for at in _tried(span)), f"promises.{kind}.{key}")
        for kind, rule in rules.items()
        for key, span in _promised(rule)
    )


def _promised(rule: PromiseRule) -> Iterator[tuple[str, Span]]:
    yield "within", rule.within
    for habit, span in rule.checks_mail.items():
        yield f"checks_mail.{habit}", span


def promise_problems(
    rules: Mapping[PromiseKind, PromiseRule], working: WorkingTime
) -> Iterator[Problem]:
    """Yield moments that are impossible, come too late, or reach no one."""
    tried = _with_long_weekend(working)
    for kind, rule in rules.items():
        place = f"promises.{kind}"
        if kind in URGENT_KINDS and any(isinstance(span, Working) for span in _spans(rule)):
            yield Problem(FILE, place, "waits for working time", "urgent calls never do")
        yield from _moment_problems(place, kind, rule, tried)
        yield from _order_problems(place, kind, rule, tried)
        yield from _habit_problems(place, kind, rule, tried)
        if DEFAULTS[kind].nudges and not rule.nudges:
            yield Problem(FILE, f"{place}.nudges", "is empty", "name at least one moment")
        if isinstance(rule.repeat, timedelta) and rule.repeat < SHORTEST_REPEAT:
            yield Problem(FILE, f"{place}.repeat", "is too often", 'write "5 minutes" or more')
    yield from _flood_problems(rules[PromiseKind.URGENT])
    review, contact = rules[PromiseKind.REVIEW], rules[PromiseKind.FIRST_CONTACT]
    if any(
        tried.after(at, contact.within) <= tried.after(at, review.within)
        for at in _tried(contact.within, review.within)
    ):
        yield Problem(
            FILE,
            "promises.first_contact.within",
            "is not longer than promises.review.within",
            "the first contact comes after the review",
        )


def _flood_problems(urgent: PromiseRule) -> Iterator[Problem]:
    """Warn when everyone on call is mailed so often that they stop reading."""
    if isinstance(urgent.repeat, timedelta) and urgent.repeat < OFTENEST_URGENT:
        times = timedelta(days=1) // urgent.repeat
        what = f"mails everyone on call {times} times a day while no one acts"
        allowed = 'list the first hour under nudges, and write "4 hours" here'
        place = f"promises.{PromiseKind.URGENT}.repeat"
        yield Problem(FILE, place, what, allowed, is_warning=True)


def _moment_problems(
    place: str, kind: PromiseKind, rule: PromiseRule, working: WorkingTime
) -> Iterator[Problem]:
    for name, when in _named_moments(rule):
        trials = _trials(kind, rule, working)
        if when.anchor is Anchor.AFTER_BEGIN and any(
            when.of(promise, working) >= promise.due_at for promise in trials
        ):
            what = f"does not {_always(rule)}come before the promise is due"
            yield Problem(FILE, f"{place}.{name}", what, 'write "when due" or "12 hours late"')
        if when.anchor is Anchor.BEFORE_DUE and any(
            when.of(promise, working) <= promise.began_at for promise in trials
        ):
            what = f"{_sometimes(rule)}comes before the promise begins"
            yield Problem(FILE, f"{place}.{name}", what, "shorten it, or lengthen within")


def _order_problems(
    place: str, kind: PromiseKind, rule: PromiseRule, working: WorkingTime
) -> Iterator[Problem]:
    """Yield levels in the wrong order. Right is: who must act, then reviewers, then deputies."""
    whens = {
        "nudges": rule.nudges,
        "reviewers": (rule.reviewers,) if rule.reviewers else (),
        "deputy": (rule.deputy,) if rule.deputy else (),
    }
    given = [(name, several) for name, several in whens.items() if several]
    for (earlier, firsts), (later, lasts) in pairwise(given):
        if any(
            _first(lasts, promise, working) < _first(firsts, promise, working)
            for promise in _trials(kind, rule, working)
        ):
            what = f"{_sometimes(rule)}comes before the first of {earlier}"
            yield Problem(FILE, f"{place}.{later}", what, f"{earlier} come first")


def _habit_problems(
    place: str, kind: PromiseKind, rule: PromiseRule, working: WorkingTime
) -> Iterator[Problem]:
    """Yield wrong times for supporters who seldom read mail; only offers may have such times."""
    if rule.checks_mail and kind is not PromiseKind.OFFER:
        yield Problem(FILE, f"{place}.checks_mail", "is not for this promise", "only for offer")
    for habit, span in rule.checks_mail.items():
        key = f"{place}.checks_mail.{habit}"
        if habit is ChecksMail.DAILY:
            yield Problem(FILE, key, "is what within says", "take it out")
        elif any(
            working.after(at, span) < working.after(at, rule.within)
            for at in _tried(span, rule.within)
        ):
            what = f"is {_sometimes(rule)}shorter than {place}.within"
            yield Problem(FILE, key, what, "people who rarely read mail need longer")


def _named_moments(rule: PromiseRule) -> Iterator[tuple[str, When]]:
    yield from (("nudges", nudge) for nudge in rule.nudges)
    yield from (("reviewers", rule.reviewers),) if rule.reviewers else ()
    yield from (("deputy", rule.deputy),) if rule.deputy else ()


def _spans(rule: PromiseRule) -> Iterator[Span]:
    yield from (rule.within, rule.repeat, *rule.checks_mail.values())
    yield from (when.offset for _, when in _named_moments(rule))


def _first(whens: tuple[When, ...], promise: Promise, working: WorkingTime) -> datetime:
    return min(when.of(promise, working) for when in whens)


def _trials(kind: PromiseKind, rule: PromiseRule, working: WorkingTime) -> list[Promise]:
    """Return example promises that begin at different times of a week."""
    return [
        Promise(kind, at, working.after(at, rule.within), handled_at=at, next_at=at)
        for at in _tried(*_spans(rule))
    ]


def _tried(*spans: Span) -> list[datetime]:
    """Return the moments to check spans from; one is enough unless working time is used."""
    return TRIED if any(isinstance(span, Working) for span in spans) else TRIED[:1]


def _with_long_weekend(working: WorkingTime) -> WorkingTime:
    """Return working time with one long weekend instead of the holidays of the current year."""
    return replace(working, country="", subdivision="", closed_days=frozenset({LONG_WEEKEND}))


def _always(rule: PromiseRule) -> str:
    return "always " if any(isinstance(span, Working) for span in _spans(rule)) else ""


def _sometimes(rule: PromiseRule) -> str:
    return "sometimes " if any(isinstance(span, Working) for span in _spans(rule)) else ""
