"""Alarms about what no one acts on: cases, and mails that a restored database holds back."""

from datetime import datetime

from casebook.casebook import Loaded
from engine.engine import Engine
from store import alarms, cases
from store.copies import restorations
from workflow.model import ENOUGH_CALLS, PromiseKind

#: notifications/alarms.py has the words for these; they tell nothing about a request.
UNSEEN, UNANSWERED, UNCALLED = "nobody_may_see", "nobody_acts", "nobody_calls"
RESTORED = "restored"
#: After this many calls the outside person has not acted either.
TOO_MANY_CALLS = 2 * ENOUGH_CALLS


def sound_alarms(engine: Engine, now: datetime) -> None:
    """Report such cases, and that mails are held back, to the admins once a day."""
    troubles = {UNSEEN} if _has_unseen(engine) else set[str]()
    silent = cases.with_silent_deputies(engine.store.read(), ENOUGH_CALLS)
    for one in engine.casebook.open_cases_with_ids(silent):
        if _is_unanswered(engine, one, now):
            is_calling = one.case.promise(PromiseKind.URGENT) is not None
            troubles.add(UNCALLED if is_calling else UNANSWERED)
    found = [(trouble, "") for trouble in sorted(troubles)]
    restored = restorations.holding(engine.store.read())
    found += [(RESTORED, restored.since_in_words)] if restored else []
    if found:
        with engine.store.write() as db:
            for trouble, detail in found:
                alarms.sound(db, trouble, detail, now)


def _has_unseen(engine: Engine) -> bool:
    """Tell whether there is a case that no one may see. Each is opened once, and after each change.

    Who may see a case changes only with the case and with the program.
    """
    found = False
    seen = list[Loaded]()
    for loaded in engine.casebook.perhaps_unseen():
        if _is_unseen(loaded):
            found = True
        else:
            seen.append(loaded)
    if seen:
        with engine.store.write() as db:
            for loaded in seen:
                cases.mark_visible(db, loaded.stored, engine.casebook.seen_under)
    return found


def _is_unseen(loaded: Loaded) -> bool:
    is_real = not loaded.case.is_test and loaded.identity is not None
    return is_real and not loaded.reviewing.reviewers


def _is_unanswered(engine: Engine, loaded: Loaded, now: datetime) -> bool:
    case, due_at = loaded.case, loaded.case.due_at
    if case.is_test or loaded.identity is None or not loaded.reviewing.reviewers:
        return False
    if due_at is None or due_at > now:
        return False
    is_outside_called = any(
        p.id == engine.program.duties.outside_person for p in loaded.reviewing.deputies
    )
    # An urgent request cannot wait until the outside person was called as often as the deputies.
    is_calling = case.promise(PromiseKind.URGENT) is not None
    most = ENOUGH_CALLS if is_calling else TOO_MANY_CALLS - 1
    return not is_outside_called or case.calls_in_vain > most
