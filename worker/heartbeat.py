"""A call after rounds, so that a monitor elsewhere notices when everything here is down."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import requests

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
TIMEOUT_SECONDS = 5.0
#: A loop that has finished no round for so long is stuck, and nobody may believe that all is well.
LATEST_ROUND = timedelta(minutes=5)
#: An export may take minutes.
LATEST_SLOW_ROUND = timedelta(minutes=30)
SLOW = "reconciliation"
TOLD_EVERY = timedelta(hours=1)


@dataclass
class Heartbeat:
    """Calls an address once a minute as long as every loop finishes its rounds."""

    url: str
    clock: Callable[[], datetime]
    #: The loops that must live.
    loops: Iterable[str]
    finished: dict[str, datetime] = field(default_factory=dict)
    called_at: datetime | None = None
    told_at: datetime | None = None

    def noting(self, name: str, work: Callable[[], bool]) -> Callable[[], bool]:
        """Return the same round, which is noted here when it ends well."""

        def noted() -> bool:
            goes_on = work()
            self.finished[name] = self.clock()
            return goes_on

        return noted

    def __call__(self) -> bool:
        """Call, if it is time and all is well. There is never more to do."""
        now = self.clock()
        if not _has_passed(self.called_at, EVERY, now) or not self._all_live(now):
            return False
        self.called_at = now
        trouble = _call(self.url)
        if trouble and _has_passed(self.told_at, TOLD_EVERY, now):
            self.told_at = now
            log.warning("The monitor behind HEARTBEAT_URL was not reached: %s", trouble)
        return False

    def _all_live(self, now: datetime) -> bool:
        return all(self._lives(name, now) for name in self.loops)

    def _lives(self, name: str, now: datetime) -> bool:
        limit = LATEST_SLOW_ROUND if name == SLOW else LATEST_ROUND
        return not _has_passed(self.finished.get(name), limit, now)


def _has_passed(since: datetime | None, time: timedelta, now: datetime) -> bool:
    """Tell whether so much time is between the two; a clock may have been set back."""
    return since is None or abs(now - since) >= time


def _call(url: str) -> str:
    """Ask for the address; say what went wrong without the address, which may be a secret."""
    try:
        # Nothing of the answer is read, and it leads nowhere else.
        with requests.get(
            url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
        ) as reply:
            return "" if reply.status_code < 300 else f"it answered {reply.status_code}"
    except (requests.RequestException, OSError, ValueError) as error:
        return type(error).__name__
