"""When professional help is open, by the clock on the wall."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from program.entries import is_open
from program.shapes import OpenHours, Resource

NEW_YORK = ZoneInfo("America/New_York")
WEEK = "Mon-Fri"
CLINIC = Resource(
    name="Employee Health Clinic",
    kind="Clinic",
    what_for="Injuries at work",
    contact="860-555-0173",
    hours=(
        OpenHours(days=WEEK, opens="07:00", closes="12:00"),
        OpenHours(days=WEEK, opens="13:00", closes="17:00"),
        OpenHours(days="Sat", opens="09:00", closes="13:00"),
    ),
    hours_text="Weekdays and Saturday mornings",
)
#: Friday night until Saturday morning, as admins write it: "20:00" to "24:00", "00:00" to "06:00".
NIGHT_LINE = Resource(
    name="Night Line",
    kind="Counseling",
    what_for="A talk at night",
    contact="860-555-0175",
    hours=(
        OpenHours(days="Fri", opens="20:00", closes="24:00"),
        OpenHours(days="Sat", opens="00:00", closes="06:00"),
    ),
    hours_text="Friday nights",
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
    unknown = Resource(name="Ombuds", kind="Ombuds", what_for="Conflicts", contact="860-555-0172")
    always = Resource(name="Line", kind="Line", what_for="Any", contact="988", always_open=True)
    for at in ("2026-11-23 03:00", "2026-11-29 12:00"):
        assert is_open(always, local(at))
        assert not is_open(unknown, local(at))
