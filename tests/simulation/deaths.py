"""A worker that dies at one of its writes, as if its process had been killed there."""

from collections.abc import Iterator
from contextlib import contextmanager

from store.database import Database, Store


class Died(BaseException):
    """No code of ours catches it: what comes after the write never happens."""


class Deadly:
    """Wraps a real store: when told to, the write after so many others never begins."""

    def __init__(self, store: Store) -> None:
        self._write = store.write
        self._left: int | None = None
        store.write = self.write  # type: ignore[method-assign]

    @contextmanager
    def write(self) -> Iterator[Database]:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Died
        with self._write() as db:
            yield db

    @contextmanager
    def after(self, writes: int) -> Iterator[list[Died]]:
        """Let whoever writes more often in this block die; gives who died."""
        died: list[Died] = []
        self._left = writes
        try:
            yield died
        except Died as death:
            died.append(death)
        finally:
            self._left = None
