"""The promises of program.toml over their defaults, and whether they make sense."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

from program.problems import Problem
from program.shapes import PromiseShape
from workflow.clocks import Anchor, PromiseRule, When, parse_duration, parse_when
from workflow.model import PromiseKind

FILE = "program.toml"
SHORTEST_REPEAT = timedelta(minutes=5)


def _rule(
    within: str,
    *nudges: str,
    reviewers: str | None = None,
    deputy: str | None = None,
    repeat: str = "24 hours",
) -> PromiseRule:
    return PromiseRule(
        within=parse_duration(within),
        nudges=tuple(map(parse_when, nudges)),
        reviewers=parse_when(reviewers) if reviewers else None,
        deputy=parse_when(deputy) if deputy else None,
        repeat=parse_duration(repeat),
    )


DEFAULTS: dict[PromiseKind, PromiseRule] = {
    PromiseKind.REVIEW: _rule(
        "72 hours", "after 24 hours", "after 48 hours", deputy="after 60 hours"
    ),
    PromiseKind.REVIEW_AGAIN: _rule(
        "24 hours", "after 12 hours", "when due", deputy="12 hours late"
    ),
    PromiseKind.OFFER: _rule("24 hours", "after 12 hours"),
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
    PromiseKind.URGENT: _rule("15 minutes", "when due", repeat="15 minutes"),
    PromiseKind.CALL: _rule("1 hour"),
    PromiseKind.TELL: _rule("24 hours", "12 hours before", deputy="when due"),
}


def promise_rules(written: Mapping[PromiseKind, PromiseShape]) -> dict[PromiseKind, PromiseRule]:
    """Return a rule for every kind: what is written, over what is usual."""
    nothing = PromiseShape()
    return {kind: _overlaid(rule, written.get(kind, nothing)) for kind, rule in DEFAULTS.items()}


def _overlaid(rule: PromiseRule, written: PromiseShape) -> PromiseRule:
    return PromiseRule(
        within=written.within or rule.within,
        nudges=rule.nudges if written.nudges is None else written.nudges,
        reviewers=written.reviewers or rule.reviewers,
        deputy=written.deputy or rule.deputy,
        repeat=written.repeat or rule.repeat,
    )


def promise_problems(rules: Mapping[PromiseKind, PromiseRule]) -> Iterator[Problem]:
    """Complain about moments that cannot be, come too late, or call nobody."""
    for kind, rule in rules.items():
        place = f"promises.{kind}"
        yield from _moment_problems(place, rule)
        yield from _order_problems(place, rule)
        if DEFAULTS[kind].nudges and not rule.nudges:
            yield Problem(FILE, f"{place}.nudges", "is empty", "name at least one moment")
        if rule.repeat < SHORTEST_REPEAT:
            yield Problem(FILE, f"{place}.repeat", "is too often", 'write "5 minutes" or more')
    if rules[PromiseKind.FIRST_CONTACT].within <= rules[PromiseKind.REVIEW].within:
        yield Problem(
            FILE,
            "promises.first_contact.within",
            "is not longer than promises.review.within",
            "the first contact comes after the review",
        )


def _moment_problems(place: str, rule: PromiseRule) -> Iterator[Problem]:
    for name, when in _named_moments(rule):
        if when.anchor is Anchor.AFTER_BEGIN and when.offset >= rule.within:
            what = "does not come before the promise is due"
            yield Problem(FILE, f"{place}.{name}", what, 'write "when due" or "12 hours late"')
        if when.anchor is Anchor.BEFORE_DUE and when.offset >= rule.within:
            what = "comes before the promise has begun"
            yield Problem(FILE, f"{place}.{name}", what, "shorten it, or lengthen within")


def _order_problems(place: str, rule: PromiseRule) -> Iterator[Problem]:
    """Whoever must act hears first, then the reviewers, then the deputies."""
    firsts = {
        "nudges": min((_since_begin(when, rule) for when in rule.nudges), default=None),
        "reviewers": _since_begin(rule.reviewers, rule) if rule.reviewers else None,
        "deputy": _since_begin(rule.deputy, rule) if rule.deputy else None,
    }
    given = [(name, at) for name, at in firsts.items() if at is not None]
    for (earlier, first_at), (later, later_at) in pairwise(given):
        if later_at < first_at:
            what = f"comes before the first of {earlier}"
            yield Problem(FILE, f"{place}.{later}", what, f"{earlier} come first")


def _named_moments(rule: PromiseRule) -> Iterator[tuple[str, When]]:
    yield from (("nudges", nudge) for nudge in rule.nudges)
    yield from (("reviewers", rule.reviewers),) if rule.reviewers else ()
    yield from (("deputy", rule.deputy),) if rule.deputy else ()


def _since_begin(when: When, rule: PromiseRule) -> timedelta:
    if when.anchor is Anchor.AFTER_BEGIN:
        return when.offset
    return rule.within + (-when.offset if when.anchor is Anchor.BEFORE_DUE else when.offset)
