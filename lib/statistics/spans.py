"""Spans of time by fixed buckets: what a histogram keeps of them, and what can be said of it."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil

#: The upper ends of the buckets, in hours.
HOURS = (1, 2, 4, 8, 12, 24, 36, 48, 72, 96, 120, 168, 240, 336)
#: The bucket of all that took longer.
LONGER = "longer"


def bucket(span: timedelta) -> str:
    """Return the bucket of a span, by its upper end."""
    hours = span / timedelta(hours=1)
    return next((f"{end}" for end in HOURS if hours <= end), LONGER)


def quantile(histogram: Mapping[str, int], share: float) -> str:
    """Return the bucket within which at least such a share of all spans ended."""
    wanted, counted = ceil(round(share * sum(histogram.values()), 6)), 0
    for name in (*map(str, HOURS), LONGER):
        counted += histogram.get(name, 0)
        if counted >= wanted > 0:
            return name
    raise ValueError("The histogram is empty")
