"""When professional help is open, by the clock on the wall."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from program.resources import OpenHours, Resource, is_open

NEW_YORK = ZoneInfo("America/New_York")
WEEK = (0, 1, 2, 3, 4)
CLINIC = Resource(
    id="clinic",
    name="Employee Health Clinic",
    kind="Clinic",
    what_for="Injuries at work",
    contact="860-555-0173",
    hours=(
        OpenHours(WEEK, time(7), time(12)),
        OpenHours(WEEK, time(13), time(17)),
        OpenHours((5,), time(9), time(13)),
    ),
)
#: Friday night until Saturday morning, as admins write it: "20:00" to "24:00", "00:00" to "06:00".
NIGHT_LINE = Resource(
    id="night-line",
    name="Night Line",
    kind="Counseling",
    what_for="A talk at night",
    contact="860-555-0175",
    hours=(OpenHours((4,), time(20), time.max), OpenHours((5,), time(0), time(6))),
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23 06:59", False),  # Monday
        ("2026-11-23 07:00", True),
        ("2026-11-23 11:59", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 13:00", True),
        ("2026-11-27 16:59", True),  # Friday
        ("2026-11-27 17:00", False),
        ("2026-11-28 12:59", True),  # Saturday
        ("2026-11-28 13:00", False),
        ("2026-11-29 10:00", False),  # Sunday
    ],
)
def test_it_is_open_from_the_first_minute_and_not_at_the_last(at: str, expected: bool) -> None:
    assert is_open(CLINIC, local(at)) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-27 19:59", False),
        ("2026-11-27 23:59:59", True),
        ("2026-11-28 00:00", True),
        ("2026-11-28 06:00", False),
        ("2026-11-28 23:00", False),
    ],
)
def test_a_night_in_two_stretches_is_open_across_midnight(at: str, expected: bool) -> None:
    assert is_open(NIGHT_LINE, local(at)) is expected


def test_what_is_always_open_is_open_and_unknown_hours_are_not_promised() -> None:
    unknown = Resource("ombuds", "Ombuds", "Ombuds", "Conflicts", "860-555-0172")
    always = Resource("line", "Line", "Line", "Any", "988", is_always_open=True)
    for at in ("2026-11-23 03:00", "2026-11-29 12:00"):
        assert is_open(always, local(at))
        assert not is_open(unknown, local(at))
