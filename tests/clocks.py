"""What tests of clocks share."""

from datetime import timedelta


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
