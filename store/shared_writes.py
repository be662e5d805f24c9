"""Small writes that wait at the same moment in one process share a transaction and its sync."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from sqlite_utils import Database

from store.database import StorageBusy, Store

Write = Callable[[Database], bool]


class SharedWrites:
    """One thread writes for all that wait; each returns once its own write is on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Write, Future[bool]]] = deque()

    def write(self, write: Write) -> bool:
        """Return what `write` returned, after the commit; raise its error if it failed."""
        result: Future[bool] = Future()
        self._waiting.append((write, result))
        with self._lock:
            if not result.done():
                self._write_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        return result.result()

    def _write_all(self, taken: list[tuple[Write, "Future[bool]"]]) -> None:
        try:
            with self._store.write() as db:
                values = [write(db) for write, _ in taken]
        except StorageBusy as error:
            for _, result in taken:
                result.set_exception(error)
        except Exception:
            # One of them fails, which must not make the others fail.
            for write, result in taken:
                self._write_alone(write, result)
        else:
            for (_, result), value in zip(taken, values, strict=True):
                result.set_result(value)

    def _write_alone(self, write: Write, result: "Future[bool]") -> None:
        try:
            with self._store.write() as db:
                value = write(db)
        except Exception as error:
            result.set_exception(error)
        else:
            result.set_result(value)
