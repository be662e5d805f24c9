"""Answers that take longer for a secret reason, given at moments that do not tell it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

STEP_SECONDS, SHORT_STEP_SECONDS = 0.1, 0.05


@contextmanager
def in_steps(seconds: float = STEP_SECONDS) -> Iterator[None]:
    """Let what is done here take a whole number of steps."""
    began = monotonic()
    yield
    _wait(began, seconds)


@contextmanager
def refusals_in_steps() -> Iterator[None]:
    """Let a refusal take a whole number of steps.

    A request that is gone is refused at once, and one that is kept from a reader is read first.
    """
    began = monotonic()
    try:
        yield
    except Exception:
        _wait(began, SHORT_STEP_SECONDS)
        raise


def _wait(began: float, seconds: float) -> None:
    sleep((began - monotonic()) % seconds)
