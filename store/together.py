"""Small writes of one process that wait at the same moment share a transaction, and its sync."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from sqlite_utils import Database

from store.database import StorageBusy, Store

Write = Callable[[Database], bool]


class Together:
    """Whoever gets the turn writes for all who wait; each returns once its own is on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._waiting: deque[tuple[Write, Future[bool]]] = deque()

    def write(self, write: Write) -> bool:
        """Return what `write` returned, after the commit; or raise what kept it from disk."""
        result: Future[bool] = Future()
        self._waiting.append((write, result))
        with self._turn:
            if not result.done():
                self._write_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        return result.result()

    def _write_all(self, taken: list[tuple[Write, "Future[bool]"]]) -> None:
        try:
            with self._store.write() as db:
                written = [write(db) for write, _ in taken]
        except StorageBusy as error:
            for _, result in taken:
                result.set_exception(error)
        except Exception:
            # One of them cannot be written: it must not take the others with it.
            for write, result in taken:
                self._write_alone(write, result)
        else:
            for (_, result), value in zip(taken, written, strict=True):
                result.set_result(value)

    def _write_alone(self, write: Write, result: "Future[bool]") -> None:
        try:
            with self._store.write() as db:
                value = write(db)
        except Exception as error:
            result.set_exception(error)
        else:
            result.set_result(value)
