"""Working time: exact to the second, in every zone, over every change of clocks and holiday."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.working_time import (
    AROUND_THE_CLOCK,
    Working,
    WorkingTime,
    parse_duration,
    parse_span,
    public_holidays,
)

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
SYDNEY, LORD_HOWE = ZoneInfo("Australia/Sydney"), ZoneInfo("Australia/Lord_Howe")
WEEKDAYS = (0, 1, 2, 3, 4)
OFFICE = WorkingTime(
    NEW_YORK, days=WEEKDAYS, opens=time(8), closes=time(17), country="US", subdivision="CT"
)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def shown(at: datetime, zone: ZoneInfo = NEW_YORK) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"


# One case after the other


@pytest.mark.parametrize(
    ("begun", "span", "due"),
    [
        ("2026-06-01 08:00", Working(hours=1), "Mon 2026-06-01 09:00"),
        ("2026-06-01 16:30", Working(hours=1), "Tue 2026-06-02 08:30"),
        ("2026-06-01 16:00", Working(hours=1), "Tue 2026-06-02 08:00"),  # never when it closes
        ("2026-06-01 03:00", Working(hours=1), "Mon 2026-06-01 09:00"),
        ("2026-06-05 16:30", Working(hours=1), "Mon 2026-06-08 08:30"),
        ("2026-06-06 12:00", Working(days=2), "Wed 2026-06-10 08:00"),
        ("2026-06-04 11:15", Working(days=2), "Mon 2026-06-08 11:15"),
        ("2026-06-01 08:00", Working(hours=24), "Wed 2026-06-03 14:00"),
        ("2026-11-25 12:00", Working(days=1), "Fri 2026-11-27 12:00"),  # Thanksgiving
        ("2027-12-30 12:00", Working(days=1), "Mon 2028-01-03 12:00"),  # New Year, the day before
        ("2026-04-02 12:00", Working(days=1), "Mon 2026-04-06 12:00"),  # Good Friday, Connecticut
    ],
)
def test_working_time_passes_while_the_program_is_open(begun: str, span: Working, due: str) -> None:
    assert shown(OFFICE.after(local(begun), span)) == due


@pytest.mark.parametrize(
    ("due", "span", "begun"),
    [
        ("2026-06-01 09:00", Working(hours=1), "Mon 2026-06-01 08:00"),
        ("2026-06-01 08:00", Working(hours=1), "Fri 2026-05-29 16:00"),
        ("2026-06-07 12:00", Working(days=1), "Fri 2026-06-05 08:00"),
        ("2026-11-27 12:00", Working(days=1), "Wed 2026-11-25 12:00"),
    ],
)
def test_it_counts_back_over_what_is_closed(due: str, span: Working, begun: str) -> None:
    assert shown(OFFICE.before(local(due), span)) == begun


def test_a_span_on_the_clock_knows_no_closing() -> None:
    friday = local("2026-06-05 16:00")
    assert OFFICE.after(friday, 72 * HOUR) == friday + 72 * HOUR
    assert OFFICE.before(friday, 72 * HOUR) == friday - 72 * HOUR


def test_clocks_set_forward_take_an_hour_from_the_night_and_none_from_work() -> None:
    friday = local("2026-03-06 12:00")
    due_at = OFFICE.after(friday, Working(days=1))
    assert shown(due_at) == "Mon 2026-03-09 12:00"
    assert due_at - friday == timedelta(hours=71)
    assert OFFICE.after(local("2026-10-30 12:00"), Working(days=1)) - local(
        "2026-10-30 12:00"
    ) == timedelta(hours=73)


def test_a_program_that_never_closes_has_a_shorter_and_a_longer_day() -> None:
    always = WorkingTime(NEW_YORK)
    assert always.after(local("2026-03-07 12:00"), Working(hours=24)) == local("2026-03-08 13:00")
    assert always.after(local("2026-10-31 12:00"), Working(hours=24)) == local("2026-11-01 11:00")


def test_closed_days_and_holidays_that_are_not_kept() -> None:
    own = WorkingTime(
        NEW_YORK,
        WEEKDAYS,
        time(8),
        time(17),
        country="US",
        open_on=frozenset({"Columbus Day", "Independence Day"}),
        closed_days=frozenset({date(2026, 12, 24), date(2026, 12, 28)}),
    )
    assert own.is_working_day(date(2026, 10, 12))
    assert own.is_working_day(date(2026, 7, 3)), "the day on which it is observed"
    assert not own.is_working_day(date(2026, 11, 26))
    assert shown(own.after(local("2026-12-23 12:00"), Working(days=1))) == "Tue 2026-12-29 12:00"
    assert own.holiday(date(2026, 12, 25)) == "Christmas Day"


def test_a_country_that_nobody_knows_is_an_error_and_none_at_all_is_not() -> None:
    with pytest.raises(LookupError):
        public_holidays("XX", "", 2026)
    with pytest.raises(LookupError):
        public_holidays("US", "Bavaria", 2026)
    assert public_holidays("", "", 2026) == {}


def test_a_program_that_is_closed_for_good_is_noticed() -> None:
    with pytest.raises(AssertionError, match="closed for good"):
        WorkingTime(UTC, days=()).after(local("2026-06-01 12:00"), Working(hours=1))
    with pytest.raises(AssertionError, match="closed for good"):
        WorkingTime(UTC, days=()).before(local("2026-06-01 12:00"), Working(hours=1))


# Whatever the calendar


@st.composite
def calendars(draw: st.DrawFn) -> WorkingTime:
    """Return any week, hours outside the night in which clocks change, holidays, closed days."""
    opens = draw(st.sampled_from([0, *range(4 * 60, 22 * 60, 15)]))
    closes = draw(st.integers(max(opens, 4 * 60) + 15, 24 * 60))
    days = draw(st.sets(st.integers(0, 6), min_size=1))
    closed = draw(st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40))
    return WorkingTime(
        zone=draw(st.sampled_from([NEW_YORK, BERLIN, SYDNEY, LORD_HOWE])),
        days=tuple(sorted(days)),
        opens=time(opens // 60, opens % 60),
        closes=time.max if closes == 24 * 60 else time(closes // 60, closes % 60),
        country=draw(st.sampled_from(["US", "DE", "AU", ""])),
        closed_days=frozenset(closed),
    )


moments = st.integers(0, 366 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + m * MINUTE)
spans = st.builds(Working, hours=st.integers(1, 60)) | st.builds(Working, days=st.integers(1, 8))


@given(calendars(), moments, spans)
def test_it_never_ends_in_closed_time_and_comes_back_to_where_it_began(
    working: WorkingTime, at: datetime, span: Working
) -> None:
    due_at = working.after(at, span)
    assert due_at > at
    assert working.covers(due_at)
    assert working.covers(working.before(at, span))
    if working.covers(at):
        assert working.before(due_at, span) == at
    else:
        assert working.after(working.before(due_at, span), span) == due_at


@given(calendars(), moments, moments, spans)
def test_who_begins_later_is_due_no_earlier(
    working: WorkingTime, one: datetime, other: datetime, span: Working
) -> None:
    earlier, later = sorted((one, other))
    assert working.after(earlier, span) <= working.after(later, span)
    assert working.before(earlier, span) <= working.before(later, span)


@given(calendars(), moments, st.integers(1, 30), st.integers(1, 30))
def test_two_spans_one_after_the_other_are_as_long_as_both(
    working: WorkingTime, at: datetime, first: int, second: int
) -> None:
    halfway = working.after(at, Working(hours=first))
    both = working.after(at, Working(hours=first + second))
    assert working.after(halfway, Working(hours=second)) == both


@given(calendars(), moments, st.integers(1, 12))
def test_exactly_the_open_minutes_count(working: WorkingTime, at: datetime, hours: int) -> None:
    due_at = working.after(at, Working(hours=hours))
    minutes = int((due_at - at) / MINUTE)
    assume(minutes < 4000)
    walls = [(at + m * MINUTE).astimezone(working.zone) for m in range(minutes)]
    is_open = [
        working.is_working_day(wall.date()) and working.opens <= wall.time() < working.closes
        for wall in walls
    ]
    assert sum(is_open) == hours * 60


# Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("72 hours", timedelta(hours=72)),
        ("24 working hours", Working(hours=24)),
        (" 1 working hour ", Working(hours=1)),
        ("2 working days", Working(days=2)),
    ],
)
def test_it_reads_a_span(text: str, expected: object) -> None:
    assert parse_span(text) == expected


@pytest.mark.parametrize("text", ["0 working hours", "2 working weeks", "two working days", ""])
def test_what_is_no_span_is_answered_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match='"24 working hours" or "2 working days"'):
        parse_span(text)


def test_times_that_do_not_depend_on_work_know_no_working_hours() -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration("2 working days")


def test_around_the_clock_every_moment_is_open() -> None:
    assert AROUND_THE_CLOCK.covers(datetime(2026, 11, 26, 3, tzinfo=UTC))
