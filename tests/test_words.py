"""Times and wishes as people say them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.model import Facts, Outcome, State, Wish
from workflow.words import (
    OUTCOME_WORDS,
    STATE_WORDS,
    about,
    day_and_time,
    left,
    short_time,
    wishes,
)

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-11-26T14:14", "Thursday, Nov 26, 9:14 AM"),
        ("2026-11-26T05:00", "Thursday, Nov 26, 12 AM"),
        ("2026-11-26T05:59", "Thursday, Nov 26, 12:59 AM"),
        ("2026-11-26T16:59", "Thursday, Nov 26, 11:59 AM"),
        ("2026-11-26T17:00", "Thursday, Nov 26, 12 PM"),
        ("2026-11-26T18:05", "Thursday, Nov 26, 1:05 PM"),
        ("2026-12-02T04:59", "Tuesday, Dec 1, 11:59 PM"),
        ("2026-03-08T06:59", "Sunday, Mar 8, 1:59 AM"),
        ("2026-03-08T07:00", "Sunday, Mar 8, 3 AM"),
    ],
)
def test_it_says_day_and_time(utc: str, expected: str) -> None:
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert day_and_time(at, NEW_YORK) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-26T05:00", "today (Thursday), 9:14 AM"),
        ("2026-11-26T04:59", "tomorrow (Thursday), 9:14 AM"),
        ("2026-11-25T05:00", "tomorrow (Thursday), 9:14 AM"),
        ("2026-11-25T04:59", "Thursday, Nov 26, 9:14 AM"),
        ("2026-11-27T05:00", "Thursday, Nov 26, 9:14 AM"),
    ],
)
def test_it_says_today_and_tomorrow_where_the_program_is(now: str, expected: str) -> None:
    at = datetime(2026, 11, 26, 14, 14, tzinfo=UTC)
    looked_at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert day_and_time(at, NEW_YORK, looked_at) == expected


def test_it_says_a_short_time_in_the_zone_of_the_program() -> None:
    assert short_time(NOON, NEW_YORK) == "Thu 12 PM"
    assert short_time(NOON, BERLIN) == "Thu 6 PM"


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({"seconds": 1}, "1 minute"),
        ({"seconds": 119}, "1 minute"),
        ({"minutes": 2}, "2 minutes"),
        ({"minutes": 89, "seconds": 59}, "89 minutes"),
        ({"minutes": 90}, "1 hour"),
        ({"hours": 2, "seconds": -1}, "1 hour"),
        ({"hours": 2}, "2 hours"),
        ({"hours": 24}, "24 hours"),
        ({"hours": 48, "seconds": -1}, "47 hours"),
        ({"hours": 72}, "72 hours"),
        ({"days": 4, "seconds": -1}, "95 hours"),
        ({"days": 4}, "4 days"),
        ({"days": 5, "seconds": -1}, "4 days"),
        ({"days": 30}, "30 days"),
    ],
)
def test_it_says_roughly_how_much_is_left(span: dict[str, float], expected: str) -> None:
    assert about(timedelta(**span)) == expected
    assert left(NOON + timedelta(**span), NOON) == expected


@pytest.mark.parametrize("late", [0, 1, 86400])
def test_nothing_is_left_of_what_is_overdue(late: int) -> None:
    assert left(NOON, NOON + timedelta(seconds=late)) == ""


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=400)))
def test_it_never_promises_more_time_than_there_is(span: timedelta) -> None:
    number, unit = about(span).split()
    said = timedelta(**{unit.removesuffix("s") + "s": int(number)})
    assert span / 2 < said <= span


def test_every_state_and_outcome_has_words() -> None:
    assert STATE_WORDS.keys() == set(State)
    assert OUTCOME_WORDS.keys() == set(Outcome)


def test_it_says_wishes_as_sentences() -> None:
    facts = Facts(
        wish_role=Wish.SIMILAR, wish_specialty=Wish.DIFFERENT, wish_department=Wish.SIMILAR
    )
    assert wishes(facts) == [
        "Similar role",
        "Different specialty",
        "From their own department",
    ]
    assert wishes(Facts(wish_department=Wish.DIFFERENT)) == ["From another department"]


def test_it_says_where_and_when_they_would_like_to_meet() -> None:
    facts = Facts(wish_site="Main Campus", wish_times=("evening", "night"))
    assert wishes(facts) == ["Meet at Main Campus", "Meet: evening, night"]


def test_no_wish_at_all_is_said_too() -> None:
    assert wishes(Facts()) == ["No preference"]
