"""Calls to an outside monitor, which notices when they stop."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import requests

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
TIMEOUT_SECONDS = 5.0
#: A loop that has finished no round for this long is stuck, so the calls stop.
LATEST_ROUND = timedelta(minutes=5)
#: The same for reconciliation, whose exports may take minutes.
LATEST_SLOW_ROUND = timedelta(minutes=30)
SLOW = "reconciliation"
WARN_EVERY = timedelta(hours=1)


@dataclass
class Heartbeat:
    """Calls a URL once a minute as long as every loop finishes its rounds."""

    url: str
    clock: Callable[[], datetime]
    #: The loops that must run.
    loops: Iterable[str]
    #: Tells whether the mail server takes no mail: then no mail could say so.
    is_mail_refused: Callable[[], bool] = lambda: False
    finished: dict[str, datetime] = field(default_factory=dict)
    called_at: datetime | None = None
    warned_at: datetime | None = None

    def recording(self, name: str, work: Callable[[], bool]) -> Callable[[], bool]:
        """Return the same round, but record here when it ends without an error."""

        def recorded() -> bool:
            goes_on = work()
            self.finished[name] = self.clock()
            return goes_on

        return recorded

    def __call__(self) -> bool:
        """Call the monitor if it is time and all loops run. Return False: no work is ever left."""
        now = self.clock()
        if not _has_passed(self.called_at, EVERY, now) or not self._all_loops_run(now):
            return False
        if self.is_mail_refused():
            return False
        self.called_at = now
        trouble = _call(self.url)
        if trouble and _has_passed(self.warned_at, WARN_EVERY, now):
            self.warned_at = now
            log.warning("The monitor behind HEARTBEAT_URL could not be reached: %s", trouble)
        return False

    def _all_loops_run(self, now: datetime) -> bool:
        return all(self._runs(name, now) for name in self.loops)

    def _runs(self, name: str, now: datetime) -> bool:
        limit = LATEST_SLOW_ROUND if name == SLOW else LATEST_ROUND
        return not _has_passed(self.finished.get(name), limit, now)


def _has_passed(since: datetime | None, time: timedelta, now: datetime) -> bool:
    """Tell whether this much time has passed; abs() because a clock may have been set back."""
    return since is None or abs(now - since) >= time


def _call(url: str) -> str:
    """Call the URL; return the trouble, or "", without the URL, which may be a secret."""
    try:
        # Do not read the body or follow redirects.
        with requests.get(
            url, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
        ) as reply:
            return "" if reply.status_code < 300 else f"it answered {reply.status_code}"
    except (requests.RequestException, OSError, ValueError) as error:
        return type(error).__name__
