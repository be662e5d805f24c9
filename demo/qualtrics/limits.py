"""Limits on API calls per minute."""

import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
#: Qualtrics' limits per minute and brand, by kind of call; "" is all calls together.
LIMITS = {
    "": 3000,
    "export_responses": 100,
    "show_progress": 1000,
    "download": 100,
    "show_response": 240,
    "delete_response": 60,
    "subscriptions": 120,
}


class Meter:
    """Counts the calls of the last minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, deque[datetime]] = {}

    def allows(self, name: str, limits: Mapping[str, int], now: datetime) -> bool:
        """Count a call and return True, or return False if one of its limits is reached."""
        group = "subscriptions" if "subscription" in name else name
        with self._lock:
            counted = [
                (limits[each], self._recent(each, now)) for each in {"", group} & set(limits)
            ]
            if any(len(calls) >= limit for limit, calls in counted):
                return False
            for _, calls in counted:
                calls.append(now)
        return True

    def _recent(self, group: str, now: datetime) -> deque[datetime]:
        calls = self._calls.setdefault(group, deque())
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        return calls
