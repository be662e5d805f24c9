"""The demo's time in the program's time zone, and the program's quiet hours."""

import tomllib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from flask import current_app, g

from program.draft import ZONE
from program.shapes import QuietHoursShape
from workflow.promise_rules import QuietHours

MORNING = time(8, 30)


def quiet_hours(program: Path) -> QuietHours | None:
    """Return the quiet hours and zone in program.toml; None while it cannot be read."""
    try:
        written = tomllib.loads(program.read_text(encoding="utf-8-sig"))
        zone = ZONE.validate_python(written.get("time_zone"))
        shape = QuietHoursShape.model_validate(written.get("quiet_hours"))
    except (OSError, ValueError):
        return None
    return QuietHours(shape.begin, shape.end, zone)


def program_quiet_hours() -> QuietHours | None:
    """Return the quiet hours of the demo's program, read once per page."""
    if "quiet_hours" not in g:
        g.quiet_hours = quiet_hours(current_app.config["PROGRAM"])
    found: QuietHours | None = g.quiet_hours
    return found


def in_program_zone(moment: datetime) -> datetime:
    """Return a moment in the program's zone; in this computer's zone while that is unknown."""
    quiet = program_quiet_hours()
    return moment.astimezone(quiet.zone if quiet else None)


def local(moment: datetime) -> str:
    """Return a moment as text, in the program's zone."""
    return f"{in_program_zone(moment):%A, %B %-d, %-I:%M\N{NO-BREAK SPACE}%p %Z}"


def quiet_until(now: datetime) -> str:
    """Return the time of day at which the quiet hours end; "" outside of them."""
    quiet = program_quiet_hours()
    if quiet is None or not quiet.covers(now):
        return ""
    return f"{in_program_zone(quiet.end_after(now)):%-I:%M %p}"


def until_morning(now: datetime) -> timedelta:
    """Return the time left until the next morning."""
    here = in_program_zone(now)
    is_over = here.time() >= MORNING
    morning = datetime.combine(here.date() + timedelta(days=is_over), MORNING, here.tzinfo)
    # Subtract in UTC: the night may be an hour longer or shorter.
    return morning.astimezone(UTC) - now
