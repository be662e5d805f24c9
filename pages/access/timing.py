"""Answers that take longer for a secret reason, given at moments that do not tell it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

STEP_SECONDS, SHORT_STEP_SECONDS = 0.1, 0.05


@contextmanager
def in_steps(seconds: float = STEP_SECONDS) -> Iterator[None]:
    """Let what is done here take a whole number of steps."""
    began = time.monotonic()
    yield
    time.sleep((began - time.monotonic()) % seconds)
