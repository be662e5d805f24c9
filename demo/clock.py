"""A clock that can be moved forward. All processes of the demo share it through a file."""

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path


class MovableClock:
    """The real time plus an offset. A call costs one `stat` while the offset is unchanged."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """Return the time in the demo, aware and in UTC."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """Return how far the demo is ahead of the real time."""
        seen = self._stamp()
        if seen != self._seen:
            with self._lock:
                self._offset = self._read()
                self._seen = seen
        return self._offset

    def move(self, step: timedelta) -> None:
        """Move the clock for every process that uses the same file."""
        with self._lock:
            seconds = (self._read() + step).total_seconds()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            draft.write_text(f"{seconds}\n")
            draft.replace(self.path)

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _read(self) -> timedelta:
        try:
            return timedelta(seconds=float(self.path.read_text()))
        except FileNotFoundError:
            return timedelta()


def clock_of_demo(env: Mapping[str, str]) -> MovableClock:
    """Return the clock of a running demo: a file next to its database, or the one that is named."""
    return MovableClock(env.get("DEMO_CLOCK") or Path(env["DATABASE"]).with_name("clock"))
