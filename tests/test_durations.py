"""Durations and moments as admins write them."""

from datetime import timedelta

import pytest

from lib.working_time import Working, parse_duration
from tests.clocks import hours
from workflow.promise_rules import Anchor, When, parse_repeat, parse_when


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15 minutes", timedelta(minutes=15)),
        ("1 hour", timedelta(hours=1)),
        (" 72 hours ", timedelta(hours=72)),
        ("1 day", timedelta(days=1)),
        ("2 weeks", timedelta(days=14)),
    ],
)
def test_it_reads_a_duration(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "72", "0 hours", "-1 hours", "1.5 hours", "3 months", "soon"])
def test_an_invalid_duration_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match='write it like "15 minutes" or "72 hours"'):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after 24 hours", When(Anchor.AFTER_BEGIN, hours(24))),
        ("12 hours before", When(Anchor.BEFORE_DUE, hours(12))),
        ("when due", When(Anchor.WHEN_DUE)),
        ("7 days late", When(Anchor.LATE, timedelta(days=7))),
        ("24 working hours late", When(Anchor.LATE, Working(hours=24))),
        ("after 2 working days", When(Anchor.AFTER_BEGIN, Working(days=2))),
    ],
)
def test_it_reads_a_moment(text: str, expected: When) -> None:
    assert parse_when(text) == expected


@pytest.mark.parametrize("text", ["", "24 hours", "before 24 hours", "due", "late"])
def test_an_invalid_moment_is_answered_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match='write "after 24 hours", "12 hours before"'):
        parse_when(text)


@pytest.mark.parametrize("text", ["after soon", "a while before", "0 days late"])
def test_a_moment_with_a_wrong_duration_says_how_durations_look(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_when(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("then daily", timedelta(days=1)),
        ("then weekly", timedelta(days=7)),
        ("then every 4 hours", hours(4)),
        ("then every 4 working hours", Working(hours=4)),
    ],
)
def test_it_reads_how_often_a_reminder_is_repeated(text: str, expected: object) -> None:
    assert parse_repeat(text) == expected


def test_an_invalid_repetition_is_answered_with_examples() -> None:
    with pytest.raises(ValueError, match='write "then daily", "then weekly" or'):
        parse_repeat("then now and then")
