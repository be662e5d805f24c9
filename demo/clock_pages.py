"""The page that moves the clock of the demo."""

from datetime import timedelta

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from demo.clock import MovableClock
from demo.local_time import quiet_until, until_morning

bp = Blueprint("clock", __name__, url_prefix="/clock")

STEPS = {
    "+15 minutes": timedelta(minutes=15),
    "+1 hour": timedelta(hours=1),
    "+24 hours": timedelta(hours=24),
    "+5 days": timedelta(days=5),
    "+30 days": timedelta(days=30),
}
TO_MORNING = "To the next morning, 8:30 AM"


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the time in the demo."""
    clock: MovableClock = current_app.extensions["demo_clock"]
    now = clock()
    return render_template(
        "clock.html",
        now=now,
        ahead=in_words(clock.offset()),
        quiet_until=quiet_until(now),
        steps=[*STEPS, TO_MORNING],
    )


@bp.post("/")
def move() -> ResponseReturnValue:
    """Move the clock by one of the steps."""
    clock: MovableClock = current_app.extensions["demo_clock"]
    label = request.form.get("step", "")
    step = until_morning(clock()) if label == TO_MORNING else STEPS.get(label)
    if step is None:
        abort(400)
    clock.move(step)
    return redirect(url_for("clock.show"))


def in_words(offset: timedelta) -> str:
    """Return an offset in words; "" if there is none."""
    hours, seconds = divmod(offset.seconds, 3600)
    parts = [(offset.days, "day"), (hours, "hour"), (seconds // 60, "minute")]
    words = [f"{n} {word}" + ("s" if n != 1 else "") for n, word in parts if n]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
