"""The round that reminds people who were invited, and forgets them when their time is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.engine import Engine
from engine.invitations import (
    asking,
    group_sessions,
    nominations,
    outreach,
    referrals,
    training,
)
from store.invitations import refusals

#: How often it looks whether a nominee is on the roster by now.
LOOKED_EVERY = timedelta(minutes=1)


@dataclass
class Invitations:
    """Handles what is due about invitations."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    looked_at: datetime | None = None

    def __call__(self) -> bool:
        engine, now = self.engines(), self.clock()
        if self.looked_at is None or abs(now - self.looked_at) >= LOOKED_EVERY:
            self.looked_at = now
            nominations.forget_adopted(engine, now)
            referrals.ask_waiting(engine, now)
            outreach.count_over(engine, now)
            group_sessions.count_due(engine, now)
            if engine.program.training.kinds:
                self._look_at_trainings(engine, now)
            today = engine.program.today(now)
            if refusals.has_over(engine.store.read(), today):
                with engine.store.write() as db:
                    refusals.drop_over(db, today)
        return asking.handle_due(engine, now)

    def _look_at_trainings(self, engine: Engine, now: datetime) -> None:
        training.drop_gone(engine, now)
        training.follow_files(engine, now)
        training.invite_due(engine, now)
        training.ask_who_came(engine, now)
