"""Read how much a supporter takes on from their own page; no choice has a default."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from lib.languages.said import for_staff
from pages.forms import BadForm
from people.supporters import Readiness

PAUSE, READY = "pause", "ready"
REST = {"rest_1": 1, "rest_2": 2, "rest_4": 4}
TAKE = "take_"


def is_about_readiness(form: Mapping[str, str]) -> bool:
    """Tell whether a form is about how much someone takes on."""
    chosen = form.get("choice", "")
    return chosen in (PAUSE, READY, *REST) or chosen.startswith(TAKE)


def readiness_in(
    form: Mapping[str, str], before: Readiness, most: int, today: date, is_free: bool
) -> Readiness:
    """Read a supporter's readiness; `most` is their capacity in the roster."""
    chosen = form.get("choice", "")
    if chosen == READY:
        return before.ready()
    if chosen == PAUSE:
        return replace(before.ready(), is_paused=True)
    if chosen in REST:
        return before.ready().resting(REST[chosen], today, is_free)
    number = chosen.removeprefix(TAKE)
    if number not in map(str, range(1, most + 1)):
        raise BadForm(for_staff("Please choose one of the numbers."))
    # The roster's number is stored as None, so that it follows changes of the roster.
    return replace(before, capacity=None if int(number) == most else int(number))
