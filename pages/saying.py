"""From a form on a supporter's own page to how much they take on. A choice has no default."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from pages.forms import BadForm
from people.supporters import Readiness

PAUSE, READY = "pause", "ready"
REST = {"rest_1": 1, "rest_2": 2, "rest_4": 4}
TAKE = "take_"


def says_how_ready(form: Mapping[str, str]) -> bool:
    """Tell whether a form is about how much somebody takes on."""
    chosen = form.get("choice", "")
    return chosen in (PAUSE, READY, *REST) or chosen.startswith(TAKE)


def readiness_in(
    form: Mapping[str, str], before: Readiness, most: int, today: date, is_free: bool
) -> Readiness:
    """Read what a supporter says; `most` is how many requests they are asked to take."""
    chosen = form.get("choice", "")
    if chosen == READY:
        return before.ready()
    if chosen == PAUSE:
        return replace(before.ready(), is_paused=True)
    if chosen in REST:
        return before.ready().resting(REST[chosen], today, is_free)
    number = chosen.removeprefix(TAKE)
    if number not in map(str, range(1, most + 1)):
        raise BadForm("Please choose one of the numbers.")
    # The roster's own number is no word of theirs: it follows the roster from now on.
    return replace(before, capacity=None if int(number) == most else int(number))
