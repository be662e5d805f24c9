"""Whether people could open every page with a program."""

from datetime import datetime

from lib.faults import where
from pages.examples.samples import samples
from program import Program


def failure(program: Program, now: datetime) -> str:
    """Return what fails when every page is rendered in each state; "" if nothing does."""
    try:
        for _ in samples(program, now):
            pass
    except Exception as error:  # Whatever it is, a person would have met it.
        return where(error)
    return ""
