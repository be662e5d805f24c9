"""The clock on the wall where the program lives, and when it is quiet there."""

import tomllib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from flask import current_app, g

from program.draft import ZONE
from program.shapes import QuietHoursShape
from workflow.promise_rules import QuietHours

MORNING = time(8, 30)


def quiet_hours(program: Path) -> QuietHours | None:
    """Return what program.toml says of them, and of its zone; None while it cannot be read."""
    try:
        written = tomllib.loads(program.read_text(encoding="utf-8-sig"))
        zone = ZONE.validate_python(written.get("time_zone"))
        shape = QuietHoursShape.model_validate(written.get("quiet_hours"))
    except (OSError, ValueError):
        return None
    return QuietHours(shape.begin, shape.end, zone)


def quiet_hours_here() -> QuietHours | None:
    """Return the same for the pages of the demo, read once for each of them."""
    if "quiet_hours" not in g:
        g.quiet_hours = quiet_hours(current_app.config["PROGRAM"])
    found: QuietHours | None = g.quiet_hours
    return found


def on_the_wall(moment: datetime) -> datetime:
    """Return a moment in the program's zone, or in that of this computer."""
    quiet = quiet_hours_here()
    return moment.astimezone(quiet.zone if quiet else None)


def local(moment: datetime) -> str:
    """Return a moment as the clock on the wall shows it."""
    return f"{on_the_wall(moment):%A, %B %-d, %-I:%M\N{NO-BREAK SPACE}%p %Z}"


def quiet_until(now: datetime) -> str:
    """Return the time of day at which it is quiet no more; nothing when it is not."""
    quiet = quiet_hours_here()
    if quiet is None or not quiet.covers(now):
        return ""
    return f"{on_the_wall(quiet.end_after(now)):%-I:%M %p}"


def until_morning(now: datetime) -> timedelta:
    """Return how long it takes to the next morning."""
    here = on_the_wall(now)
    is_over = here.time() >= MORNING
    morning = datetime.combine(here.date() + timedelta(days=is_over), MORNING, here.tzinfo)
    # In UTC, since the night between may be an hour longer or shorter.
    return morning.astimezone(UTC) - now
