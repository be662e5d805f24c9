"""Alarms about cases that nobody on our lists may see, or that nobody acts on."""

from datetime import datetime

from casebook.casebook import Loaded
from engine.engine import Engine
from store import alarms
from workflow.model import ENOUGH_CALLS

#: notifications/alarms.py has the words for these; they tell nothing about a request.
UNSEEN, UNANSWERED = "nobody_may_see", "nobody_acts"
#: After this many calls the outside person has not acted either.
TOO_MANY_CALLS = 2 * ENOUGH_CALLS


def sound_alarms(engine: Engine, now: datetime) -> None:
    """Report such cases to the admins, once a day as long as there are any."""
    troubles = {_trouble_with(engine, loaded, now) for loaded in engine.casebook.open_cases()} - {
        ""
    }
    if troubles:
        with engine.store.write() as db:
            for trouble in sorted(troubles):
                alarms.sound(db, trouble, "", now)


def _trouble_with(engine: Engine, loaded: Loaded, now: datetime) -> str:
    case, due_at = loaded.case, loaded.case.due_at
    if case.is_test or loaded.identity is None:
        return ""
    if not loaded.reviewing.reviewers:
        return UNSEEN
    if not case.are_deputies_silent or due_at is None or due_at > now:
        return ""
    is_outside_called = any(
        p.id == engine.program.outside_person for p in loaded.reviewing.deputies
    )
    return "" if is_outside_called and case.calls_in_vain < TOO_MANY_CALLS else UNANSWERED
