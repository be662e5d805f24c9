"""Requests that wait in vain: nobody on our lists may see them, or nobody who is called acts."""

from dataclasses import dataclass, field
from datetime import datetime

from casebook.casebook import Casebook, Loaded
from engine.engine import Engine
from store import alarms, cases
from workflow.model import ENOUGH_CALLS

#: Words about these stand with the other troubles; they tell no fact of any request.
UNSEEN, UNANSWERED = "nobody_may_see", "nobody_acts"
#: So many calls more, and the outside person was silent as well.
TOO_MANY_CALLS = 2 * ENOUGH_CALLS


@dataclass
class Unseen:
    """The requests that nobody on our lists may see. Each is opened once, and when it has moved."""

    fingerprint: str = ""
    revisions: dict[int, int] = field(default_factory=dict)
    found: frozenset[int] = frozenset()

    def look(self, casebook: Casebook) -> frozenset[int]:
        """Return their ids: what anybody may see changes with the case, and with the program."""
        if self.fingerprint != casebook.program.fingerprint:
            self.revisions, self.fingerprint = {}, casebook.program.fingerprint
        now = cases.open_revisions(casebook.store.read())
        changed = now.keys() - {id for id, was in self.revisions.items() if now.get(id) == was}
        opened = casebook.cases_of(changed) if changed else ()
        self.found = (self.found & now.keys()) - changed
        self.found |= {one.stored.id for one in opened if _is_unseen(one)}
        self.revisions = now
        return self.found


def sound_alarms(engine: Engine, unseen: Unseen, now: datetime) -> None:
    """Tell the admins, once a day as long as it lasts."""
    troubles = {UNSEEN} if unseen.look(engine.casebook) else set[str]()
    called = cases.called_in_vain(engine.store.read(), ENOUGH_CALLS)
    if any(_is_unanswered(engine, one, now) for one in engine.casebook.cases_of(called)):
        troubles.add(UNANSWERED)
    if troubles:
        with engine.store.write() as db:
            for trouble in sorted(troubles):
                alarms.sound(db, trouble, "", now)


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
        p.id == engine.program.outside_person for p in loaded.reviewing.deputies
    )
    return not is_outside_called or case.calls_in_vain >= TOO_MANY_CALLS
