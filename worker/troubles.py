"""Rounds that fail again and again: after an hour, monitors and admins hear of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.engine import Engine
from lib.faults import where
from store import alarms
from worker.rounds import tell_admins

log = logging.getLogger(__name__)

LASTING = timedelta(hours=1)
AGAIN = timedelta(hours=1)


@dataclass
class Troubles:
    """Since when each round fails, by an error or because it passes something over."""

    engines: Callable[[], Engine]
    clock: Callable[[], datetime]
    since: dict[str, datetime] = field(default_factory=dict)
    sounded: dict[str, datetime] = field(default_factory=dict)

    def watching(self, name: str, work: Callable[[], bool]) -> Callable[[], bool]:
        """Return the same round, but record here whether it fails."""

        def watched() -> bool:
            has_worked = False
            try:
                goes_on = work()
                has_worked = not getattr(work, "is_failing", False)
            finally:
                if has_worked:
                    self.since.pop(name, None)
                else:
                    self._record_failure(name)
            return goes_on

        return watched

    @property
    def lasting(self) -> list[str]:
        """The rounds that have failed for an hour."""
        now = self.clock()
        return sorted(name for name, since in self.since.items() if now - since >= LASTING)

    def _record_failure(self, name: str) -> None:
        now = self.clock()
        self.since.setdefault(name, now)
        last = self.sounded.get(name)
        if name in self.lasting and (last is None or now - last >= AGAIN):
            self.sounded[name] = now
            try:
                self._sound_alarm(name, now)
            except Exception as error:
                log.error("Nobody could be told that %s fails: %s", name, where(error))

    def _sound_alarm(self, name: str, now: datetime) -> None:
        engine = self.engines()
        with engine.store.write() as db:
            alarms.sound(db, "round_fails", name, now)
        # The round that usually does this may be the one that fails.
        tell_admins(engine, now)
