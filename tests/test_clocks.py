"""Promises and quiet hours: every moment counts once, and nobody is woken for nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.working_time import Working, WorkingTime
from program.times.promises import DEFAULTS
from tests.clocks import hours
from workflow.model import Promise, PromiseKind
from workflow.promise_rules import Anchor, Level, PromiseRule, QuietHours, Rules, When
from workflow.schedule import begin, moments, postponed, unhandled_moments, with_next_at

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(21), time(7), NEW_YORK)
NO_NIGHT = QuietHours(time(0), time(0), NEW_YORK)
OFFICE = WorkingTime(NEW_YORK, (0, 1, 2, 3, 4), time(8), time(17), country="US")
RULES = Rules(DEFAULTS, NIGHT, tries=3)
#: A Monday, 10 AM in New York.
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
#: Clocks are set forward in March and back in autumn.
CHANGES = [
    (NEW_YORK, date(2026, 3, 8)),
    (NEW_YORK, date(2026, 11, 1)),
    (BERLIN, date(2026, 3, 29)),
    (BERLIN, date(2026, 10, 25)),
]


# Quiet hours


def around_a_change() -> st.SearchStrategy[tuple[ZoneInfo, datetime]]:
    """Return minutes from two days before to two days after a change of clocks."""

    def at(change: tuple[ZoneInfo, date], minutes: int) -> tuple[ZoneInfo, datetime]:
        zone, day = change
        noon = datetime.combine(day, time(12), zone).astimezone(UTC)
        return zone, noon + timedelta(minutes=minutes)

    return st.builds(at, st.sampled_from(CHANGES), st.integers(-2880, 2880))


def wall_times(first: int, last: int) -> st.SearchStrategy[time]:
    return st.integers(first * 60, last * 60 - 1).map(lambda m: time(m // 60, m % 60))


def quiet_minutes(begin: time, end: time) -> int:
    return (end.hour * 60 + end.minute - begin.hour * 60 - begin.minute) % 1440


def wall_says_quiet(quiet: QuietHours, at: datetime) -> bool:
    local = at.astimezone(quiet.zone).time()
    if quiet.begin <= quiet.end:
        return quiet.begin <= local < quiet.end
    return not quiet.end <= local < quiet.begin


@given(around_a_change(), wall_times(4, 24), wall_times(4, 24))
def test_it_is_quiet_when_the_clock_on_the_wall_says_so(
    where: tuple[ZoneInfo, datetime], begin: time, end: time
) -> None:
    zone, at = where
    quiet = QuietHours(begin, end, zone)
    assert quiet.covers(at) == wall_says_quiet(quiet, at)


@given(around_a_change(), wall_times(0, 24), wall_times(0, 24), st.integers(0, 3000))
def test_a_wait_ends_outside_quiet_hours_and_counts_only_the_time_outside_them(
    where: tuple[ZoneInfo, datetime], begin: time, end: time, wait: int
) -> None:
    zone, at = where
    assume(120 <= quiet_minutes(begin, end) <= 1440 - 480)
    quiet = QuietHours(begin, end, zone)
    ends_at = quiet.after(at, wait * MINUTE)
    between = int((ends_at - at) / MINUTE)
    assert not quiet.covers(ends_at)
    assert sum(not quiet.covers(at + minute * MINUTE) for minute in range(between)) == wait


@given(around_a_change(), wall_times(0, 24), wall_times(0, 24))
def test_quiet_hours_begin_and_end_at_the_announced_moments(
    where: tuple[ZoneInfo, datetime], begin: time, end: time
) -> None:
    zone, at = where
    assume(120 <= quiet_minutes(begin, end) <= 1440 - 480)
    quiet = QuietHours(begin, end, zone)
    begins_at, ends_at = quiet.begin_after(at), quiet.end_after(at)
    assert at < begins_at <= at + hours(25)
    assert at < ends_at <= at + hours(25)
    assert quiet.covers(begins_at)
    assert not quiet.covers(begins_at - MINUTE)
    assert quiet.covers(ends_at - MINUTE)
    assert not quiet.covers(ends_at)


@pytest.mark.parametrize(
    ("local", "is_quiet"),
    [
        ("20:59", False),
        ("21:00", True),
        ("23:59", True),
        ("00:00", True),
        ("06:59", True),
        ("07:00", False),
    ],
)
def test_a_night_spans_midnight(local: str, is_quiet: bool) -> None:
    at = datetime.fromisoformat(f"2026-11-23 {local}").replace(tzinfo=NEW_YORK).astimezone(UTC)
    assert NIGHT.covers(at) is is_quiet


def test_the_same_time_twice_means_no_quiet_hours() -> None:
    assert not NO_NIGHT.covers(datetime(2026, 11, 23, 5, 0, tzinfo=UTC))
    assert NO_NIGHT.after(MONDAY, hours(50)) == MONDAY + hours(50)


def test_a_night_in_which_clocks_are_set_back_ends_once() -> None:
    quiet = QuietHours(time(21), time(1, 30), NEW_YORK)
    first_half_past_one = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert quiet.covers(first_half_past_one - MINUTE)
    assert not quiet.covers(first_half_past_one)
    assert not quiet.covers(first_half_past_one + 45 * MINUTE)


def test_a_wait_that_is_used_up_when_the_night_begins_ends_in_the_morning() -> None:
    ends_at = NIGHT.after(MONDAY, hours(11))
    assert ends_at.astimezone(NEW_YORK).isoformat() == "2026-11-24T07:00:00-05:00"


def test_urgent_calls_ignore_quiet_hours() -> None:
    midnight = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    for kind in PromiseKind:
        expected = midnight if kind in (PromiseKind.URGENT, PromiseKind.CALL) else None
        assert RULES.after_quiet_hours(midnight, kind) == (expected or midnight + hours(7))


# Promises


def whens(within: int) -> st.SearchStrategy[When]:
    inside = st.integers(1, within - 1).map(hours)
    return st.one_of(
        inside.map(lambda offset: When(Anchor.AFTER_BEGIN, offset)),
        inside.map(lambda offset: When(Anchor.BEFORE_DUE, offset)),
        st.just(When(Anchor.WHEN_DUE)),
        st.integers(1, 200).map(lambda late: When(Anchor.LATE, hours(late))),
    )


def rule_of(within: int) -> st.SearchStrategy[PromiseRule]:
    return st.builds(
        PromiseRule,
        within=st.just(hours(within)),
        nudges=st.lists(whens(within), max_size=3).map(tuple),
        reviewers=st.none() | whens(within),
        deputy=st.none() | whens(within),
        repeat=st.integers(5, 60 * 72).map(lambda m: timedelta(minutes=m)),
    )


def working_rule_of(within: int) -> st.SearchStrategy[PromiseRule]:
    """The same in working time."""

    def working(rule: PromiseRule) -> PromiseRule:
        def when(one: When) -> When:
            assert isinstance(one.offset, timedelta)
            return replace(one, offset=Working(hours=one.offset // HOUR))

        return PromiseRule(
            within=Working(hours=within),
            nudges=tuple(map(when, rule.nudges)),
            reviewers=when(rule.reviewers) if rule.reviewers else None,
            deputy=when(rule.deputy) if rule.deputy else None,
            repeat=Working(hours=1 + within // 4),
        )

    return rule_of(within).map(working)


some_rule = st.integers(2, 400).flatmap(rule_of) | st.integers(2, 60).flatmap(working_rule_of)
some_hours = st.integers(0, 60 * 800).map(lambda m: timedelta(minutes=m))


def rules_with(rule: PromiseRule, quiet: QuietHours = NIGHT) -> Rules:
    return Rules({PromiseKind.REVIEW: rule}, quiet, tries=3, working=OFFICE)


def begun(rules: Rules, late_by: timedelta = timedelta()) -> Promise:
    return begin(PromiseKind.REVIEW, rules, began_at=MONDAY, now=MONDAY + late_by)


def looked(promise: Promise, rules: Rules, now: datetime) -> Promise:
    """Do what the clock does at a look."""
    return with_next_at(replace(promise, handled_at=now), rules, now)


@given(some_rule, some_hours, st.lists(some_hours, max_size=4))
def test_every_look_moves_the_next_one_forward(
    rule: PromiseRule, late_by: timedelta, delays: list[timedelta]
) -> None:
    rules = rules_with(rule)
    promise = begun(rules, late_by)
    assert promise.next_at >= MONDAY + late_by
    for delay in delays:
        now = promise.next_at + delay
        promise = looked(promise, rules, now)
        assert promise.next_at > now
        assert not rules.quiet.covers(promise.next_at)


@given(some_rule, some_hours)
def test_every_moment_passes_once_and_each_level_at_most_once_per_look(
    rule: PromiseRule, delay: timedelta
) -> None:
    rules = rules_with(rule, NO_NIGHT)
    promise = begun(rules)
    heard: list[tuple[Level, datetime]] = []
    for _ in range(6):
        now = promise.next_at + delay
        passed = unhandled_moments(promise, rules, now)
        assert all(promise.handled_at < at <= now for at in passed.values())
        heard += passed.items()
        promise = looked(promise, rules, now)
    assert len(set(heard)) == len(heard)
    assert [level for level, _ in heard].count(Level.DUE) <= 1


@given(some_rule)
def test_the_clock_wakes_for_every_moment_in_its_order(rule: PromiseRule) -> None:
    rules = rules_with(rule, NO_NIGHT)
    promise = begun(rules)
    woken: list[datetime] = []
    for _ in range(25):
        woken.append(promise.next_at)
        promise = looked(promise, rules, promise.next_at)
    ats = {m.at for m in moments(promise, rules, woken[-1]) if MONDAY < m.at <= woken[-1]}
    assert sorted(woken) == woken
    assert ats <= set(woken)


@given(some_rule, some_hours, some_hours)
def test_a_promise_begun_late_skips_past_reminders_and_nothing_else(
    rule: PromiseRule, late_by: timedelta, later: timedelta
) -> None:
    rules = rules_with(rule, NO_NIGHT)
    now = MONDAY + late_by
    promise = begun(rules, late_by)
    heard = unhandled_moments(promise, rules, max(promise.next_at, now) + later)
    assert all(level is not Level.REMINDER or at > now for level, at in heard.items())
    called = {m.level for m in moments(promise, rules, now) if MONDAY < m.at <= now}
    assert heard.keys() >= called - {Level.REMINDER}
    assert (promise.next_at == now) == bool(called - {Level.REMINDER})


def test_a_request_found_after_the_deputys_moment_calls_the_deputy_and_reminds_nobody() -> None:
    found_at = MONDAY + hours(73)
    promise = begin(PromiseKind.REVIEW, RULES, began_at=MONDAY, now=found_at)
    assert promise.next_at == found_at
    assert unhandled_moments(promise, RULES, found_at).keys() == {Level.DEPUTY, Level.DUE}
    later = looked(promise, RULES, found_at)
    assert later.next_at == MONDAY + hours(93), "a day after the first call it is night"
    assert unhandled_moments(later, RULES, later.next_at).keys() == {Level.DEPUTY}


def test_a_request_found_at_night_calls_the_deputy_in_the_morning() -> None:
    promise = begin(PromiseKind.REVIEW, RULES, began_at=MONDAY, now=MONDAY + hours(62))
    assert promise.next_at.astimezone(NEW_YORK).isoformat() == "2026-11-26T07:00:00-05:00"
    assert unhandled_moments(promise, RULES, promise.next_at).keys() == {Level.DEPUTY}


def test_a_look_postponed_to_another_morning_still_calls_the_deputy_and_reminds_nobody() -> None:
    promise = begin(PromiseKind.REVIEW, RULES, began_at=MONDAY, now=MONDAY + hours(62))
    night = promise.next_at + hours(20)
    later = postponed(promise, RULES.after_quiet_hours(night, PromiseKind.REVIEW))
    assert later.next_at.astimezone(NEW_YORK).isoformat() == "2026-11-27T07:00:00-05:00"
    assert unhandled_moments(later, RULES, later.next_at).keys() == {Level.DEPUTY, Level.DUE}


def test_a_review_is_reminded_twice_then_the_deputy_is_called_then_it_is_due() -> None:
    promise = begin(PromiseKind.REVIEW, RULES, began_at=MONDAY, now=MONDAY)
    story = []
    while promise.next_at <= MONDAY + hours(93):
        at = promise.next_at
        passed = unhandled_moments(promise, RULES, at)
        story.append(((at - MONDAY) / HOUR, set(passed)))
        promise = looked(promise, RULES, at)
    assert story == [
        (24, {Level.REMINDER}),
        (48, {Level.REMINDER}),
        (69, {Level.DEPUTY}),  # 60 hours fall into the night.
        (72, {Level.REMINDER, Level.DUE}),
        (93, {Level.DEPUTY}),
    ]


def test_a_promise_without_moments_still_wakes_the_clock_when_due_and_after() -> None:
    promise = begin(PromiseKind.CALL, RULES, began_at=MONDAY, now=MONDAY)
    assert promise.next_at == MONDAY + HOUR
    assert looked(promise, RULES, promise.next_at).next_at > promise.next_at


def test_a_promise_in_working_time_waits_over_a_long_weekend() -> None:
    rule = PromiseRule(
        within=Working(days=2),
        nudges=(When(Anchor.BEFORE_DUE, Working(hours=4)),),
        deputy=When(Anchor.LATE, Working(hours=1)),
        repeat=Working(hours=4),
    )
    rules = rules_with(rule)
    thursday = datetime(2026, 9, 3, 18, 0, tzinfo=UTC)  # 2 PM; Monday is Labor Day.
    promise = begin(PromiseKind.REVIEW, rules, began_at=thursday, now=thursday)
    story = []
    for _ in range(5):
        at = promise.next_at
        story.append(
            (f"{at.astimezone(NEW_YORK):%a %H:%M}", set(unhandled_moments(promise, rules, at)))
        )
        promise = looked(promise, rules, at)
    assert story == [
        ("Tue 10:00", {Level.REMINDER}),
        ("Tue 14:00", {Level.REMINDER, Level.DUE}),
        ("Tue 15:00", {Level.DEPUTY}),
        ("Wed 09:00", {Level.REMINDER}),
        ("Wed 10:00", {Level.DEPUTY}),
    ]
