"""A disk that is full."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from store.database import Store


@contextmanager
def no_room_left(store: Store) -> Iterator[None]:
    """Let no file grow beyond the size that the write-ahead log has now."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.log_bytes(), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
